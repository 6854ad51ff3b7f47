/**
 * Step 4. Reads every venue, then compares. Reads are not atomic, so orders are read before and
 * after; a snapshot in which something moved meanwhile is read again.
 */
import { Context } from '@temporalio/activity';
import type { ArtifactRef } from '../workflows/domain/artifact.js';
import { digestOf } from '../workflows/domain/canonical.js';
import {
  countVerdicts,
  reconcile,
  type ReconciliationCounts,
  type ReconciliationLine,
} from '../workflows/domain/reconciliation.js';
import { unreadableVenues, type Snapshot, type VenueTruth } from '../workflows/domain/snapshot.js';
import type { EngineState, Order } from '../workflows/domain/state.js';
import type { ControlPlanePorts, VenueAccount } from './ports.js';
import { describeError, isFailure } from './errors.js';

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
const SNAPSHOT_TRIES = 5;
const READ_TRIES = 4;
const RETRY_MS = 500;

export function createReconcileActivities(ports: ControlPlanePorts) {
  return {
    /** Never fails for a venue's sake: one that cannot be read is `unreadable` in the snapshot. */
    async takeSnapshot(input: { engineId: string; sinceMs: number }): Promise<SnapshotTaken> {
      const accounts = ports.venues.ofEngine(input.engineId);
      const venues = await Promise.all(accounts.map((a) => readVenue(a, input.sinceMs)));
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

async function readVenue(account: VenueAccount, sinceMs: number): Promise<VenueTruth> {
  const { venue, account: name } = account;
  let why = 'something moved during every reading';
  for (let attempt = 1; attempt <= READ_TRIES; attempt += 1) {
    try {
      const truth = await readStill(account, sinceMs);
      if (truth !== null) return truth;
    } catch (error) {
      why = describeError(error);
      if (isFailure(error, 'VenueRefused')) break;
    }
    Context.current().heartbeat(venue);
    await Context.current().sleep(RETRY_MS * attempt);
  }
  return { readable: false, venue, account: name, why };
}

/** Orders, fills, balances and positions, orders again: null where the two readings differ. */
async function readStill(account: VenueAccount, sinceMs: number): Promise<VenueTruth | null> {
  let before = await account.openOrders();
  for (let attempt = 0; attempt < SNAPSHOT_TRIES; attempt += 1) {
    const fills = await account.fillsSince(sinceMs);
    const [positions, balances] = [await account.positions(), await account.balances()];
    const after = await account.openOrders();
    if (sameOrders(before, after)) {
      const { venue, account: name } = account;
      return { readable: true, venue, account: name, positions, balances, orders: after, fills };
    }
    before = after;
  }
  return null;
}

function sameOrders(a: Order[], b: Order[]): boolean {
  const sorted = (orders: Order[]) =>
    orders.toSorted((x, y) => (x.clientOrderId < y.clientOrderId ? -1 : 1));
  return a.length === b.length && digestOf(sorted(a)) === digestOf(sorted(b));
}
