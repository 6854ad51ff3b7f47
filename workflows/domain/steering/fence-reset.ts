/**
 * What an approver says of the epoch that a host remembers, and the proof that it was them.
 *
 * Invariants: the proof is over all that is said, host, engine and time included; it counts once, and only
 * for a while; who may is who may answer the manual checklist.
 */
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { canonicalJson } from '../content/canonical.js';
import { EngineId, HostName } from '../content/names.js';
import { isEpoch } from '../engine/epochs.js';
import type { Approver } from '../gates/approver.js';
import { Proof, Reason } from '../gates/decision.js';
import { signerRefusal, untimely } from './signer.js';

export const FenceOrder = z.strictObject({
  version: z.literal(1),
  host: HostName,
  engineId: EngineId,
  to: z.number().refine(isEpoch, { error: 'no epoch' }),
  reason: Reason,
  by: z.string().min(1).max(256),
  atMs: z.number().int().positive(),
  /** No other order has it. */
  id: z.string().regex(/^[0-9a-f-]{36}$/, 'must be a UUID'),
});
export type FenceOrder = z.infer<typeof FenceOrder>;

export const SignedFenceOrder = z.strictObject({ order: FenceOrder, proof: Proof });
export type SignedFenceOrder = z.infer<typeof SignedFenceOrder>;

/** The bytes that are signed: a fixed prefix keeps a signature from meaning anything elsewhere. */
export function fenceOrderBytes(order: FenceOrder): Uint8Array {
  return utf8ToBytes(`relight-fence-reset-v1\n${canonicalJson(order)}`);
}

export interface JudgingFenceOrders {
  host: string;
  approvers: readonly Approver[];
  roles: readonly string[];
  /** Ids of those that were carried out. */
  taken: readonly string[];
  nowMs: number;
}

/** Why it is refused, for the person who signed it; null where it counts. */
export function fenceOrderRefusal(
  { order, proof }: SignedFenceOrder,
  { host, approvers, roles, taken, nowMs }: JudgingFenceOrders,
): string | null {
  if (order.host !== host)
    return `It was signed for the host "${order.host}", and this is "${host}"`;
  const signed = { by: order.by, proof, bytes: fenceOrderBytes(order) };
  return (
    untimely(order, { taken, nowMs }) ??
    signerRefusal(signed, { approvers, nowMs }, { command: 'fence reset', roles })
  );
}
