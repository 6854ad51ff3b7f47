/** How decisions of the former version are judged, in recoveries begun by it. */
import { keysAt } from './approver.js';
import { formerHolds, type FormerDecision } from './former-decision.js';
import { mismatchOf, type GateRequest, type Judging, type Vote } from './gate.js';

/** Why it is refused, in words; null where it counts. As ever, but for the clock, which is new. */
export function formerRefusal(
  decision: FormerDecision,
  { gate, approvers, nowMs }: Judging,
): string | null {
  if (gate === null) {
    return `No open gate "${decision.gateId}": it is answered, expired or never was`;
  }
  return formerMismatch(decision, gate) ?? personRefusal(decision, gate, { approvers, nowMs });
}

/** Why a decision is not for this gate as it was shown; null where it is. Looks at no signature. */
export function formerMismatch(decision: FormerDecision, gate: GateRequest): string | null {
  if (decision.evidenceHash === gate.evidenceHash) return mismatchOf(decision, gate);
  return (
    mismatchOf(decision, gate) ??
    'The evidence has changed since it was shown: look again, then decide'
  );
}

function personRefusal(
  decision: FormerDecision,
  gate: GateRequest,
  { approvers, nowMs }: Pick<Judging, 'approvers' | 'nowMs'>,
): string | null {
  const person = approvers.find(({ name }) => name === decision.approver);
  if (person === undefined) return `"${decision.approver}" is not among the configured approvers`;
  if (!person.roles.some((role) => gate.roles.includes(role))) {
    return `"${person.name}" has roles ${person.roles.join(', ')}; the gate asks for ${gate.roles.join(' or ')}`;
  }
  const keys = keysAt(person, nowMs);
  return keys.some((key) => 'ed25519' in key && formerHolds(decision, key.ed25519))
    ? null
    : `The signature does not hold for the key of "${person.name}"`;
}

/** Former approvers were told apart by their names alone. */
export function formerVote({ approver, answer }: FormerDecision): Vote {
  return { approver, answer, signer: `name:${approver}` };
}
