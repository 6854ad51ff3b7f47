/**
 * What a quantity is worth, and what a position has gained, at a given price.
 *
 * Invariants: exact, but for the gain of an inverse contract, which is rounded half-even to 8
 * decimals of its base currency; what has no price has no worth and no gain, never zero.
 */
import { Decimal, canonical } from '../numbers/decimal.js';
import type { InstrumentSpec, Position } from './state.js';

type Contract = Pick<InstrumentSpec, 'contractSize' | 'inverse'>;

const ONE: Contract = { contractSize: '1', inverse: false };

/** Signed, in the quote currency. An inverse contract is worth the same at every price. */
export function notionalOf(
  quantity: string,
  mark: string | null,
  { contractSize, inverse }: Contract = ONE,
): string | null {
  const units = new Decimal(quantity).times(contractSize);
  if (inverse) return canonical(units);
  return mark === null ? null : canonical(units.times(mark));
}

/** In the quote currency; in the base currency for an inverse contract. */
export function unrealizedPnlOf(
  { quantity, averagePrice }: Pick<Position, 'quantity' | 'averagePrice'>,
  mark: string | null,
  { contractSize, inverse }: Contract = ONE,
): string | null {
  if (mark === null || averagePrice === null) return null;
  const units = new Decimal(quantity).times(contractSize);
  if (!inverse) return canonical(units.times(new Decimal(mark).minus(averagePrice)));
  const gained = new Decimal(1).div(averagePrice).minus(new Decimal(1).div(mark));
  return canonical(units.times(gained).toDecimalPlaces(8, Decimal.ROUND_HALF_EVEN));
}
