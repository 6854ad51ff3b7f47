/**
 * The fields of which bodies of the admin API are made.
 *
 * Invariant: every message of a refused field says what to send instead.
 */
import { z } from 'zod';
import { UNDERLYINGS, VENUE_IDS } from '../instruments.js';

export function choice<const Choices extends readonly [string, ...string[]]>(choices: Choices) {
  return z.enum(choices, { error: `send one of ${choices.join(', ')}` });
}

function decimalText(pattern: RegExp, remedy: string) {
  return z.string({ error: remedy }).regex(pattern, { error: remedy });
}

export const venue = choice(VENUE_IDS);
export const underlying = choice(UNDERLYINGS);
const POSITIVE = /^(?!0+(?:\.0+)?$)\d+(?:\.\d+)?$/;
export const positive = decimalText(POSITIVE, 'send a positive decimal as text, such as "1.5"');
export const unsigned = decimalText(
  /^\d+(?:\.\d+)?$/,
  'send a decimal of zero or more as text, such as "1.5"',
);
export const signed = decimalText(
  /^-?\d+(?:\.\d+)?$/,
  'send a decimal as text, negative for what is taken away, such as "-1.5"',
);
export const name = z
  .string({ error: 'send text' })
  .min(1, { error: 'send text that is not empty' });
export const natural = z
  .int({ error: 'send a whole number' })
  .min(0, { error: 'send zero or more' });
export const truth = z.boolean({ error: 'send true or false' });
export const positionSide = choice(['net', 'long', 'short']);
/** When it happened, to the venue's word; now unless told. */
export const atMs = natural
  .refine((value) => value <= Date.now(), { error: 'send milliseconds of the past' })
  .optional();
