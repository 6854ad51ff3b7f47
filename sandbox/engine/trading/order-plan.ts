/**
 * Which resting orders to keep and at which prices. Pure.
 *
 * Invariants: the same market price and index give the same order; a resting order is 5 to 20 %
 * away from the market; a quantity is a multiple of the instrument's step and never above its share
 * of the limits.
 */
import { Decimal, canonical } from '../../../workflows/domain/numbers/decimal.js';
import { isDerivative } from '../../../workflows/domain/books/fills.js';

export interface Slot {
  venue: string;
  instrument: string;
  side: 'buy' | 'sell';
}

const NEAREST = new Decimal('0.05');
const DEPTH_STEP = new Decimal('0.0005');
const DEPTHS = 300;
/**
 * Shares no factor with the number of depths, so that neighbours in time are not neighbours in
 * price.
 */
const STRIDE = 137;
const MANY_ORDERS = 1000;
const CROSSING_DISTANCE = new Decimal('0.01');

/** How many orders each slot keeps, so that all of them together keep `orders`. */
export function slotTargets(
  markets: readonly { venue: string; instrument: string }[],
  orders: number,
): { slot: Slot; count: number }[] {
  const slots = (['buy', 'sell'] as const).flatMap((side) =>
    markets.map(({ venue, instrument }) => ({ venue, instrument, side })),
  );
  return slots.map((slot, index) => ({
    slot,
    count: Math.ceil(Math.max(0, orders - index) / slots.length),
  }));
}

export function restingPrice(market: string, side: Slot['side'], index: number): string {
  const depth = NEAREST.plus(DEPTH_STEP.times((index * STRIDE) % DEPTHS));
  return shifted(market, side === 'buy' ? depth.negated() : depth);
}

/** Far enough through the market to trade at once, as a limit order that bounds its price. */
export function crossingPrice(market: string, side: Slot['side']): string {
  return shifted(market, side === 'buy' ? CROSSING_DISTANCE : CROSSING_DISTANCE.negated());
}

function shifted(market: string, by: Decimal): string {
  return canonical(new Decimal(market).times(by.plus(1)).toDecimalPlaces(2, Decimal.ROUND_DOWN));
}

/** '0' where the percentage leaves less than one step. */
export function restingQuantity(instrument: string, percent: number, orders: number): string {
  const full = orders > MANY_ORDERS ? { btc: '0.001', eth: '0.01' } : { btc: '0.01', eth: '0.1' };
  return scaled(instrument, percent, full);
}

export function crossingQuantity(instrument: string, percent: number): string {
  return scaled(instrument, percent, { btc: '0.01', eth: '0.1' });
}

function scaled(instrument: string, percent: number, full: { btc: string; eth: string }): string {
  const quantity = new Decimal(instrument.startsWith('BTC/') ? full.btc : full.eth);
  const step = new Decimal(isDerivative(instrument) ? '0.001' : '0.0001');
  const steps = quantity.times(percent).dividedBy(100).dividedBy(step).floor();
  return canonical(steps.times(step));
}
