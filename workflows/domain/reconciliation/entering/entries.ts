/**
 * What an engine must be told, item by item, so that it holds the recovered state.
 *
 * Invariants: a position is told whole and never as a change, so that telling it twice is telling it once;
 * what an engine does not tell of itself is told to it all; what no entry can express is left for people, with
 * the reason.
 */
import type { ToldPositions } from '../told-positions.js';
import { listingKey, orderKey } from '../../books/keys.js';
import {
  comparableState,
  emptyState,
  type EngineState,
  type Order,
  type Position,
} from '../../books/state.js';
import { digestOf } from '../../content/canonical.js';
import { canonical, isZero } from '../../numbers/decimal.js';
import { stateDifferences } from '../../engine/held-state.js';

/** What the engine says that it holds: all, its positions alone, or nothing. */
export type Told =
  | { kind: 'state'; state: EngineState }
  | { kind: 'positions'; positions: ToldPositions }
  | { kind: 'nothing' };

export interface PositionEntry {
  venue: string;
  account: string;
  instrument: string;
  /** What it must be; 0 where it must not be there. */
  quantity: string;
  averagePrice: string | null;
  /** What the engine says that it is; null where it tells nothing of it. */
  held: string | null;
}

export interface Entries {
  positions: PositionEntry[];
  orders: Order[];
  /** For people's hands alone, in words. */
  others: string[];
}

export function entriesFor(told: Told, expected: EngineState): Entries {
  const { positions, others } = positionsFor(told, expected);
  if (told.kind !== 'state') return { positions, orders: expected.orders, others };
  const orders = expected.orders.filter((order) => !isAmong(told.state.orders, order));
  const left = stateDifferences(
    withEntered(told.state, expected, { positions, orders }),
    expected,
    MOST,
  );
  return { positions, orders, others: left };
}

/** More than a person enters by hand. */
const MOST = 1_000;

function isAmong(orders: readonly Order[], order: Order): boolean {
  const theirs = orders.find((each) => orderKey(each) === orderKey(order));
  const figures = (one: Order) => digestOf(comparableState({ ...emptyState(), orders: [one] }));
  return theirs !== undefined && figures(theirs) === figures(order);
}

/** As it will be: what then still differs no entry can express. */
function withEntered(
  held: EngineState,
  expected: EngineState,
  entered: { positions: readonly PositionEntry[]; orders: readonly Order[] },
): EngineState {
  const positions = new Set(entered.positions.map(listingKey));
  const orders = new Set(entered.orders.map(orderKey));
  const mixed = <T>(theirs: readonly T[], ours: readonly T[], isEntered: (one: T) => boolean) => [
    ...theirs.filter((one) => !isEntered(one)),
    ...ours.filter(isEntered),
  ];
  return {
    ...held,
    positions: mixed(held.positions, expected.positions, (one) => positions.has(listingKey(one))),
    orders: mixed(held.orders, expected.orders, (one) => orders.has(orderKey(one))),
  };
}

function positionsFor(told: Told, expected: EngineState): Pick<Entries, 'positions' | 'others'> {
  const held = heldOf(told);
  const ours = byListing(expected.positions);
  const theirs = byListing(held ?? []);
  const keys = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  const rows = keys.map((key) => rowOf(ours.get(key) ?? [], theirs.get(key) ?? []));
  const sure = rows.filter((row) => whyUnsure(row, told) === null);
  return {
    positions: sure
      .filter(({ wanted, has }) => held === null || !isSame(wanted, has, told.kind === 'state'))
      .map((row) => entryOf(row, held === null ? null : quantityOf(row.has))),
    // Where all is told, what no entry can express is found by comparing that.
    others: told.kind === 'state' ? [] : rows.flatMap((row) => unsureWords(row, told)),
  };
}

/** A place, with what is wanted there and what is held. */
interface Row {
  at: Pick<Position, 'venue' | 'account' | 'instrument'>;
  wanted: readonly Position[];
  has: readonly Position[];
}

function rowOf(wanted: readonly Position[], has: readonly Position[]): Row {
  const { venue = '', account = '', instrument = '' } = wanted[0] ?? has[0] ?? {};
  return { at: { venue, account, instrument }, wanted, has };
}

function heldOf(told: Told): readonly Position[] | null {
  if (told.kind === 'state') return told.state.positions;
  return told.kind === 'positions' ? told.positions.positions : null;
}

function byListing(positions: readonly Position[]): Map<string, Position[]> {
  const found = new Map<string, Position[]>();
  for (const position of positions.filter(({ quantity }) => !isZero(quantity))) {
    const key = listingKey(position);
    found.set(key, [...(found.get(key) ?? []), position]);
  }
  return found;
}

/** Why one figure is not enough to say what is held; null where it is. */
function whyUnsure({ at, wanted, has }: Row, told: Told): string | null {
  const isSided = [...wanted, ...has].some(({ side }) => side !== 'net');
  if (isSided) return 'held by sides, which one figure does not tell';
  const apart = told.kind === 'positions' ? told.positions.apart : [];
  return apart.find(({ instrument }) => instrument === at.instrument)?.why ?? null;
}

function unsureWords(row: Row, told: Told): string[] {
  const why = whyUnsure(row, told);
  if (why === null) return [];
  const figures = row.wanted.map(({ side, quantity }) =>
    side === 'net' ? quantity : `${quantity} ${side}`,
  );
  const { venue, instrument } = row.at;
  return [`${venue} ${instrument}: must be ${figures.join(' and ') || '0'} (${why})`];
}

function quantityOf(positions: readonly Position[]): string {
  return canonical(positions[0]?.quantity ?? '0');
}

/** A price that was told without the rest of the state is compared where that is. */
function isSame(wanted: readonly Position[], has: readonly Position[], withPrice: boolean) {
  const priceOf = ([one]: readonly Position[]) => canonical(one?.averagePrice ?? '0');
  if (quantityOf(wanted) !== quantityOf(has)) return false;
  return !withPrice || priceOf(wanted) === priceOf(has);
}

function entryOf({ at, wanted }: Row, held: string | null): PositionEntry {
  const averagePrice = wanted[0]?.averagePrice ?? null;
  return { ...at, quantity: quantityOf(wanted), averagePrice, held };
}
