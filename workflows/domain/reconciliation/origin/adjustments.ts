/**
 * What a reconciliation changes beyond what fills and cash flows did, written down.
 *
 * Invariants: figure before + fills + flows + adjustments = figure after, exactly, for every figure
 * of every account that was read; an adjustment of a position realises no profit or loss of its
 * own: what it closes leaves at the entry price, what it opens enters at its `price`, and money
 * appears only as an adjustment of a balance, which the venue reports. The id is a function of
 * content alone, so that repeating a recovery writes the same adjustments.
 */
import { z } from 'zod';
import { Decimal, add, negate } from '../../numbers/decimal.js';
import { digestOf } from '../../content/canonical.js';
import { roundPrice } from '../../numbers/decimal.js';
import { isInverse, NO_SPECS, type InstrumentSpecs } from '../../books/instruments.js';
import type { ReconciliationLine, Verdict } from '../line.js';
import { FigureText, PositionSide } from '../../books/state.js';

/**
 * `from`: the figure after fills and flows; `to`: the venue's; `difference`: to − from. A position
 * that flipped is two: one closes it, the other opens it. `price`: at which the difference, as one
 * fill, gives the average entry after it: of what closed, the entry price. Null where nothing tells
 * it: for a balance, and an entry price that is not known or that no single fill explains.
 * `entryFrom`, `entryTo`: the average entry prices before and after, null where flat.
 */
export const Adjustment = z.object({
  id: z.string(),
  venue: z.string(),
  account: z.string(),
  kind: z.enum(['position', 'balance']),
  item: z.string(),
  instrument: z.string().nullable(),
  side: PositionSide.nullable(),
  from: FigureText,
  to: FigureText,
  difference: FigureText,
  price: FigureText.nullable(),
  entryFrom: FigureText.nullable(),
  entryTo: FigureText.nullable(),
  reason: z.string(),
});
export type Adjustment = z.infer<typeof Adjustment>;

const PRICE_DECIMALS = 16;
const ID_DIGITS = 32;

const REASONS: Record<Exclude<Verdict, 'unknown'>, string> = {
  match: 'a rest within the tolerance',
  explained: 'a rest within the tolerance',
  dust: 'a rest worth too little to stop for',
  unverified: 'a rest of a figure that was compared with nothing of ours',
  unexplained: 'no fill or cash flow explains it',
};

/** In the order of the lines; nothing for a figure that fills and flows explain to the last digit. */
export function adjustmentsOf(
  lines: readonly ReconciliationLine[],
  specs: InstrumentSpecs = NO_SPECS,
): Adjustment[] {
  return lines.flatMap((line) => {
    const { verdict, exchange, unexplained } = line;
    if (verdict === 'unknown' || exchange === null || unexplained === null) return [];
    if (unexplained === '0' && !line.entryPriceDiffers) return [];
    const reason = unexplained === '0' ? 'the venue has another entry price' : REASONS[verdict];
    return changesOf(line, add(exchange, negate(unexplained)), exchange).map((change) =>
      adjust(line, { ...change, reason }, specs),
    );
  });
}

type Change = Pick<Adjustment, 'from' | 'to' | 'entryFrom' | 'entryTo'>;

/** One change, or two where a position crosses zero. */
function changesOf({ instrument, entryPrice }: ReconciliationLine, from: string, to: string) {
  const [entryFrom, entryTo] = [entryPrice?.internal ?? null, entryPrice?.exchange ?? null];
  const change: Change = { from, to, entryFrom, entryTo };
  const flips = new Decimal(from).times(to).lessThan(0);
  if (instrument === null || !flips) return [change];
  return [
    { ...change, to: '0', entryTo: null },
    { ...change, from: '0', entryFrom: null },
  ];
}

function adjust(
  line: ReconciliationLine,
  { reason, ...change }: Change & { reason: string },
  specs: InstrumentSpecs,
): Adjustment {
  const { venue, account, kind, item, instrument, side } = line;
  const { from, to, entryFrom, entryTo } = change;
  const inverse = instrument !== null && isInverse(specs, { venue, instrument });
  const price = instrument === null ? null : impliedPrice(change, inverse);
  const content = {
    venue,
    account,
    kind,
    item,
    instrument,
    side,
    from,
    to,
    difference: add(to, negate(from)),
    price,
    entryFrom,
    entryTo,
    reason: isFar(price, change) ? `${reason}; ${FAR_PRICE}` : reason,
  };
  return { id: `adjustment-${digestOf(content).slice(0, ID_DIGITS)}`, ...content };
}

const FAR_PRICE = 'at its price nothing can have traded: the entry prices contradict each other';
/** No market moves so far between two looks. */
const FAR = 10;

/** It folds back exactly, and is no price that anybody paid. */
function isFar(price: string | null, { entryFrom, entryTo }: Change): boolean {
  if (price === null) return false;
  return [entryFrom, entryTo].every((entry) => {
    if (entry === null) return false;
    const ratio = new Decimal(price).dividedBy(entry);
    return ratio.greaterThan(FAR) || ratio.times(FAR).lessThan(1);
  });
}

/**
 * What closes leaves at the entry price; what opens enters at the new one. What grows: (average
 * after × quantity after − average before × quantity before) / difference; by reciprocals for an
 * inverse contract. To 16 decimals, so that folding it back gives the average to the eighth.
 */
function impliedPrice({ from, to, entryFrom, entryTo }: Change, inverse: boolean): string | null {
  const [before, after] = [new Decimal(from), new Decimal(to)];
  const change = after.minus(before);
  if (change.isZero()) return null;
  if (before.isZero()) return entryTo;
  if (after.isZero()) return entryFrom;
  if (change.times(after).lessThan(0)) return entryFrom === entryTo ? entryFrom : null;
  if (entryFrom === null || entryTo === null) return null;
  const cost = (quantity: Decimal, price: string) =>
    inverse ? quantity.dividedBy(price) : quantity.times(price);
  const spent = cost(after, entryTo).minus(cost(before, entryFrom));
  const price = inverse ? change.dividedBy(spent) : spent.dividedBy(change);
  return isPrice(price) ? roundPrice(price, PRICE_DECIMALS) : null;
}

/** Averages that contradict each other imply a price that cannot be. */
function isPrice(price: Decimal): boolean {
  return price.isFinite() && price.greaterThan(0);
}
