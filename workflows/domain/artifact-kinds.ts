/**
 * What is kept as artifacts, by kind, and what each must look like to be believed when it is read back:
 * by another process, after a restart, perhaps by a later version.
 *
 * Invariant: fields that a kind gained later are optional, so that what an earlier version stored is
 * still read.
 */
import { z } from 'zod';
import { Snapshot } from './books/snapshot.js';
import { EngineState } from './books/state.js';
import { NotedOrder } from './orders/noted.js';
import { OwnOrders } from './orders/own-orders.js';
import { EvidenceIndex } from './crash/evidence-index.js';
import { Resolution } from './orders/resolution.js';
import { Adjustment } from './reconciliation/origin/adjustments.js';
import { ReconciliationLine } from './reconciliation/line.js';

export const ARTIFACTS = {
  'engine-state': EngineState,
  'venue-snapshot': Snapshot,
  reconciliation: z.array(ReconciliationLine),
  adjustments: z.array(Adjustment),
  'order-resolutions': z.array(Resolution),
  'own-orders': OwnOrders,
  'noted-orders': z.array(NotedOrder),
  'evidence-index': EvidenceIndex,
  'by-hand': z.array(z.string()),
} as const satisfies Record<string, z.ZodType>;

export type ArtifactKind = keyof typeof ARTIFACTS;
export type ArtifactOf<Kind extends ArtifactKind> = z.infer<(typeof ARTIFACTS)[Kind]>;
