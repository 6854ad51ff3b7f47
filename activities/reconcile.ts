/** Step 4. Reads every venue, then compares in the pure domain. */
import { Context } from '@temporalio/activity';
import type { ArtifactRef } from '../workflows/domain/content/artifact.js';
import { adjustmentsOf } from '../workflows/domain/reconciliation/adjustments.js';
import { bookTroubles, compareOrderBooks } from '../workflows/domain/orders/book-keys.js';
import { digestOf } from '../workflows/domain/content/canonical.js';
import { byWeight, isDisputed } from '../workflows/domain/reconciliation/disputes.js';
import { whyWords } from '../workflows/domain/books/fault-words.js';
import { specsOf } from '../workflows/domain/books/instruments.js';
import type { Why } from '../workflows/domain/books/read-fault.js';
import {
  countVerdicts,
  reconcile,
  type Reconciliation,
  type ReconciliationCounts,
  type ReconciliationLine,
} from '../workflows/domain/reconciliation/reconciliation.js';
import {
  readableVenues,
  snapshotOf,
  unreadableVenues,
  type Snapshot,
  type VenueTruth,
} from '../workflows/domain/books/snapshot.js';
import type { EngineState } from '../workflows/domain/books/state.js';
import type { ControlPlanePorts } from './ports.js';
import { PATIENCE } from './procedures/patiently.js';
import { readVenues } from './procedures/read-venues.js';

export interface SnapshotTaken {
  snapshot: ArtifactRef;
  takenAtMs: number;
  /** `why` is text in histories of earlier versions. */
  unreadable: { venue: string; why: Why }[];
  openOrders: number;
  /** What the readable venues could not tell. */
  gaps: string[];
}

export interface PositionsReconciled {
  counts: ReconciliationCounts;
  fillsApplied: number;
  flowsApplied: number;
  lines: ArtifactRef;
  /** What the state takes over from the venues beyond what fills and cash flows did. */
  adjustments: ArtifactRef;
  state: ArtifactRef;
  /** `venue item quantity` of positions that a venue closed by force. */
  forced: string[];
  /** Digest of what is unexplained or unknown: the same dispute has the same digest. */
  disputed: string;
  /** The worst lines, for the gate's evidence; the rest is behind `lines`. */
  worst: ReconciliationLine[];
  /** What is doubtful or could not be known; missing in histories of earlier versions. */
  unknowns?: string[];
  /** The daily loss is beyond the limit, and the breaker was not latched before. */
  breakerLatched?: boolean;
}

const SHOWN_LINES = 20;
/** Compared with those of the next reading, so more than a person would read. */
const SHOWN_ORDERS = 200;

export function createSnapshotActivities(ports: ControlPlanePorts) {
  return {
    /** Never fails for a venue's sake: one that cannot be read is `unreadable` in the snapshot. */
    async takeSnapshot(input: {
      engineId: string;
      sinceMs: number;
      thorough: boolean;
    }): Promise<SnapshotTaken> {
      const venues = await readAll(ports, { ...input, live: false });
      const snapshot = snapshotOf(venues, ports.clock.nowMs());
      return {
        snapshot: await ports.artifacts.putJson('venue-snapshot', snapshot),
        takenAtMs: snapshot.takenAtMs,
        unreadable: unreadableVenues(snapshot).map(({ venue, why }) => ({ venue, why })),
        openOrders: venues.reduce((n, v) => n + (v.readable ? v.orders.length : 0), 0),
        gaps: readableVenues(snapshot).flatMap(({ venue, gaps }) =>
          gaps.map((gap) => `${venue}: ${whyWords(gap)}`),
        ),
      };
    },

    /** Returns when each of these can be read as is wanted; tries until it is cancelled. */
    async awaitReadable(input: ReadInput & { venues: string[]; everyMs: number }): Promise<void> {
      const accounts = ports.venues.ofEngine(input.engineId);
      let away = accounts.filter(({ venue }) => input.venues.includes(venue));
      while (away.length > 0) {
        Context.current().heartbeat(away.map(({ venue }) => venue));
        await Context.current().sleep(input.everyMs);
        const truths = await readAll(ports, input, away);
        away = away.filter((_, index) => truths[index]?.readable !== true);
      }
    },
  };
}

