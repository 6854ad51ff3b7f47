/**
 * Asking people, from within a step: plainly, once for the same content, or until the question has
 * answered itself.
 *
 * Invariant: where approval is required, anything else hands the recovery to people.
 */
import { CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import type { Recovery } from './context.js';
import type { Answer } from './gate-keeper.js';
import type { Question } from './gates/gate-request.js';
import { ManualRecoveryNeeded } from './reasons.js';

/** Digests of what people have accepted in one attempt: the same is not asked twice. */
export type Accepted = Set<string>;

/** Opens a gate; the running step shows that it waits. */
export async function ask(recovery: Recovery, question: Question): Promise<Answer> {
  const running = recovery.record.steps.findLast(({ status }) => status === 'running');
  if (running !== undefined) running.status = 'waiting';
  try {
    return await recovery.gates.ask(question);
  } finally {
    if (running !== undefined) running.status = 'running';
  }
}

/** Anything but approval hands the recovery to people. */
export async function requireApproval(recovery: Recovery, question: Question): Promise<void> {
  const answer = await ask(recovery, question);
  if (answer !== 'approved') throw new ManualRecoveryNeeded(refusalWords(question, answer));
}

/** With what was asked, and so its figures: who takes over from here has not seen that question. */
function refusalWords({ kind, question }: Question, answer: Answer): string {
  const said = `${kind}: ${answer}`;
  return patched('refusals-name-their-figures') ? `${said} (${question})` : said;
}

/** The same once more, as a snapshot taken again may bring it, needs no second answer. */
export async function requireApprovalOnce(
  recovery: Recovery,
  accepted: Accepted,
  content: string,
  question: Question,
): Promise<void> {
  if (accepted.has(content)) return;
  await requireApproval(recovery, question);
  accepted.add(content);
}

/** A question that may answer itself: it is withdrawn when what it waits for has come. */
export async function requireApprovalUnless(
  recovery: Recovery,
  question: Question,
  resolved: () => Promise<unknown>,
): Promise<void> {
  const scope = new CancellationScope();
  const asking = scope.run(() => requireApproval(recovery, question));
  const waiting = scope.run(async () => {
    try {
      await resolved();
    } catch (error) {
      if (isCancellation(error)) throw error;
      await asking; // whoever watched is gone; the question stays
    }
  });
  try {
    await Promise.race([asking, waiting]);
  } finally {
    scope.cancel();
    await Promise.allSettled([asking, waiting]);
  }
}
