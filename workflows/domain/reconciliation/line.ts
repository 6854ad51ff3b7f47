/**
 * One line of a reconciliation: one figure of ours against the venue's, and what explains it.
 *
 * Invariants: internal + fills + flows + unexplained = exchange, exactly; the verdict comes from
 * the amounts alone, never from a price, but for dust, which a mark must prove; a line of an
 * account that was not read, or of a position that may stand there under no name of ours, claims
 * nothing about the exchange.
 */
import { z } from 'zod';
import { accountKey } from '../books/keys.js';
import { absolute, canonical, exceeds } from '../numbers/decimal.js';
import {
  compareEntryPrices,
  entryPriceDiffers,
  expectedEntryPrice,
  EntryPrice,
} from './entry-price.js';
import { absentFigure, type Figure } from './figures.js';
import { explanationOf, type Movements } from './moves/doubt.js';
import { ZERO, exceedsBy, fixed, minus, textOf, type FixedPoint } from '../numbers/fixed-point.js';
import type { FlowEffect } from '../books/flows.js';
import { isInverse, type InstrumentSpecs } from '../books/instruments.js';
import type { Missing } from '../books/unapplied.js';
import {
  FigureText,
  PositionSide,
  type CashFlow,
  type EngineState,
  type Fill,
} from '../books/state.js';
import type { Worth } from '../books/worth.js';
import {
  NONE_HELD,
  heldNote,
  heldOf,
  type HeldMoves,
  type UntoldMoves,
} from './moves/untold-fills.js';

/** `unverified`: compared with nothing but the source that it was taken from. */
export const Verdict = z.enum([
  'match',
  'explained',
  'dust',
  'unverified',
  'unexplained',
  'unknown',
]);
export type Verdict = z.infer<typeof Verdict>;

/**
 * One figure; amounts are decimal text, null where the venue could not be read. The difference
 * (exchange − internal) is what fills explain, what cash flows explain, and the unexplained.
 */
export const ReconciliationLine = z.object({
  kind: z.enum(['position', 'balance']),
  venue: z.string(),
  account: z.string(),
  /** Asset, or instrument with its side in hedge mode, as a person reads it. */
  item: z.string(),
  /** Null for a balance. */
  instrument: z.string().nullable(),
  side: PositionSide.nullable(),
  internal: FigureText,
  exchange: FigureText.nullable(),
  difference: FigureText.nullable(),
  explainedByFills: FigureText,
  /** Part of that: by fills which no trade report tells; missing where there are none. */
  inferred: FigureText.optional(),
  explainedByFlows: FigureText,
  unexplained: FigureText.nullable(),
  /** What the unexplained is worth in cash, signed; null without a mark. */
  notional: FigureText.nullable(),
  /** The unexplained in quantity steps; null where the step is not known. */
  lots: FigureText.nullable(),
  /** Quantity that the venue closed by liquidation or deleveraging, among the fills. */
  forced: FigureText,
  /** Null for a balance, and where both sides are flat. */
  entryPrice: EntryPrice.nullable(),
  /** Reported, but no reason to stop: the quantity decides the verdict. */
  entryPriceDiffers: z.boolean(),
  verdict: Verdict,
  /** Doubts that a person should know of; missing where there are none. */
  notes: z.array(z.string()).optional(),
});
export type ReconciliationLine = z.infer<typeof ReconciliationLine>;

/** Both sides, and what moved a figure between them; all by position key or balance key. */
export interface Sides {
  ours: Map<string, Figure>;
  theirs: Map<string, Figure>;
  truth: Pick<EngineState, 'positions' | 'balances'>;
  fills: Missing<Fill>[];
  flows: Missing<CashFlow>[];
  byFills: Map<string, FixedPoint>;
  /** Part of `byFills`: by fills older than the state, which does not name them. */
  byUnnamed: Map<string, FixedPoint>;
  byFlows: Map<string, FlowEffect>;
  /** Of `byFills`: what the state may hold, of venues of which it names no fills. */
  untold: UntoldMoves;
  /** Part of `byFills`: by fills that no trade report tells. */
  byInferred: Map<string, FixedPoint>;
  forced: Map<string, FixedPoint>;
  positionFills: Map<string, Fill[]>;
  specs: InstrumentSpecs;
  /** Accounts that were read; what any other holds is unknown, never flat. */
  read: Set<string>;
  /** By key: of what the venue told before fills that it tells too, and how it was brought forward. */
  forwarded: ReadonlyMap<string, string>;
  /** Ours, by position key, that may be what a venue holds under no name of ours. */
  hidden: ReadonlySet<string>;
  /** Made when first needed: most figures match and ask for no price. */
  worth: () => Worth;
  tolerance: FixedPoint;
  dustNotional: string;
}

/**
 * Null where neither side holds the figure and what moved it came to nothing; what a venue closed by
 * force has its line even so.
 */
export function compareFigure(key: string, sides: Sides): ReconciliationLine | null {
  const [ours, theirs] = [sides.ours.get(key), sides.theirs.get(key)];
  const held = ours ?? theirs;
  const figure = held ?? absentFigure(key);
  if (isUnread(key, figure, sides)) return unknownLine(figure);
  const line = matchingLine(figure, ours?.amount, theirs?.amount);
  const inIt = heldIn(line, key, sides);
  compareEntry(line, { key, ours, theirs, sides, inIt });
  noteForwarded(line, sides.forwarded.get(key));
  if (line.internal === line.exchange && !isMoved(key, sides)) return line;
  explain(line, { key, figure, sides, inIt });
  return held === undefined && isIdle(line) ? null : line;
}

function noteForwarded(line: ReconciliationLine, how: string | undefined): void {
  if (how !== undefined) line.notes = [how];
}