export function createReconcileActivities(ports: ControlPlanePorts) {
  return {
    /**
     * The books of a live engine against the venues: what differs, was closed by force unseen, or
     * could not be read, by name. It trades meanwhile, so an order counts as differing only where
     * two readings have it; and whether it has booked a cash flow yet, no time can tell.
     */
    async compareBooks(input: {
      engineId: string;
      state: ArtifactRef;
      sinceMs: number;
      tolerance: string;
      dustNotional?: string;
      thorough: boolean;
    }): Promise<{ differing: string[]; orders: string[]; unread: string[] }> {
      const { engineId, state, sinceMs, tolerance, dustNotional = '0' } = input;
      const asOfMs = ports.clock.nowMs(); // the state was read just before
      const internal = await ports.artifacts.getJson<EngineState>(state);
      const venues = await readAll(ports, { ...input, live: true });
      const snapshot = snapshotOf(venues, ports.clock.nowMs());
      const { orderIdPrefix, cashAssets } = ports.facts(engineId);
      const rules = { tolerance, dustNotional, cashAssets, asOfMs, doubtMs: asOfMs - sinceMs };
      const { lines } = reconcile(internal, snapshot, rules);
      const differing = byWeight(lines.filter(isDisputed));
      const books = compareOrderBooks(internal.orders, snapshot, orderIdPrefix);
      return {
        differing: differing.slice(0, SHOWN_LINES).map(({ venue, item }) => `${venue} ${item}`),
        orders: bookTroubles(books).slice(0, SHOWN_ORDERS),
        unread: venues.filter(({ readable }) => !readable).map(({ venue }) => venue),
      };
    },

    async reconcilePositions(input: {
      engineId: string;
      state: ArtifactRef;
      snapshot: ArtifactRef;
      tolerance: string;
      dustNotional: string;
      asOfMs: number;
      maxDailyLoss?: string | undefined;
    }): Promise<PositionsReconciled> {
      const internal = await ports.artifacts.getJson<EngineState>(input.state);
      const snapshot = await ports.artifacts.getJson<Snapshot>(input.snapshot);
      const { cashAssets } = ports.facts(input.engineId);
      const result = reconcile(internal, snapshot, { ...input, cashAssets });
      const { lines, state } = result;
      const adjustments = adjustmentsOf(lines, specsOf(snapshot));
      return {
        ...summaryOf(result),
        lines: await ports.artifacts.putJson('reconciliation', lines),
        adjustments: await ports.artifacts.putJson('adjustments', adjustments),
        state: await ports.artifacts.putJson('engine-state', state),
        breakerLatched: state.risk.breakerLatched && !internal.risk.breakerLatched,
      };
    },
  };
}

function summaryOf({ lines, fillsApplied, flowsApplied, unknowns }: Reconciliation) {
  const disputed = lines.filter(isDisputed);
  return {
    counts: countVerdicts(lines),
    fillsApplied,
    flowsApplied,
    forced: lines
      .filter(({ forced }) => forced !== '0')
      .map(({ venue, item, forced }) => `${venue} ${item} ${forced}`),
    disputed: digestOf(disputed.map(disputeOf)),
    worst: byWeight(disputed).slice(0, SHOWN_LINES),
    unknowns: shortened(unknowns),
  };
}

/** They go into a workflow's history, which must stay small. */
function shortened(sentences: readonly string[]): string[] {
  const more = sentences.length - SHOWN_LINES;
  const shown = sentences.slice(0, SHOWN_LINES);
  return more > 0 ? [...shown, `${more} more doubts of the reconciliation`] : shown;
}

/** What a person accepts; prices move, and are no part of it. */
function disputeOf({ kind, venue, account, item, unexplained, forced }: ReconciliationLine) {
  return [kind, venue, account, item, unexplained, forced];
}

interface ReadInput {
  engineId: string;
  sinceMs: number;
  thorough: boolean;
  live: boolean;
}

async function readAll(
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
    signal: context.cancellationSignal,
    beat: (venue) => context.heartbeat(venue),
    nowMs: () => ports.clock.nowMs(),
  });
}
