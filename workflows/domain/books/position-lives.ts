/**
 * The lives of a position: from flat, through its fills, to flat again or to what is held now.
 *
 * Invariants: the fills of all lives, the synthetic opening included, add up to the quantity that
 * the venue holds; a fill that crosses zero ends one life and begins the next, split in two; where
 * the history begins with a position already held, one opening fill stands for what came before,
 * and its id is a function of content alone. Results do not depend on the order of the fills.
 */
import { Decimal } from '../numbers/decimal.js';
import { digestOf } from '../content/canonical.js';
import { groupFills, missingFills } from './fills.js';
import {
  ZERO,
  fixed,
  magnitude,
  minus,
  plus,
  signOf,
  textOf,
  toDecimal,
  type FixedPoint,
} from '../numbers/fixed-point.js';
import { roundPrice } from '../numbers/decimal.js';
import { FLAT, afterFill, averagePriceOf, signed } from './holding.js';
import { isInverse, NO_SPECS, type InstrumentSpecs } from './instruments.js';
import { positionKey } from './keys.js';
import type { Fill, Position } from './state.js';

/** `price` null only for a synthetic opening whose price nothing tells. */
type LifeFill = Omit<Fill, 'price'> & { price: string | null };

/** `quantity` signed, and `averagePrice` at its end: '0' and null once it is closed. */
interface Lifecycle {
  fills: LifeFill[];
  quantity: string;
  averagePrice: string | null;
}

export interface PositionHistory {
  position: Position;
  /** Stands for what was held before the first fill; null where the history begins flat. */
  opening: LifeFill | null;
  /** Oldest first; the last one is the present position, unless that is flat. */
  lifecycles: Lifecycle[];
}

const OPENING_PRICE_DECIMALS = 16;
const ID_DIGITS = 32;

/**
 * The history of one position. `position`: what the venue holds now, quantity '0' where it is flat;
 * fills of other positions are left out.
 */
export function historyOf(
  position: Position,
  fills: readonly Fill[],
  specs: InstrumentSpecs = NO_SPECS,
): PositionHistory {
  const own = ownFills(fills).get(positionKey(position)) ?? [];
  return tell(position, own, isInverse(specs, position));
}

function ownFills(fills: readonly Fill[]): Map<string, Fill[]> {
  const groups = groupFills(missingFills({ appliedFills: {} }, fills));
  return new Map(groups.map((group) => [group.positionKey ?? '', group.fills]));
}

function tell(position: Position, own: readonly Fill[], inverse: boolean): PositionHistory {
  const seen = own.reduce((sum, fill) => plus(sum, signed(fill)), ZERO);
  const before = minus(fixed(position.quantity), seen);
  const flat = signOf(before) === 0;
  const opening = flat ? null : openingFill(position, own, { before, inverse });
  const all: LifeFill[] = opening === null ? [...own] : [opening, ...own];
  return { position, opening, lifecycles: splitAtZero(all, inverse) };
}

function splitAtZero(fills: readonly LifeFill[], inverse: boolean): Lifecycle[] {
  const lives: LifeFill[][] = [];
  let held = ZERO;
  for (const fill of fills) {
    const after = plus(held, signed(fill));
    const flips = signOf(held) * signOf(after) < 0;
    if (signOf(held) === 0) lives.push([fill]);
    else lives.at(-1)?.push(flips ? part(fill, held) : fill);
    if (flips) lives.push([part(fill, after)]);
    held = after;
  }
  return lives.map((life) => ({ fills: life, ...endOf(life, inverse) }));
}

/** What of the fill closes one life or opens the next. */
function part(fill: LifeFill, quantity: FixedPoint): LifeFill {
  return { ...fill, quantity: textOf(magnitude(quantity)) };
}

function endOf(fills: readonly LifeFill[], inverse: boolean) {
  const end = fills.reduce((held, { price, ...fill }) => {
    const after = afterFill(held, { ...fill, price: price ?? '0' }, inverse);
    return price === null ? { ...after, cost: null } : after;
  }, FLAT);
  return { quantity: textOf(end.quantity), averagePrice: averagePriceOf(end, inverse) };
}

