/**
 * The positions that an engine tells where it tells nothing else of its state, beside what it should hold.
 *
 * Invariants: a row that could be of two venues, or of two sides, is compared with none of them, and named;
 * nothing told is equal to nothing held only where the engine says that it is all; the words are bounded.
 */
import { cutToBytes, shortened } from '../content/shortened.js';
import { printable } from '../content/printable.js';
import { canonical, isZero } from '../numbers/decimal.js';
import { listingKey } from '../books/keys.js';
import type { EngineState, Position } from '../books/state.js';
import { compareEntryPrices, entryPriceDiffers } from './entry-price.js';

/** What stays unverified where positions are all that is told. */
export const UNTOLD_BY_POSITIONS = ['orders', 'balances', 'risk breaker and daily result'];

export interface ToldPositions {
  /** One a venue and instrument, of the side `net`. */
  positions: Position[];
  apart: RowApart[];
  /** False where it printed nothing: a program that failed may do so, too. */
  isWhole: boolean;
}

/** A row that names no one position. */
export interface RowApart {
  instrument: string;
  why: string;
}

export interface PositionsCompared {
  differing: string[];
  /** What of the positions was compared with nothing. */
  unverified: string[];
}

const MOST_NAMED = 5;
const LONGEST_NAME = 80;
const NOTHING_TOLD = 'positions (it printed none, and no end)';

/** `prices`: whether an entry price that differs is a difference, or figured by the engine itself. */
export function comparePositions(
  { positions, apart, isWhole }: ToldPositions,
  expected: Pick<EngineState, 'positions'>,
  prices: 'compared' | 'own' = 'compared',
): PositionsCompared {
  const left = new Set(apart.map(({ instrument }) => instrument));
  const [theirs, ours] = [byListing(positions), byListing(expected.positions)];
  const keys = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  const all: PositionsCompared = { differing: [], unverified: apart.map(apartWords) };
  for (const key of keys) {
    const { differing, unverified } = compareOne(
      [theirs.get(key) ?? [], ours.get(key) ?? []],
      left,
      prices,
    );
    all.differing.push(...differing);
    all.unverified.push(...unverified);
  }
  if (keys.length === 0 && !isWhole) all.unverified.push(NOTHING_TOLD);
  return {
    differing: shortened(all.differing, MOST_NAMED),
    unverified: shortened(all.unverified, MOST_NAMED),
  };
}

function byListing(positions: readonly Position[]): Map<string, Position[]> {
  const found = new Map<string, Position[]>();
  for (const position of positions.filter(({ quantity }) => !isZero(quantity))) {
    const key = listingKey(position);
    found.set(key, [...(found.get(key) ?? []), position]);
  }
  return found;
}

const NONE: PositionsCompared = { differing: [], unverified: [] };

function compareOne(
  [theirs, ours]: readonly [readonly Position[], readonly Position[]],
  left: ReadonlySet<string>,
  prices: 'compared' | 'own',
): PositionsCompared {
  const [held, expected] = [theirs[0], ours[0]];
  const one = held ?? expected;
  if (one === undefined || (held === undefined && left.has(one.instrument))) return NONE;
  const name = nameOf(one);
  if (ours.length > 1 || (expected !== undefined && expected.side !== 'net')) {
    return { ...NONE, unverified: [`${name} (held by sides, which one figure does not tell)`] };
  }
  if (held === undefined) return { ...NONE, differing: [`${name}: not held`] };
  if (expected === undefined) {
    return { ...NONE, differing: [`${name}: held, and not in the recovered state`] };
  }
  return compareFigures(name, [held, expected], prices);
}

function compareFigures(
  name: string,
  [held, expected]: readonly [Position, Position],
  prices: 'compared' | 'own',
): PositionsCompared {
  const quantity = quantityWords(held, expected);
  const price = priceWords(held, expected);
  const named = (words: string[]) => (words.length === 0 ? [] : [`${name}: ${words.join(', ')}`]);
  return prices === 'own'
    ? { differing: named(quantity), unverified: named(price) }
    : { ...NONE, differing: named([...quantity, ...price]) };
}

function quantityWords(held: Position, expected: Position): string[] {
  if (canonical(held.quantity) === canonical(expected.quantity)) return [];
  return [`quantity ${held.quantity}, expected ${expected.quantity}`];
}

function priceWords(held: Position, expected: Position): string[] {
  const prices = compareEntryPrices(held.averagePrice, expected.averagePrice);
  if (!entryPriceDiffers(prices)) return [];
  return [`averagePrice ${held.averagePrice}, expected ${expected.averagePrice}`];
}

/** The engine's own words. */
function nameOf({ venue, instrument }: Position): string {
  return cutToBytes(printable(`${venue} ${instrument}`), LONGEST_NAME);
}

function apartWords({ instrument, why }: RowApart): string {
  return `${cutToBytes(printable(instrument), LONGEST_NAME)} (${why})`;
}
