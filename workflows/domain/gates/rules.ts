/**
 * The rules of a gate, by its kind: who may answer and how many must, when people are reminded, and
 * when it expires. Nobody else reads the policy for them.
 *
 * Invariant: what waits for a venue or for people's own work waits as long as it takes, unless the
 * policy says otherwise of that kind; any other gate expires.
 */
import type { RecoveryPolicy } from '../policy/policy.js';
import type { GateKind } from '../content/gate-kind.js';

export interface GateRules {
  /** One of them is enough to answer. */
  roles: string[];
  /** So many people must approve. */
  quorum: number;
  remindAfterMs: number;
  /** Null where it waits as long as it takes. */
  expiresAfterMs: number | null;
}

const WITHOUT_EXPIRY: ReadonlySet<GateKind> = new Set([
  'venues_unreadable',
  'enter_by_hand',
  'ramp_paused',
  'manual_recovery',
]);

/** Whose question it is, where the policy names nobody for the kind. */
const OWN_ROLES: Partial<Record<GateKind, string[]>> = { manual_recovery: ['risk'] };
/** Who may answer the one may answer the other, where the policy does not part them. */
const ANSWERED_AS: Partial<Record<GateKind, GateKind>> = {
  unknown_breaker: 'manual_recovery',
  ramp_paused: 'ramp',
};

type GatesPolicy = RecoveryPolicy['gates'];
/** A recovery that the former version began has a policy without rules for single kinds. */
type AnyGatesPolicy = Omit<GatesPolicy, 'kinds'> & { kinds?: GatesPolicy['kinds'] };

export function rulesFor(kind: GateKind, policy: AnyGatesPolicy): GateRules {
  const { remindAfterMs, kinds } = policy;
  const like = ANSWERED_AS[kind] ?? kind;
  const own = { ...kinds?.[like], ...kinds?.[kind] };
  const usual = kinds === undefined ? undefined : OWN_ROLES[like];
  const expiry = WITHOUT_EXPIRY.has(kind) ? null : policy.expiresAfterMs;
  return {
    roles: own.roles ?? usual ?? policy.roles,
    quorum: own.quorum ?? policy.quorum,
    remindAfterMs,
    expiresAfterMs: own.expiresAfterMs ?? expiry,
  };
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
