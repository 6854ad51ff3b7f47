/**
 * Exact arithmetic for the sandbox.
 *
 * Invariants: its own Decimal constructor, so no other module can change its precision, and text
 * form never uses an exponent.
 */
import { Decimal as SharedDecimal } from 'decimal.js';

export const Decimal = SharedDecimal.clone({
  precision: 60,
  rounding: 6,
  toExpNeg: -60,
  toExpPos: 60,
});
export type Decimal = SharedDecimal;

export const ZERO = new Decimal(0);

export function decimal(text: string): Decimal {
  return new Decimal(text);
}

/** Fees and average prices carry eight decimals; rounding mode 6 is half-even. */
export function roundToEight(value: Decimal): Decimal {
  return value.toDecimalPlaces(8, Decimal.ROUND_HALF_EVEN);
}

export function toText(value: Decimal): string {
  return value.toFixed();
}

/** Venues pad their numbers; digits beyond the padding are kept, so nothing is ever lost. */
export function padded(value: Decimal, places: number): string {
  return value.decimalPlaces() > places ? value.toFixed() : value.toFixed(places);
}
