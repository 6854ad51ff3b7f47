/** How an activity reads the venues of its engine: it sleeps, beats and is cancelled as one. */
import { Context } from '@temporalio/activity';
import type { SnapshotInput } from '../../workflows/contract/index.js';
import type { VenueTruth } from '../../workflows/domain/books/snapshot.js';
import type { ControlPlanePorts } from '../ports.js';
import { PATIENCE } from '../procedures/patiently.js';
import { readVenues } from '../procedures/read-venues.js';

/** `live`: an engine trades meanwhile. */
type ReadInput = SnapshotInput & { live: boolean };

/** One truth for each account, in their order. */
export async function readAll(
  ports: ControlPlanePorts,
  { engineId, ...asked }: ReadInput,
  accounts = ports.venues.ofEngine(engineId),
): Promise<VenueTruth[]> {
  const context = Context.current();
  const { cashAssets, orderIdPrefix } = ports.facts(engineId);
  const { sinceMs, thorough, live } = asked;
  const reading = { sinceMs, thorough, live, cashAssets, orderIdPrefix };
  return readVenues(accounts, reading, {
    patience: PATIENCE.asking,
    beat: (venue) => context.heartbeat(venue),
    nowMs: () => ports.clock.nowMs(),
    signal: context.cancellationSignal,
  });
}
