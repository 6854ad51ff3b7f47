/**
 * Values of settings: times, amounts and lists.
 *
 * Invariant: each has a least and a most that make sense, so that nothing that is set overflows a
 * timer, stands for "never", or switches a rule off by its size.
 */
import { z } from 'zod';
import { Decimal, isDecimal } from '../numbers/decimal.js';
import { DAY_MS } from '../numbers/durations.js';

/** A timer of Node ends at once beyond 24.8 days; one of Temporal waits longer than anybody means. */
const MOST_MS = 31 * DAY_MS;
const MOST_CHARACTERS = 40;

/** Milliseconds, from `least` to `most`: 31 days, unless less makes sense. */
export function ms({ least = 0, most = MOST_MS }: { least?: number; most?: number } = {}) {
  return z.number().int().min(least).max(most);
}

interface AmountRange {
  /** Whether 0 makes sense; what is below never does. */
  zero: boolean;
  most?: string;
}

/** Decimal text, not below 0. */
export function amount(range: AmountRange) {
  return z
    .string()
    .superRefine((text, context) => {
      const fault = amountFault(text, range);
      if (fault !== null) context.addIssue({ code: 'custom', message: fault });
    })
    .meta({ pattern: '^\\d+(\\.\\d+)?$', maxLength: MOST_CHARACTERS });
}

function amountFault(text: string, { zero, most }: AmountRange): string | null {
  if (text.length > MOST_CHARACTERS) {
    return `has ${text.length} characters: write at most ${MOST_CHARACTERS}`;
  }
  if (!isDecimal(text)) {
    return 'must be a decimal number in plain notation, such as "0.25"';
  }
  const value = new Decimal(text);
  if (value.isNegative() || (value.isZero() && !zero)) {
    return zero ? 'must not be below 0' : 'must be above 0';
  }
  return most !== undefined && value.greaterThan(most) ? `must be at most ${most}` : null;
}

/** From `least` to `most` entries, none of them twice. */
export function listOf<Entry extends z.ZodType<string>>(
  entry: Entry,
  { least, most }: { least: number; most: number },
) {
  return z
    .array(entry)
    .min(least)
    .max(most)
    .superRefine((entries, context) => {
      const at = entries.findIndex((each, index) => entries.indexOf(each) < index);
      if (at < 0) return;
      const message = 'stands there twice: leave one out';
      context.addIssue({ code: 'custom', message, path: [at] });
    })
    .meta({ uniqueItems: true });
}

/** By name, at most so many. */
export function recordOf<Name extends z.ZodType<string, string>, Value extends z.ZodType>(
  name: Name,
  value: Value,
  most: number,
) {
  return z
    .record(name, value, keyFault)
    .superRefine((entries, context) => {
      const { length } = Object.keys(entries);
      if (length <= most) return;
      context.addIssue({ code: 'custom', message: `has ${length} entries: at most ${most} fit` });
    })
    .meta({ maxProperties: most });
}

/** Of a name that does not fit, in its own words instead of "invalid key". */
const keyFault: z.core.$ZodRecordParams = {
  error: (issue) => (issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined),
};
