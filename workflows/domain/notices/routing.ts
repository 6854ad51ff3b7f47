/**
 * Which channels are told of a notice.
 *
 * Invariants: who was told of a question is told how it ended; a channel of the escalation hears of an
 * incident from its escalation on, and of everything that nobody else ends there.
 */
import { rowOf, SEVERITIES, type NoticeState, type Severity } from './states.js';

export interface Routing {
  /** What is less is not told there. */
  severity: Severity;
  /** `escalation`: only once a question has waited for `policy.gates.escalateAfterMs`. */
  from: 'start' | 'escalation';
}

interface Routed {
  severity: Severity;
  state?: NoticeState;
  /** A question of this incident has been escalated. */
  escalated?: boolean;
}

export function isFor({ severity, from }: Routing, notice: Routed): boolean {
  if (from === 'escalation' && notice.escalated !== true && notice.state !== 'test') return false;
  if (rowOf(notice).ends === true || notice.state === 'test') return true;
  return SEVERITIES.indexOf(notice.severity) >= SEVERITIES.indexOf(severity);
}
