/**
 * When conditional orders are set off. Pure but for the list of those that wait.
 *
 * Invariants: a trailing trigger only ever moves nearer to profit, and trigger prices are multiples
 * of the tick.
 */
import { Decimal } from '../decimal.js';
import { PRICE_TICK } from '../instruments.js';
import type { Side, TriggerKind } from './journal.js';
import type { Order, OrderTrigger } from './state.js';

export interface TriggerRequest {
  kind: TriggerKind;
  /** Absent for trailing stops, which follow the market. */
  price?: Decimal | undefined;
  /** Trailing stops only: where it begins to trail; at once unless told. */
  activationPrice?: Decimal | undefined;
  trailPercent?: Decimal | undefined;
}

/** A stop runs from losses, a take-profit waits for gains. */
export function directionOf(kind: TriggerKind, side: Side): OrderTrigger['direction'] {
  return (kind === 'take-profit') === (side === 'sell') ? 'rise' : 'fall';
}

export function isReached(direction: 'rise' | 'fall', price: Decimal, market: Decimal): boolean {
  return direction === 'rise' ? market.gte(price) : market.lte(price);
}

function trailed(side: Side, best: Decimal, trailPercent: Decimal): Decimal {
  const share = trailPercent.div(100);
  const price = best.times(side === 'sell' ? share.negated().plus(1) : share.plus(1));
  return price.toDecimalPlaces(PRICE_TICK.decimalPlaces(), Decimal.ROUND_HALF_EVEN);
}

/** Where a trigger stands when its order is accepted; null waits for the activation price. */
export function startingPrice(
  side: Side,
  trigger: TriggerRequest,
  market: Decimal,
): Decimal | null {
  const { kind, price, activationPrice, trailPercent } = trigger;
  if (kind !== 'trailing-stop') return price ?? null;
  if (activationPrice !== undefined || trailPercent === undefined) return null;
  return trailed(side, market, trailPercent);
}

/** Where a trailing trigger goes at this market price, or null where it stays. */
export function movedPrice({ side, trigger }: Order, market: Decimal): Decimal | null {
  if (trigger === null || trigger.trailPercent === null) return null;
  const next = trailed(side, market, trigger.trailPercent);
  if (trigger.price === null) {
    const { activationPrice } = trigger;
    const begins = side === 'sell' ? 'rise' : 'fall';
    return activationPrice && isReached(begins, activationPrice, market) ? next : null;
  }
  const nearer = side === 'sell' ? next.gt(trigger.price) : next.lt(trigger.price);
  return nearer ? next : null;
}

export function isSetOff({ trigger }: Order, market: Decimal): boolean {
  if (trigger === null || trigger.price === null) return false;
  return isReached(trigger.direction, trigger.price, market);
}
