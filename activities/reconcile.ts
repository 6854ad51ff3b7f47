/** Step 4. Reads every venue, then compares in the pure domain. */
import { Context } from '@temporalio/activity';
import type { ArtifactRef } from '../workflows/domain/artifact.js';
import {
  countVerdicts,
  reconcile,
  type ReconciliationCounts,
  type ReconciliationLine,
} from '../workflows/domain/reconciliation.js';
import { unreadableVenues, type Snapshot } from '../workflows/domain/snapshot.js';
import type { EngineState } from '../workflows/domain/state.js';
import type { ControlPlanePorts } from './ports.js';
import { readVenues } from './snapshot.js';

export interface SnapshotTaken {
  snapshot: ArtifactRef;
  takenAtMs: number;
  unreadable: { venue: string; why: string }[];
  openOrders: number;
}

export interface PositionsReconciled {
  counts: ReconciliationCounts;
  fillsApplied: number;
  lines: ArtifactRef;
  state: ArtifactRef;
  /** The worst lines, for the gate's evidence; the rest is behind `lines`. */
  worst: ReconciliationLine[];
}

const SHOWN_LINES = 20;

export function createReconcileActivities(ports: ControlPlanePorts) {
  return {
    /** Never fails for a venue's sake: one that cannot be read is `unreadable` in the snapshot. */
    async takeSnapshot(input: { engineId: string; sinceMs: number }): Promise<SnapshotTaken> {
      const accounts = ports.venues.ofEngine(input.engineId);
      const context = Context.current();
      const venues = await readVenues(accounts, input.sinceMs, {
        sleep: (ms) => context.sleep(ms),
        beat: (venue) => context.heartbeat(venue),
      });
      const snapshot: Snapshot = { takenAtMs: ports.clock.nowMs(), venues };
      return {
        snapshot: await ports.artifacts.putJson('venue-snapshot', snapshot),
        takenAtMs: snapshot.takenAtMs,
        unreadable: unreadableVenues(snapshot).map(({ venue, why }) => ({ venue, why })),
        openOrders: venues.reduce((n, v) => n + (v.readable ? v.orders.length : 0), 0),
      };
    },

    async reconcilePositions(input: {
      state: ArtifactRef;
      snapshot: ArtifactRef;
      tolerance: string;
    }): Promise<PositionsReconciled> {
      const internal = await ports.artifacts.getJson<EngineState>(input.state);
      const snapshot = await ports.artifacts.getJson<Snapshot>(input.snapshot);
      const { lines, fillsApplied, state } = reconcile(internal, snapshot, input);
      const worst = lines.filter((l) => l.verdict === 'unexplained' || l.verdict === 'unknown');
      return {
        counts: countVerdicts(lines),
        fillsApplied,
        lines: await ports.artifacts.putJson('reconciliation', lines),
        state: await ports.artifacts.putJson('engine-state', state),
        worst: worst.slice(0, SHOWN_LINES),
      };
    },
  };
}
