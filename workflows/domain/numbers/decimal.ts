/**
 * Exact decimal arithmetic on strings. Quantities, prices and money never become floats:
 * they travel as strings and are computed here with 60 significant digits, far beyond any venue.
 */
import { Decimal as Base } from 'decimal.js';

export const Decimal = Base.clone({ precision: 60, toExpNeg: -60, toExpPos: 60 });
export type Decimal = Base;

const DECIMAL_PATTERN = /^-?\d+(\.\d+)?$/;
const CANONICAL_PATTERN = /^(?:0|-?(?:[1-9]\d*|0(?=\.))(?:\.\d*[1-9])?)$/;

/**
 * Far more than any venue or engine writes: 256-bit integers take 78. What is computed of bounded
 * text is longer, and bounded by that.
 */
export const MOST_CHARACTERS = 100;

/** Plain notation, of any length. */
export function isDecimal(text: string): boolean {
  return DECIMAL_PATTERN.test(text);
}

/** As an engine, a venue or a person may write one. */
export function isBoundedDecimal(text: string): boolean {
  return text.length <= MOST_CHARACTERS && isDecimal(text);
}

/** Canonical text of a value: plain notation, no trailing zeros, no negative zero. */
export function canonical(value: string | Decimal): string {
  // Nearly all text is canonical already, and making a Decimal of it costs ten times as much.
  if (typeof value === 'string' && CANONICAL_PATTERN.test(value)) return value;
  const decimal = new Decimal(value);
  return decimal.isZero() ? '0' : decimal.toFixed();
}

export function add(a: string, b: string): string {
  return canonical(new Decimal(a).plus(b));
}

export function subtract(a: string, b: string): string {
  return canonical(new Decimal(a).minus(b));
}

export function multiply(a: string, b: string): string {
  return canonical(new Decimal(a).times(b));
}

export function negate(a: string): string {
  return canonical(new Decimal(a).negated());
}

export function absolute(a: string): string {
  return canonical(new Decimal(a).abs());
}

/** Exact: rounding to doubles keeps the order of any two, and only where it makes them equal more is asked. */
export function exceeds(a: string, limit: string): boolean {
  const rounded = Number(a);
  const limitRounded = Number(limit);
  if (rounded > limitRounded) return true;
  return rounded < limitRounded ? false : new Decimal(a).greaterThan(limit);
}

const ANY_DIGIT = /[1-9]/;

/** As it is written in plain notation: no figure is made of it. */
export function isAboveZero(a: string): boolean {
  return !a.startsWith('-') && ANY_DIGIT.test(a);
}

export function isBelowZero(a: string): boolean {
  return a.startsWith('-') && ANY_DIGIT.test(a);
}

export function isZero(a: string): boolean {
  return a === '0' || new Decimal(a).isZero();
}

export function sum(values: Iterable<string>): string {
  let total = new Decimal(0);
  for (const value of values) total = total.plus(value);
  return canonical(total);
}

const PRICE_DECIMALS = 8;

/** As a price is written: rounded half-even. */
export function roundPrice(price: Decimal, decimals = PRICE_DECIMALS): string {
  return canonical(price.toDecimalPlaces(decimals, Decimal.ROUND_HALF_EVEN));
}
