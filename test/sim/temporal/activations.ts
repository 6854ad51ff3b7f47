/**
 * Which task a worker's answer is of: one that stood still answers late, and what it was told to forget as well.
 *
 * Invariant: a worker answers all that it is shown of one run, each once, in its order.
 */
import type { Poller } from './parts.js';

type Activation = Parameters<Poller['native']['sendActivation']>[0] & { runId: string };

/** `of`: the task that is shown; null where a run is only to be forgotten. */
export function sendTo(poller: Poller, of: object | null, activation: Activation): void {
  const { runId } = activation;
  const { unanswered } = poller;
  unanswered.set(runId, [...(unanswered.get(runId) ?? []), of]);
  poller.native.sendActivation(activation);
}

/** Of the oldest that was not answered yet. */
export function answeredBy({ unanswered }: Poller, runId: string): object | null {
  const [of = null, ...others] = unanswered.get(runId) ?? [];
  if (others.length === 0) unanswered.delete(runId);
  else unanswered.set(runId, others);
  return of;
}
