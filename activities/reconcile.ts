/** Step 4. Reads every venue, then compares in the pure domain. */
import { Context } from '@temporalio/activity';
import type { ArtifactRef } from '../workflows/domain/artifact.js';
import {
  countVerdicts,
  reconcile,
  type ReconciliationCounts,
  type ReconciliationLine,
} from '../workflows/domain/reconciliation.js';
import { unreadableVenues, type Snapshot, type VenueTruth } from '../workflows/domain/snapshot.js';
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
      const venues = await readAll(ports, input);
      const snapshot: Snapshot = { takenAtMs: ports.clock.nowMs(), venues };
      return {
        snapshot: await ports.artifacts.putJson('venue-snapshot', snapshot),
        takenAtMs: snapshot.takenAtMs,
        unreadable: unreadableVenues(snapshot).map(({ venue, why }) => ({ venue, why })),
        openOrders: venues.reduce((n, v) => n + (v.readable ? v.orders.length : 0), 0),
      };
    },

    /** The books of a live engine against the venues; what differs or could not be read, by name. */
    async compareBooks(input: {
      engineId: string;
      state: ArtifactRef;
      sinceMs: number;
      tolerance: string;
    }): Promise<{ differing: string[]; unread: string[] }> {
      const internal = await ports.artifacts.getJson<EngineState>(input.state);
      const venues = await readAll(ports, input);
      const { lines } = reconcile(internal, { takenAtMs: ports.clock.nowMs(), venues }, input);
      const differing = lines.filter(
        ({ verdict }) => verdict !== 'match' && verdict !== 'explained',
      );
      const unread = venues.filter(({ readable }) => !readable).map(({ venue }) => venue);
      const named = differing.slice(0, SHOWN_LINES).map(({ venue, item }) => `${venue} ${item}`);
      return { differing: named, unread };
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

async function readAll(
  ports: ControlPlanePorts,
  { engineId, sinceMs }: { engineId: string; sinceMs: number },
): Promise<VenueTruth[]> {
  const context = Context.current();
  return readVenues(ports.venues.ofEngine(engineId), sinceMs, {
    sleep: (ms) => context.sleep(ms),
    beat: (venue) => context.heartbeat(venue),
  });
}
