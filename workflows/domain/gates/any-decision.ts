/** A decision as it comes, of this version or of the former one, and how it is judged. */
import { z } from 'zod';
import { Decision } from './decision.js';
import type { FormerDecision } from './former-decision.js';
import { formerMismatch, formerRefusal, formerVote } from './former-gate.js';
import {
  mismatchOf,
  refusalOf,
  voteOf,
  type GateRequest,
  type Judging,
  type Refusal,
  type Vote,
} from './gate.js';
import type { Approver } from './approver.js';

export type AnyDecision = Decision | FormerDecision;

const LONGEST_REFUSAL = 600;

/** `former`: decisions of the former version count, as the recovery was begun by it. */
export function refusalOfAny(
  given: unknown,
  judging: Judging & { former: boolean },
): Refusal | null {
  const { former } = judging;
  if (isDecision(given) || !former || !isObject(given)) {
    const parsed = Decision.safeParse(given);
    if (parsed.success) return refusalOf(parsed.data, judging);
    const why = `This is no decision: ${z.prettifyError(parsed.error)}`;
    return { why: why.slice(0, LONGEST_REFUSAL), askAgain: false };
  }
  const why = formerRefusal(given as FormerDecision, judging);
  return why === null ? null : { why, askAgain: false };
}

export function isDecision(given: unknown): given is Decision {
  return isObject(given) && 'said' in given;
}

function isObject(given: unknown): given is object {
  return typeof given === 'object' && given !== null;
}

/** Of one that was verified: why it is not for the gate that is open now; null where it is. */
export function misplacedOf(decision: AnyDecision, gate: GateRequest): string | null {
  return isDecision(decision) ? mismatchOf(decision, gate) : formerMismatch(decision, gate);
}

export function voteOfAny(decision: AnyDecision, approvers: readonly Approver[]): Vote {
  return isDecision(decision) ? voteOf(decision, approvers) : formerVote(decision);
}
