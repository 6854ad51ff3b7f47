/** Decimals as integers of 10^-18: a second opinion on the domain's arithmetic, by BigInt alone. */
import * as fc from 'fast-check';

const PLACES = 18;
const ONE = 10n ** BigInt(PLACES);

export function toUnits(text: string): bigint {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole + fraction.padEnd(PLACES, '0'));
  return text.startsWith('-') ? -units : units;
}

/** Plain notation, no trailing zeros, no negative zero. */
export function toText(units: bigint, places = PLACES): string {
  const digits = magnitude(units)
    .toString()
    .padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  const text = fraction === '' ? whole : `${whole}.${fraction}`;
  return units < 0n ? `-${text}` : text;
}

/** The product of two values, in units of 10^-36. */
export function productText(a: string, b: string): string {
  return toText(toUnits(a) * toUnits(b), 2 * PLACES);
}

export function magnitude(units: bigint): bigint {
  return units < 0n ? -units : units;
}

/** Decimal text in many notations: padded, negative zero, integers, up to 18 places. */
export const decimalTexts: fc.Arbitrary<string> = fc
  .record({
    units: fc.bigInt({ min: -(ONE * 10n ** 12n), max: ONE * 10n ** 12n }),
    places: fc.nat({ max: PLACES }),
    leading: fc.nat({ max: 2 }),
    trailing: fc.nat({ max: 2 }),
    negativeZero: fc.boolean(),
  })
  .map(({ units, places, leading, trailing, negativeZero }) => {
    const scale = 10n ** BigInt(PLACES - places);
    const text = toText((units / scale) * scale);
    if (text === '0' && negativeZero) return '-0.00';
    const padded =
      trailing === 0 ? text : `${text.includes('.') ? text : `${text}.`}${'0'.repeat(trailing)}`;
    const sign = padded.startsWith('-') ? '-' : '';
    const cut = padded.replace('-', '');
    const [, fraction = ''] = cut.split('.');
    return fraction.length > PLACES ? text : `${sign}${'0'.repeat(leading)}${cut}`;
  });
