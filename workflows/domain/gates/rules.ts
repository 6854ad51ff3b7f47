/**
 * The rules of a gate, by its kind: who may answer and how many must, when people are reminded, and
 * when it expires.
 *
 * Invariant: what waits for a venue or for people's own work waits as long as it takes; any other
 * gate expires.
 */
import type { RecoveryPolicy } from '../policy/policy.js';
import type { GateKind } from './gate.js';

export interface GateRules {
  /** One of them is enough to answer. */
  roles: string[];
  /** So many people must approve. */
  quorum: number;
  remindAfterMs: number;
  /** Null where it waits as long as it takes. */
  expiresAfterMs: number | null;
}

const WITHOUT_EXPIRY: ReadonlySet<GateKind> = new Set(['venues_unreadable', 'manual_recovery']);

export function rulesFor(kind: GateKind, policy: RecoveryPolicy['gates']): GateRules {
  const { roles, quorum, remindAfterMs } = policy;
  const expiresAfterMs = WITHOUT_EXPIRY.has(kind) ? null : policy.expiresAfterMs;
  return { roles, quorum, remindAfterMs, expiresAfterMs };
}

/** `afterMs`: counted from the opening or from the reminder before. */
export interface GateNotice {
  kind: 'reminder' | 'expiry';
  afterMs: number;
}

/**
 * What is due next at a gate that nobody answers; null where nothing is. Counted from notice to
 * notice and not by the clock, so that a worker that was away skips no reminder, and recoveries
 * under way keep their timers.
 */
export function nextNotice(rules: GateRules, reminders: number): GateNotice | null {
  const { remindAfterMs, expiresAfterMs } = rules;
  if (reminders === 0 && (expiresAfterMs === null || remindAfterMs < expiresAfterMs)) {
    return { kind: 'reminder', afterMs: remindAfterMs };
  }
  if (expiresAfterMs === null) return null;
  return { kind: 'expiry', afterMs: expiresAfterMs - (reminders === 0 ? 0 : remindAfterMs) };
}
