/** Settings that several kinds have: patterns that compile, paths, and how often something is done. */
import { z } from 'zod';

const LONGEST_PATTERN = 512;
export const LONGEST_PATH = 4_096;
const LONGEST_PERIOD_MS = 600_000;

export function pattern(example: string) {
  const such = `write one, such as "${example}"`;
  return z
    .string()
    .min(1)
    .max(LONGEST_PATTERN)
    .refine(isPattern, { error: `is no regular expression: ${such}`, abort: true })
    .refine(tellsApart, { error: `fits an empty text, so that it tells nothing apart: ${such}` });
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text).source !== '';
  } catch {
    return false;
  }
}

/** What fits a text without anything in it fits every line, or none that says something. */
function tellsApart(text: string): boolean {
  return !new RegExp(text).test('');
}

export const Path = z.string().min(1).max(LONGEST_PATH);

/** In milliseconds; up to ten minutes. */
export function period({ least, usual }: { least: number; usual: number }) {
  return z.number().int().min(least).max(LONGEST_PERIOD_MS).default(usual);
}
