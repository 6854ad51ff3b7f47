/**
 * What a person does in place of a command that the engine does not offer: told at a gate to the word, confirmed
 * and timed.
 *
 * Invariant: a confirmation is somebody's word, and stands in the record as that; one that is refused or expires
 * ends what needed it.
 */
import { requireApproval } from '../../recovery/asking.js';
import type { Recovery } from '../../recovery/context.js';

interface Instructing {
  /** In the order in which they are to be done. */
  instructions: readonly string[];
  where: string;
  onApprove: string;
  onReject: string;
  evidence?: Record<string, unknown>;
}

/** Who has confirmed it, and when, as the end of a phrase. Anything but approval hands over to people. */
export async function confirmed(
  recovery: Recovery,
  { instructions, where, onApprove, onReject, evidence = {} }: Instructing,
): Promise<string> {
  await requireApproval(recovery, {
    kind: 'instruction',
    question: `To be done by a person at ${where}: ${instructions.join('; then ')}. Is it done?`,
    onApprove: `it counts as done on your word, at the time of your answer: ${onApprove}`,
    onReject,
    evidence: { instructions: [...instructions], ...evidence },
  });
  const { record } = recovery;
  const gate = record.gates.findLast(({ kind }) => kind === 'instruction');
  const people = gate?.decisions.filter(({ answer }) => answer === 'approve') ?? [];
  const names = people.map(({ approver }) => approver).join(' and ');
  const by = `by ${names} at ${new Date(gate?.closedAtMs ?? Date.now()).toISOString()}`;
  const words = `confirmed ${by}, and verified by nothing: ${instructions.join('; ')}`;
  record.unknowns = [...new Set([...record.unknowns, words])];
  return by;
}
