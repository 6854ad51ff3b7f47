/**
 * The words for what does not fit, where a schema has none of its own: the end of a sentence about the
 * setting, with what to write instead. One that begins with "must" is said of the value.
 */
import type { z } from 'zod';
import { guessOf } from './meant.js';

export const MISSING = 'is missing: docs/configuration.md says what to write';

export const NO_KIND = 'is of no kind that there is: docs/configuration.md names them';

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  boolean: 'true or false',
  array: 'a list',
  object: 'settings, a line each',
  record: 'names, each with its settings',
  number: 'a number, without quotes',
  int: 'a whole number, without quotes',
};

/** Undefined where the schema library's own words do. */
export function wording(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined && issue.code !== 'custom') return MISSING;
  if (issue.code === 'invalid_type') return typeFault(issue.expected, issue.input);
  if (issue.code === 'too_small') return sizeFault(issue.origin, issue.minimum, 'at least');
  if (issue.code === 'too_big') return sizeFault(issue.origin, issue.maximum, 'at most');
  if (issue.code === 'invalid_value') return wordFault(issue.values.map(String), issue.input);
  return issue.code === 'invalid_union' ? kindFault(issue) : undefined;
}

function kindFault({
  options,
  discriminator,
  input,
}: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>) {
  if (!Array.isArray(options) || typeof discriminator !== 'string') return NO_KIND;
  return wordFault(options.map(String), (input as Record<string, unknown> | null)?.[discriminator]);
}

function typeFault(expected: string, input: unknown): string {
  const quoted = expected === 'string' && typeof input === 'number' ? ', in quotes' : '';
  return `must be ${KINDS[expected] ?? expected}${quoted}`;
}

function sizeFault(origin: string, bound: number | bigint, relation: string): string {
  if (origin === 'array') return `must have ${relation} ${bound} entries`;
  if (origin === 'string') return `has to be of ${relation} ${bound} characters`;
  return `must be ${relation} ${bound}`;
}

function wordFault(words: readonly string[], input: unknown): string {
  const guess = typeof input === 'string' ? guessOf(input, words) : null;
  const one = words.length === 1 ? '' : 'one of ';
  return `must be ${one}${words.join(', ')}${guess === null ? '' : `: ${guess}`}`;
}
