/**
 * Average entry prices, ours against the venue's.
 *
 * Invariants: ours is compared after the fills that the venue reports since; two prices agree
 * within 0.0001 of the venue's, itself included, or within the one unit of the eighth decimal that
 * rounding leaves; a price that one side does not know differs from nothing.
 */
import { z } from 'zod';
import { Decimal, canonical } from '../numbers/decimal.js';
import type { Figure } from './figures.js';
import { roundPrice } from '../numbers/decimal.js';
import { afterFill, averagePriceOf, holdingOf } from '../books/holding.js';
import { FigureText, type Fill } from '../books/state.js';

/** In quote currency, null where unknown or flat. `internal`: ours after the fills since. */
export const EntryPrice = z.object({
  internal: FigureText.nullable(),
  exchange: FigureText.nullable(),
  /** |internal − exchange| / exchange, to 8 decimals. */
  relativeDifference: FigureText.nullable(),
});
export type EntryPrice = z.infer<typeof EntryPrice>;

/** Of the venue's price. */
export const ENTRY_PRICE_TOLERANCE = '0.0001';
const ROUNDING = '0.00000001';
const NONE: readonly Fill[] = [];

/** `fills`: those of this position that our figure lacks, oldest first. */
export function expectedEntryPrice(
  ours: Figure | undefined,
  fills: readonly Fill[] = NONE,
  inverse = false,
): string | null {
  const averagePrice = ours?.averagePrice ?? null;
  if (fills.length === 0) return averagePrice === null ? null : canonical(averagePrice);
  const start = holdingOf({ quantity: ours?.amount ?? '0', averagePrice }, inverse);
  const end = fills.reduce((held, fill) => afterFill(held, fill, inverse), start);
  return averagePriceOf(end, inverse);
}

export function compareEntryPrices(internal: string | null, exchange: string | null): EntryPrice {
  if (internal === null || exchange === null) {
    return { internal, exchange, relativeDifference: null };
  }
  if (internal === exchange) return { internal, exchange, relativeDifference: '0' };
  const theirs = new Decimal(exchange);
  const difference = theirs.minus(internal).abs();
  const relative = theirs.isZero() ? null : roundPrice(difference.dividedBy(theirs.abs()));
  return { internal, exchange, relativeDifference: relative };
}

export function entryPriceDiffers({ internal, exchange }: EntryPrice): boolean {
  if (internal === null || exchange === null || internal === exchange) return false;
  const difference = new Decimal(exchange).minus(internal).abs();
  return (
    difference.greaterThan(new Decimal(exchange).abs().times(ENTRY_PRICE_TOLERANCE)) &&
    difference.greaterThan(ROUNDING)
  );
}
