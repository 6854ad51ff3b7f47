/**
 * Figures that a venue dates before fills and cash flows that it tells too: what they describe is older.
 *
 * Invariants: a fill after the state that a figure describes is never undone by that figure; fills and flows are
 * added to it only where it comes out with them and not without, because a venue may date a row by
 * another clock than its trades; that is done of a thorough reading alone, because at the first look the
 * trades may be behind as well, and a cash flow that nobody sees may be what a balance lacks; each figure
 * that was brought forward says so.
 */
import { counted } from '../../content/counted.js';
import { utcText } from '../../content/utc-text.js';
import { effectOfGroups, groupFills, missingFills, positionAfterFill } from '../../books/fills.js';
import { missingFlows } from '../../books/flows.js';
import { isInverse, type InstrumentSpecs } from '../../books/instruments.js';
import { balanceKey, positionKey } from '../../books/keys.js';
import type { ReadableVenue } from '../../books/snapshot.js';
import type { Balance, EngineState, Fill, Position } from '../../books/state.js';
import {
  exceedsBy,
  fixed,
  magnitude,
  minus,
  plus,
  textOf,
  ZERO,
  type FixedPoint,
} from '../../numbers/fixed-point.js';

type Figures = Pick<EngineState, 'positions' | 'balances'>;

export interface BroughtForward {
  truth: Figures;
  /** By position key or balance key: what a person is to know of it. */
  notes: ReadonlyMap<string, string>;
}

interface Known {
  venues: readonly ReadableVenue[];
  specs: InstrumentSpecs;
  /** What our side comes to, with what it had missed, by key; null where nothing tells what it holds already. */
  expected: (key: string) => FixedPoint | null;
  tolerance: FixedPoint;
}

/** By position key or balance key, oldest first. */
type Moves = ReadonlyMap<string, readonly Move[]>;

interface Dated {
  atMs: number;
  /** All that its venue tells; made when it is first asked for, because most figures match. */
  moves: () => Moves;
}

export function broughtForward(truth: Figures, known: Known): BroughtForward {
  const notes = new Map<string, string>();
  const dates = datesOf(known.venues.filter(isThorough));
  if (dates.size === 0) return { truth, notes };
  const forward = <T>(row: T, key: string, of: Forward<T>): T => {
    const dated = dates.get(key);
    const expected = dated === undefined ? null : known.expected(key);
    if (dated === undefined || expected === null) return row;
    const lacks = minus(expected, fixed(of.amount(row)));
    if (!exceedsBy(lacks, known.tolerance)) return row;
    const later = lackingOf(movesAfter(dated, key), lacks, known.tolerance);
    if (later === null) return row;
    notes.set(key, noteOf(dated, later));
    return of.with(row, later);
  };
  const balances = truth.balances.map((one) => forward(one, balanceKey(one), ofBalance));
  const positions = truth.positions.map((one) =>
    forward(one, positionKey(one), ofPosition(isInverse(known.specs, one))),
  );
  return { truth: { positions, balances }, notes };
}

/** Positions and balances that their venue dates before what moved them, one sentence each. */
export function datedBeforeFills(venue: ReadableVenue): string[] {
  const { positions, balances } = venue;
  const dates = datesOf([venue]);
  const figures = [
    ...positions.map((one) => [positionKey(one), `position of ${venue.venue} ${one.instrument}`]),
    ...balances.map((one) => [balanceKey(one), `balance of ${venue.venue} ${one.asset}`]),
  ] as const;
  return figures.flatMap(([key = '', place]) => {
    const dated = dates.get(key);
    const later = dated === undefined ? [] : movesAfter(dated, key);
    if (dated === undefined || later.length === 0) return [];
    return [`${place}: ${datedWords(dated.atMs, later)}: it may lack them`];
  });
}

/** Read with its cash flows, twice alike: books that are behind may be so in their trades too. */
function isThorough({ cashFlows }: ReadableVenue): boolean {
  return cashFlows !== null;
}

