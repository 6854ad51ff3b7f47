/**
 * The state of an engine from the venues alone, where no checkpoint can tell it.
 *
 * Invariants: every figure is one that a venue told, or an entry price that the fills of a position
 * tell; what could not be known is named, one sentence each, and never guessed; what the venues
 * closed by force is named too, because no reconciliation can find it afterwards.
 */
import { entryPriceFromFills, type EntryPriceKnowledge } from '../../books/position-lives.js';
import { isZero } from '../../numbers/decimal.js';
import { groupFills, missingFills, type FillGroup } from '../../books/fills.js';
import { ZERO, fixed, plus, textOf } from '../../numbers/fixed-point.js';
import { whyWords } from '../../books/fault-words.js';
import { datedBeforeFills } from '../moves/brought-forward.js';
import { together } from '../wallets.js';
import { specsOf } from '../../books/snapshot.js';
import {
  readableVenues,
  unreadableVenues,
  type ReadableVenue,
  type Snapshot,
} from '../../books/snapshot.js';
import type { Breaker } from '../../policy/policy.js';
import { appliedFillId, appliedFlowId } from '../../books/keys.js';
import { emptyState, type EngineState, type Fill, type PositionSide } from '../../books/state.js';
import { MINUTE_MS } from '../../numbers/durations.js';

export interface Reconstruction {
  state: EngineState;
  unknowns: string[];
}

/**
 * Orders are left to the step that resolves them: none is known from before the crash. `breaker` is missing
 * where a recovery of an earlier version asks, which took one that nobody knows for released.
 */
export function reconstruct(snapshot: Snapshot, breaker?: Breaker): Reconstruction {
  const venues = readableVenues(snapshot);
  const fills = venues.flatMap((venue) => venue.fills);
  const held = venues.flatMap((venue) => venue.positions);
  const balances = venues.flatMap(together);
  const known = entryPriceFromFills(held, fills, specsOf(snapshot));
  return {
    state: {
      ...emptyState(),
      positions: known.map(({ position, entryPrice }) => ({
        ...position,
        averagePrice: entryPrice,
      })),
      balances,
      risk: { dailyPnl: null, breakerLatched: breaker === 'engine' ? null : false },
      appliedFills: appliedAt(venues),
    },
    unknowns: [
      breaker === 'none'
        ? 'daily profit and loss (no checkpoint)'
        : 'daily profit and loss, and whether the risk breaker had latched (no checkpoint)',
      'orders in flight at the crash, and orders that ended before it',
      ...(balances.every(({ total }) => isZero(total))
        ? []
        : ['what spot holdings cost (a balance has no entry price)']),
      ...known.flatMap(unknownEntry),
      ...forcedCloses(fills, snapshot.takenAtMs),
      ...venues.flatMap(datedBeforeFills),
      ...venues.flatMap(({ venue, gaps }) => gaps.map((gap) => `${venue}: ${whyWords(gap)}`)),
      ...unreadableVenues(snapshot).map(
        ({ venue, why }) => `everything at ${venue}: ${whyWords(why)}`,
      ),
    ],
  };
}

/** A venue may hold several accounts. */
function appliedAt(venues: readonly ReadableVenue[]): EngineState['appliedFills'] {
  const applied = new Map<string, Set<string>>();
  for (const { venue, fills, cashFlows } of venues) {
    const ids = applied.get(venue) ?? new Set();
    applied.set(venue, ids);
    for (const fill of fills) ids.add(appliedFillId(fill));
    for (const flow of cashFlows ?? []) ids.add(appliedFlowId(flow));
  }
  return Object.fromEntries(Array.from(applied, ([venue, ids]) => [venue, [...ids]]));
}

function unknownEntry({ position, entryPrice, reason }: EntryPriceKnowledge): string[] {
  if (entryPrice !== null || isZero(position.quantity)) return [];
  return [`entry price of ${named(position)}: ${reason}`];
}

interface Named {
  venue: string;
  instrument: string;
  side?: PositionSide | undefined;
}

function named({ venue, instrument, side = 'net' }: Named): string {
  return side === 'net' ? `${venue} ${instrument}` : `${venue} ${instrument} ${side}`;
}

function forcedCloses(fills: readonly Fill[], takenAtMs: number): string[] {
  const forced = fills.filter((fill) => fill.forced !== undefined);
  const groups = groupFills(missingFills({ appliedFills: {} }, forced));
  return groups.map((group) => forcedClose(group, takenAtMs));
}

function forcedClose({ venue, instrument, fills }: FillGroup, takenAtMs: number): string {
  const quantity = textOf(fills.reduce((sum, fill) => plus(sum, fixed(fill.quantity)), ZERO));
  const how = [...new Set(fills.map(({ forced }) => forced))].join(', ');
  const last = fills.at(-1);
  const ageMs = Math.max(0, takenAtMs - (last?.timeMs ?? takenAtMs));
  const where = named({ venue, instrument, side: last?.positionSide });
  const when = `the last ${Math.floor(ageMs / MINUTE_MS)} min before this reading`;
  return `${where}: ${quantity} closed by the exchange (${how}), ${when}`;
}
