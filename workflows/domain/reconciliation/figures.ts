/**
 * Positions and balances as figures that can be compared: one number per key.
 *
 * Invariants: a key has one figure, and rows that a venue reports under one key, such as the lots of
 * a margin position, add up; none of them is dropped. The average entry price of rows that add up
 * is known where all of them are known and point the same way.
 */
import { add } from '../numbers/decimal.js';
import { plus, signOf, textOf } from '../numbers/fixed-point.js';
import { averagePriceOf, holdingOf } from '../books/holding.js';
import { isInverse, type InstrumentSpecs } from '../books/instruments.js';
import { balanceKey, positionKey, parseFigureKey } from '../books/keys.js';
import type { Balance, EngineState, Position, PositionSide } from '../books/state.js';

/** `instrument` and `side` of a position, null for a balance. `item`: what a person reads. */
export interface Figure {
  kind: 'position' | 'balance';
  venue: string;
  account: string;
  item: string;
  instrument: string | null;
  side: PositionSide | null;
  amount: string;
  averagePrice: string | null;
}

export function figuresOf({
  positions,
  balances,
}: Pick<EngineState, 'positions' | 'balances'>): Map<string, Figure> {
  const figures = new Map<string, Figure>();
  for (const position of positions) figures.set(positionKey(position), positionFigure(position));
  for (const balance of balances) figures.set(balanceKey(balance), balanceFigure(balance));
  return figures;
}

/** The figure of a key that neither side holds: zero. */
export function absentFigure(key: string): Figure {
  const parts = parseFigureKey(key);
  return parts.kind === 'balance'
    ? balanceFigure({ ...parts, total: '0' })
    : positionFigure({ ...parts, quantity: '0', averagePrice: null });
}

function positionFigure(position: Position): Figure {
  const { venue, account, instrument, side, quantity, averagePrice } = position;
  const item = side === 'net' ? instrument : `${instrument} ${side}`;
  return {
    kind: 'position',
    venue,
    account,
    item,
    instrument,
    side,
    amount: quantity,
    averagePrice,
  };
}

function balanceFigure({ venue, account, asset, total }: Balance): Figure {
  return {
    kind: 'balance',
    venue,
    account,
    item: asset,
    instrument: null,
    side: null,
    amount: total,
    averagePrice: null,
  };
}

/** One row per position key, in the order of the first. */
export function mergePositions(positions: readonly Position[], specs: InstrumentSpecs): Position[] {
  return mergeBy(positions, positionKey, (a, b) => {
    const inverse = isInverse(specs, a);
    const [one, other] = [holdingOf(a, inverse), holdingOf(b, inverse)];
    const known = signOf(one.quantity) * signOf(other.quantity) < 0 ? null : one.cost;
    const quantity = plus(one.quantity, other.quantity);
    const cost = known === null || other.cost === null ? null : plus(known, other.cost);
    return {
      ...a,
      quantity: textOf(quantity),
      averagePrice: averagePriceOf({ quantity, cost }, inverse),
    };
  });
}

export function mergeBalances(balances: readonly Balance[]): Balance[] {
  return mergeBy(balances, balanceKey, (a, b) => ({ ...a, total: add(a.total, b.total) }));
}

function mergeBy<T>(rows: readonly T[], keyOf: (row: T) => string, merge: (a: T, b: T) => T): T[] {
  const merged = new Map<string, T>();
  for (const row of rows) {
    const key = keyOf(row);
    const other = merged.get(key);
    merged.set(key, other === undefined ? row : merge(other, row));
  }
  return [...merged.values()];
}