function isUnread(key: string, figure: Figure, { read, hidden }: Sides): boolean {
  return !read.has(accountKey(figure)) || hidden.has(key);
}

function isMoved(key: string, { byFills, byFlows, forced }: Sides): boolean {
  return byFills.has(key) || byFlows.has(key) || forced.has(key);
}

function isIdle(line: ReconciliationLine): boolean {
  const { explainedByFills, explainedByFlows, unexplained, forced } = line;
  return [explainedByFills, explainedByFlows, unexplained, forced].every((part) => part === '0');
}

/** Written out in one literal: nearly all lines of a large book end as this one begins. */
function matchingLine(figure: Figure, ours = '0', theirs = '0'): ReconciliationLine {
  return {
    kind: figure.kind,
    venue: figure.venue,
    account: figure.account,
    item: figure.item,
    instrument: figure.instrument,
    side: figure.side,
    internal: canonical(ours),
    exchange: canonical(theirs),
    difference: '0',
    explainedByFills: '0',
    explainedByFlows: '0',
    unexplained: '0',
    notional: '0',
    lots: '0',
    forced: '0',
    entryPrice: null,
    entryPriceDiffers: false,
    verdict: 'match',
  };
}

function unknownLine(figure: Figure): ReconciliationLine {
  const internal = expectedEntryPrice(figure);
  const nothing = { exchange: null, difference: null, unexplained: null };
  return {
    ...matchingLine(figure, figure.amount),
    ...nothing,
    notional: null,
    lots: null,
    entryPrice: internal === null ? null : compareEntryPrices(internal, null),
    verdict: 'unknown',
  };
}

/** What the figure holds already, of fills that the state does not name. */
function heldIn(line: ReconciliationLine, key: string, sides: Sides): HeldMoves {
  const moves = sides.untold.get(key);
  if (moves === undefined) return NONE_HELD;
  const movements = movementsOf(line, key, sides);
  const { byFills = ZERO } = movements;
  return heldOf(moves, (held) => {
    const left = { ...movements, byFills: minus(byFills, held) };
    return !exceedsBy(explanationOf(left, sides.tolerance).rest, sides.tolerance);
  });
}

function movementsOf(line: ReconciliationLine, key: string, sides: Sides): Movements {
  return {
    difference: minus(fixed(line.exchange ?? '0'), fixed(line.internal)),
    byFills: sides.byFills.get(key),
    byUnnamed: sides.byUnnamed.get(key),
    byFlows: sides.byFlows.get(key),
  };
}

interface Place {
  key: string;
  figure: Figure;
  sides: Sides;
  inIt: HeldMoves;
}

function explain(line: ReconciliationLine, { key, figure, sides, inIt }: Place): void {
  const all = movementsOf(line, key, sides);
  const movements = { ...all, byFills: minus(all.byFills ?? ZERO, inIt.amount) };
  const { difference } = movements;
  const { byFills, byFlows, rest, notes } = explanationOf(movements, sides.tolerance);
  if (inIt.count > 0) notes.push(heldNote(inIt));
  line.difference = textOf(difference);
  line.explainedByFills = textOf(byFills);
  line.explainedByFlows = textOf(byFlows);
  const inferred = sides.byInferred.get(key);
  if (inferred !== undefined) line.inferred = textOf(inferred);
  line.unexplained = textOf(rest);
  line.forced = textOf(sides.forced.get(key) ?? ZERO);
  if (notes.length > 0) line.notes = [...(line.notes ?? []), ...notes];
  Object.assign(line, valueOf(figure, line.unexplained, sides.worth));
  line.verdict = judge({ difference, rest, notional: line.notional }, sides);
}

function valueOf(figure: Figure, unexplained: string, worth: () => Worth) {
  if (unexplained === '0') return { notional: '0', lots: '0' };
  const { venue, account, item, instrument } = figure;
  if (instrument === null) {
    const holdings = { venue, account, asset: item };
    return {
      notional: worth().balanceNotional(holdings, unexplained),
      lots: worth().balanceLots(holdings, unexplained),
    };
  }
  const listing = { venue, account, instrument };
  return {
    notional: worth().positionNotional(listing, unexplained),
    lots: worth().positionLots(listing, unexplained),
  };
}

interface Rest {
  difference: FixedPoint;
  rest: FixedPoint;
  notional: string | null;
}

/** The tolerance itself still passes: only a difference above it is a discrepancy. */
function judge({ difference, rest, notional }: Rest, { tolerance, dustNotional }: Sides): Verdict {
  if (!exceedsBy(rest, tolerance)) return exceedsBy(difference, tolerance) ? 'explained' : 'match';
  // A worth of nothing comes from a mark or a contract size of zero, and proves nothing.
  const worth = notional === null || notional === '0' ? null : absolute(notional);
  return worth !== null && !exceeds(worth, dustNotional) ? 'dust' : 'unexplained';
}

interface Entries {
  key: string;
  ours: Figure | undefined;
  theirs: Figure | undefined;
  sides: Sides;
  inIt: HeldMoves;
}

function compareEntry(line: ReconciliationLine, { key, ours, theirs, sides, inIt }: Entries): void {
  const { venue, instrument } = line;
  if (instrument === null) return;
  const moved = sides.positionFills.get(key);
  const fills = inIt.count === 0 ? moved : moved?.slice(inIt.count);
  const inverse = fills !== undefined && isInverse(sides.specs, { venue, instrument });
  const internal = expectedEntryPrice(ours, fills, inverse);
  const exchange = theirs?.averagePrice ?? null;
  if (internal === null && exchange === null) return;
  line.entryPrice = compareEntryPrices(internal, exchange === null ? null : canonical(exchange));
  line.entryPriceDiffers = entryPriceDiffers(line.entryPrice);
}