function datesOf(venues: readonly ReadableVenue[]): Map<string, Dated> {
  return new Map(
    venues.flatMap((venue) => {
      let made: Moves | undefined;
      const moves = () => (made ??= movesOf(venue));
      const told = Object.entries(venue.toldAtMs ?? {});
      return told.map(([key, atMs]) => [key, { atMs, moves }] as const);
    }),
  );
}

interface Move {
  timeMs: number;
  amount: FixedPoint;
  /** Null where it is a cash flow. */
  fill: Fill | null;
}

/** What moved a figure after its date, oldest first. */
function movesAfter({ atMs, moves }: Dated, key: string): readonly Move[] {
  return (
    moves()
      .get(key)
      ?.filter(({ timeMs }) => timeMs > atMs) ?? []
  );
}

function movesOf({ fills, cashFlows }: ReadableVenue): Moves {
  const moves = new Map<string, Move[]>();
  const add = (key: string, move: Move) => {
    const before = moves.get(key);
    if (before === undefined) moves.set(key, [move]);
    else before.push(move);
  };
  for (const fill of missingFills({ appliedFills: {} }, fills)) {
    const effect = effectOfGroups(groupFills([fill]));
    for (const [key, amount] of effect) add(key, { timeMs: fill.timeMs, amount, fill });
  }
  for (const { item } of missingFlows({ appliedFills: {} }, cashFlows ?? [])) {
    add(balanceKey(item), { timeMs: item.timeMs, amount: fixed(item.amount), fill: null });
  }
  for (const own of moves.values()) own.sort((a, b) => a.timeMs - b.timeMs);
  return moves;
}

/**
 * The last so many that come nearest to what the figure lacks, the most of those that come as near: one that
 * is smaller than the tolerance is in it or not as any other. Null where no number of them is it.
 */
function lackingOf(
  moves: readonly Move[],
  lacks: FixedPoint,
  tolerance: FixedPoint,
): readonly Move[] | null {
  let rest = minus(lacks, sumOf(moves));
  let nearest: { off: FixedPoint; from: number } | null = null;
  for (const [from, { amount }] of moves.entries()) {
    const isNear =
      nearest === null ? !exceedsBy(rest, tolerance) : exceedsBy(nearest.off, magnitude(rest));
    if (isNear) nearest = { off: rest, from };
    rest = plus(rest, amount);
  }
  return nearest === null ? null : moves.slice(nearest.from);
}

interface Forward<T> {
  amount: (row: T) => string;
  with: (row: T, later: readonly Move[]) => T;
}

const ofBalance: Forward<Balance> = {
  amount: ({ total }) => total,
  with: (row, later) => ({ ...row, total: textOf(plus(fixed(row.total), sumOf(later))) }),
};

function ofPosition(inverse: boolean): Forward<Position> {
  return {
    amount: ({ quantity }) => quantity,
    with: (row, later) => ({ ...row, ...later.reduce(after, row) }),
  };
  function after(held: Pick<Position, 'quantity' | 'averagePrice'>, { fill }: Move) {
    return fill === null ? held : positionAfterFill(held, fill, { inverse });
  }
}

function sumOf(moves: readonly Move[]): FixedPoint {
  return moves.reduce((sum, { amount }) => plus(sum, amount), ZERO);
}

function noteOf({ atMs }: Dated, later: readonly Move[]): string {
  return `${datedWords(atMs, later)}: added to what it told`;
}

function datedWords(atMs: number, later: readonly Move[]): string {
  const fills = later.filter(({ fill }) => fill !== null).length;
  const flows = later.length - fills;
  const what = [
    ...(fills === 0 ? [] : [counted(fills, 'fill')]),
    ...(flows === 0 ? [] : [counted(flows, 'cash flow')]),
  ].join(' and ');
  return `the exchange dates it ${utcText(atMs)}, before ${what} of ${textOf(sumOf(later))}`;
}
