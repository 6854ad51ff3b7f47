/**
 * The state of an engine from the venues alone, where no checkpoint can tell it.
 *
 * Invariants: every figure is one that a venue told, or an entry price that the whole history of a
 * position tells; what could not be known is named, one sentence each, and never guessed.
 */
import { entryPriceFromFills, type EntryPriceKnowledge } from './lifecycle.js';
import { specsOf } from './instruments.js';
import { readableVenues, unreadableVenues, type Snapshot } from './snapshot.js';
import { appliedFillId, appliedFlowId, emptyState, type EngineState } from './state.js';

export interface Reconstruction {
  state: EngineState;
  unknowns: string[];
}

/** Orders are left to the step that resolves them: none is known from before the crash. */
export function reconstruct(snapshot: Snapshot): Reconstruction {
  const venues = readableVenues(snapshot);
  const fills = venues.flatMap((venue) => venue.fills);
  const held = venues.flatMap((venue) => venue.positions);
  const known = entryPriceFromFills(held, fills, specsOf(snapshot));
  const applied = venues.map((venue) => [
    venue.venue,
    [...venue.fills.map(appliedFillId), ...(venue.cashFlows ?? []).map(appliedFlowId)],
  ]);
  return {
    state: {
      ...emptyState(),
      positions: known.map(({ position, entryPrice }) => ({
        ...position,
        averagePrice: entryPrice,
      })),
      balances: venues.flatMap((venue) => venue.balances),
      appliedFills: Object.fromEntries(applied) as EngineState['appliedFills'],
    },
    unknowns: [
      'daily profit and loss, and whether the risk breaker had latched (no checkpoint)',
      'orders in flight at the crash, and orders that ended before it',
      ...known.flatMap(unknownEntry),
      ...venues.flatMap(({ venue, gaps }) => gaps.map((gap) => `${venue}: ${gap}`)),
      ...unreadableVenues(snapshot).map(({ venue, why }) => `everything at ${venue}: ${why}`),
    ],
  };
}

function unknownEntry({ position, entryPrice, reason }: EntryPriceKnowledge): string[] {
  if (entryPrice !== null) return [];
  const side = position.side === 'net' ? '' : ` ${position.side}`;
  return [`entry price of ${position.venue} ${position.instrument}${side}: ${reason}`];
}
