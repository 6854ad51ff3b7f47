/** The pace of an activity: it sleeps, shows progress, reads venues and is called off as one. */
import { Context } from '@temporalio/activity';
import type { SnapshotInput } from '../../workflows/contract/index.js';
import type { VenueTruth } from '../../workflows/domain/books/snapshot.js';
import type { ControlPlanePorts, Lease } from '../ports.js';
import { aheadOf, serverNowMs } from '../procedures/reading/clock.js';
import { alsoIf } from '../procedures/lease.js';
import { PATIENCE, type Patience, type WaitingPace } from '../procedures/patiently.js';
import { readVenues } from '../procedures/read-venues.js';

/** `at`: what progress names, such as a venue. */
export function activityPace(at: string): WaitingPace {
  const context = Context.current();
  return {
    sleep: (ms) => context.sleep(ms),
    beat: () => context.heartbeat(at),
    signal: context.cancellationSignal,
  };
}

/**
 * The lease under which an attempt writes for an engine: its own, and the engine's epoch has not passed
 * on. Histories of earlier versions tell no epoch.
 */
export function leaseAt(
  { lease, epochs }: Pick<ControlPlanePorts, 'lease' | 'epochs'>,
  { engineId, epoch }: { engineId: string; epoch?: number },
): Lease {
  const own = lease();
  return epoch === undefined ? own : alsoIf(own, () => epochs.raise(engineId, epoch));
}

/** For people who wait: what is there now, once, as if an engine traded; who does not answer at once is unknown. */
export async function lookNow(
  ports: ControlPlanePorts,
  { engineId, nowMs }: { engineId: string; nowMs: number },
): Promise<VenueTruth[]> {
  const reading = { engineId, sinceMs: nowMs, thorough: false, live: true };
  return readAll(ports, reading, undefined, PATIENCE.optional);
}

/** `live`: an engine trades meanwhile. */
type ReadInput = SnapshotInput & { live: boolean };

/** One truth for each account, in their order. */
export async function readAll(
  ports: ControlPlanePorts,
  { engineId, ...asked }: ReadInput,
  accounts = ports.venues.ofEngine(engineId),
  patience: Patience = PATIENCE.asking,
): Promise<VenueTruth[]> {
  const context = Context.current();
  const { cashAssets, orderIdPrefix } = ports.facts(engineId);
  const { sinceMs, thorough, live } = asked;
  const reading = { sinceMs, thorough, live, cashAssets, orderIdPrefix };
  return readVenues(accounts, reading, {
    patience,
    beat: (venue) => context.heartbeat(venue),
    nowMs: () => serverNowMs(ports.clock),
    aheadMs: aheadOf(ports.clock),
    signal: context.cancellationSignal,
  });
}