function openingFill(
  position: Position,
  own: readonly Fill[],
  { before, inverse }: { before: FixedPoint; inverse: boolean },
): LifeFill {
  const { venue, account, instrument, side } = position;
  const content = {
    venue,
    account,
    instrument,
    side: signOf(before) < 0 ? ('sell' as const) : ('buy' as const),
    quantity: textOf(magnitude(before)),
    price: openingPrice(position, own, { before, inverse }),
    timeMs: Math.max(0, (own[0]?.timeMs ?? 0) - 1),
    ...(side === 'net' ? {} : { positionSide: side }),
  };
  const id = digestOf({ ...content, first: own[0]?.tradeId ?? null });
  const nothing = { venueOrderId: null, fee: null, realizedPnl: null };
  return { ...content, ...nothing, tradeId: `opening-${id.slice(0, ID_DIGITS)}` };
}

/**
 * The price at which the opening makes the average of today that of the venue. The average is
 * weight × opening price + rest (its reciprocal, for an inverse contract); a position that crossed
 * zero since has no weight left, and then nothing tells the price.
 */
function openingPrice(
  { averagePrice }: Position,
  own: readonly Fill[],
  { before, inverse }: { before: FixedPoint; inverse: boolean },
): string | null {
  if (averagePrice === null) return null;
  const unit = (price: Decimal) => (inverse ? new Decimal(1).dividedBy(price) : price);
  let [held, weight, rest] = [toDecimal(before), new Decimal(1), new Decimal(0)];
  for (const fill of own) {
    const change = toDecimal(signed(fill));
    const after = held.plus(change);
    if (!after.times(held).greaterThan(0)) return null;
    if (change.times(held).greaterThan(0)) {
      const more = change.times(unit(new Decimal(fill.price)));
      weight = weight.times(held).dividedBy(after);
      rest = rest.times(held).plus(more).dividedBy(after);
    }
    held = after;
  }
  const price = unit(unit(new Decimal(averagePrice)).minus(rest).dividedBy(weight));
  const possible = price.isFinite() && price.greaterThan(0);
  return possible ? roundPrice(price, OPENING_PRICE_DECIMALS) : null;
}

/** `entryPrice` in quote currency; null with a `reason` where it could not be known. */
export interface EntryPriceKnowledge {
  position: Position;
  entryPrice: string | null;
  source: 'venue' | 'fills' | null;
  reason: string;
}

/**
 * What is known of the entry prices of a state rebuilt without a checkpoint. The venue's own
 * average counts first; else the fills, where they add up to the position. Lost fills that cancel
 * each other out cannot be seen.
 */
export function entryPriceFromFills(
  positions: readonly Position[],
  fills: readonly Fill[],
  specs: InstrumentSpecs = NO_SPECS,
): EntryPriceKnowledge[] {
  const groups = ownFills(fills);
  return positions.map((position) => {
    const { averagePrice } = position;
    if (averagePrice !== null) {
      return { position, entryPrice: averagePrice, source: 'venue', reason: 'the venue tells it' };
    }
    const own = groups.get(positionKey(position)) ?? [];
    return judgeHistory(tell(position, own, isInverse(specs, position)));
  });
}

function judgeHistory({ position, opening, lifecycles }: PositionHistory): EntryPriceKnowledge {
  const unknown = (reason: string): EntryPriceKnowledge => {
    return { position, entryPrice: null, source: null, reason };
  };
  const present = lifecycles.at(-1);
  if (present === undefined || present.quantity === '0') return unknown('the position is flat');
  // What is missing may be a fill of any time, so that nothing tells which fills are its life.
  if (opening !== null) return unknown('the fills do not add up to the position');
  const entryPrice = present.averagePrice;
  if (entryPrice === null) return unknown('its fills have no price');
  return { position, entryPrice, source: 'fills', reason: 'the fills add up to the position' };
}
