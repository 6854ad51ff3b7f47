/** What the last events of a workflow's history say, in words. */
import type { ConnectionLike } from '@temporalio/client';

const LONGEST = 300;
const LOOK_BACK = 20;

type History = Awaited<
  ReturnType<ConnectionLike['workflowService']['getWorkflowExecutionHistory']>
>['history'];
type Event = NonNullable<NonNullable<NonNullable<History>['events']>[number]>;

/** How a workflow ended that gave no result, as the end of a sentence. */
export function endWords(last: Event | null | undefined): string {
  const terminated = last?.workflowExecutionTerminatedEventAttributes;
  if (terminated) return `was terminated${inBrackets(terminated.reason)}`;
  if (last?.workflowExecutionCanceledEventAttributes) return 'was cancelled before it could end';
  if (last?.workflowExecutionTimedOutEventAttributes) return 'took longer than it may';
  return failureWords(last) ?? 'has ended without a word';
}

function failureWords(last: Event | null | undefined): string | null {
  const failed = last?.workflowExecutionFailedEventAttributes;
  return failed ? `failed: ${cut(failed.failure?.message ?? 'no reason given')}` : null;
}

function inBrackets(reason: string | null | undefined): string {
  return reason ? ` (${cut(reason)})` : '';
}

/** Of its workflow task, in words: where it was only late, there is none. */
export async function lastFailure(
  connection: Pick<ConnectionLike, 'workflowService'>,
  of: { namespace: string; execution: { workflowId: string } },
): Promise<string> {
  const { history } = await connection.workflowService.getWorkflowExecutionHistoryReverse({
    ...of,
    maximumPageSize: LOOK_BACK,
  });
  for (const { workflowTaskFailedEventAttributes: failed } of history?.events ?? []) {
    if (failed) return cut(failed.failure?.message ?? `cause ${failed.cause ?? 'unknown'}`);
  }
  return 'no worker came to an end with it in time';
}

export function msOf(
  time: { seconds?: unknown; nanos?: number | null } | null | undefined,
): number {
  const { seconds, nanos } = time ?? {};
  return Number(seconds ?? 0) * 1_000 + Math.floor((nanos ?? 0) / 1_000_000);
}

function cut(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
