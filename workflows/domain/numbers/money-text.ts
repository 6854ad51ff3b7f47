/**
 * Money as people read it: cents and thousands.
 *
 * Invariants: for eyes only, never for records or arithmetic; an amount that is not nothing never
 * reads as nothing.
 */
import { Decimal } from './decimal.js';

/** `-1234.567` → `-1,234.57`; what rounds to nothing becomes `<0.01`. */
export function moneyText(amount: string): string {
  const exact = new Decimal(amount);
  const rounded = exact.toDecimalPlaces(2, Decimal.ROUND_HALF_EVEN);
  if (rounded.isZero()) return exact.isZero() ? '0.00' : '<0.01';
  const [whole = '', cents = ''] = rounded.abs().toFixed(2).split('.');
  const grouped = whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
  return `${rounded.isNegative() ? '-' : ''}${grouped}.${cents}`;
}
