/**
 * What a whole simulation was, in one hash: every run, what it was shown, what it commanded, and when.
 *
 * Invariant: what differs between two processes of one seed is left out, and nothing else: ids that a process
 * counts through, and signatures by keys that are drawn anew.
 */
import { createHash } from 'node:crypto';
import type { SimulatedServer } from '../temporal/server.js';
import type { IncidentWorld } from '../world/incident-world.js';

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}/g;
const SIGNED_BY = new Set(['relight-key', 'relight-sig']);

export function digestOf({ runs }: SimulatedServer): string {
  return hashOf(
    [...runs].flatMap(([workflowId, executions]) =>
      executions.map(({ log, status }) => ({ workflowId, log, status })),
    ),
  );
}

/** Besides: what the venues did, what engines were told, who was told what, and what was reached when. */
export function digestOfWorld({ around, market, facts, points }: IncidentWorld): string {
  const { lives, calls, notices, decisions, reports, events } = facts;
  return hashOf({
    server: digestOf(around.server),
    ledger: market.sandbox.core.ledger.entriesAfter(0),
    lives: lives.map(({ instanceId, pid, bornAtMs, death }) => [instanceId, pid, bornAtMs, death]),
    facts: { calls, notices, decisions, reports, events },
    reached: points.reached,
  });
}

function hashOf(shown: unknown): string {
  const ids = new Map<string, string>();
  const text = JSON.stringify(told(shown)).replace(UUID, (id) => {
    if (!ids.has(id)) ids.set(id, `run-${ids.size}`);
    return ids.get(id) ?? id;
  });
  return createHash('sha256').update(text).digest('hex');
}

function told(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  if (Array.isArray(value)) return value.map(told);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([key]) => !SIGNED_BY.has(key));
  return Object.fromEntries(entries.map(([key, each]) => [key, told(each)]));
}
