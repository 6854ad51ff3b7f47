/** Fractions of integers: the cost of a position without any rounding, as a second opinion. */
import { toText, toUnits } from './exact.js';

export interface Rational {
  over: bigint;
  under: bigint;
}

const UNIT = 10n ** 18n;

export function rational(text: string): Rational {
  return reduced(toUnits(text), UNIT);
}

export function plus(a: Rational, b: Rational): Rational {
  return reduced(a.over * b.under + b.over * a.under, a.under * b.under);
}

export function times(a: Rational, b: Rational): Rational {
  return reduced(a.over * b.over, a.under * b.under);
}

export function dividedBy(a: Rational, b: Rational): Rational {
  return reduced(a.over * b.under, a.under * b.over);
}

export function signOf({ over }: Rational): number {
  return over === 0n ? 0 : over < 0n ? -1 : 1;
}

/** Half-even at the given decimals. */
function rounded({ over, under }: Rational, decimals: number): string {
  const scaled = (over < 0n ? -over : over) * 10n ** BigInt(decimals);
  const [whole, rest] = [scaled / under, (scaled % under) * 2n];
  const up = rest > under || (rest === under && whole % 2n === 1n) ? 1n : 0n;
  return toText(over < 0n ? -(whole + up) : whole + up, decimals);
}

function reduced(over: bigint, under: bigint): Rational {
  const sign = under < 0n ? -1n : 1n;
  let [a, b] = [over < 0n ? -over : over, under * sign];
  while (b !== 0n) [a, b] = [b, a % b];
  const divisor = a === 0n ? 1n : a;
  return { over: (over * sign) / divisor, under: (under * sign) / divisor };
}

/** A position by its quantity and what was paid for it, in the model's own arithmetic. */
export interface Lot {
  quantity: Rational;
  cost: Rational;
}

const NOTHING = rational('0');
export const NO_LOT: Lot = { quantity: NOTHING, cost: NOTHING };

/** `change` signed. An inverse contract costs change / price. */
export function traded(lot: Lot, change: string, price: string, inverse = false): Lot {
  const delta = rational(change);
  const quantity = plus(lot.quantity, delta);
  const costOf = (amount: Rational) =>
    inverse ? dividedBy(amount, rational(price)) : times(amount, rational(price));
  if (signOf(quantity) === 0) return NO_LOT;
  if (signOf(lot.quantity) === 0 || signOf(lot.quantity) === signOf(delta)) {
    return { quantity, cost: plus(lot.cost, costOf(delta)) };
  }
  if (signOf(quantity) !== signOf(lot.quantity)) return { quantity, cost: costOf(quantity) };
  return { quantity, cost: dividedBy(times(lot.cost, quantity), lot.quantity) };
}

/** Null where flat. */
export function averageOf({ quantity, cost }: Lot, inverse = false): string | null {
  if (signOf(quantity) === 0) return null;
  return rounded(inverse ? dividedBy(quantity, cost) : dividedBy(cost, quantity), 8);
}
