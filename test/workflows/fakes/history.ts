/** What a history amounts to. */
import type { WorkflowHandle } from '@temporalio/client';

export type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

/** `work`: without workflow tasks, of which two results that come together need only one. */
export function countEvents({ events }: History): { all: number; work: Record<string, number> } {
  const work: Record<string, number> = {};
  for (const event of events ?? []) {
    const [kind = 'unknown'] = Object.keys(event).filter((key) => key.endsWith('EventAttributes'));
    if (!kind.startsWith('workflowTask')) work[kind] = (work[kind] ?? 0) + 1;
  }
  return { all: events?.length ?? 0, work };
}

export function payloadBytes(value: unknown): number {
  if (value instanceof Uint8Array) return value.length;
  if (value === null || typeof value !== 'object') return 0;
  return Object.values(value).reduce((sum: number, part) => sum + payloadBytes(part), 0);
}
