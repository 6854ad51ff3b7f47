/**
 * All that is written down of a world, as whoever looks for secrets reads it: what Temporal keeps, too.
 *
 * Invariant: payloads are read as they lie there; in these worlds nothing is encrypted.
 */
import type { SimulatedServer } from '../temporal/server.js';

export function historiesOf({ runs }: SimulatedServer): { where: string; text: string }[] {
  return [...runs].map(([workflowId, executions]) => ({
    where: `history of ${workflowId}`,
    text: executions.flatMap(({ events }) => textsIn(events)).join('\n'),
  }));
}

/** Strings and bytes, however deep. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value instanceof Uint8Array) return [Buffer.from(value).toString('latin1')];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(textsIn);
}
