/**
 * What a run-time or an engine writes last, and what it says of a cause.
 *
 * Invariant: words suggest; only with a signal that fits do they name a cause for certain.
 */
import type { Cause } from './cause.js';

type Spoken = Extract<
  Cause,
  | 'smashed_stack'
  | 'heap_corruption'
  | 'out_of_memory'
  | 'assertion'
  | 'uncaught_exception'
  | 'deadlock'
  | 'disconnect'
  | 'abort'
>;

/** The first that fits is what is meant: an exception of too little memory is too little memory. */
const SPOKEN: readonly (readonly [Spoken, RegExp])[] = [
  ['smashed_stack', /stack smashing detected|buffer overflow detected/i],
  [
    'heap_corruption',
    /\b(?:malloc|realloc|free|calloc|munmap_chunk|_?int_malloc|malloc_consolidate|unlink_chunk|tcache\w*)\(\): |double free or corruption|corrupted (?:size|double-linked|unsorted|top)|\bmalloc\.c:\d|malloc assertion failure|heap-(?:buffer-overflow|use-after-free)/i,
  ],
  ['out_of_memory', /\bbad_alloc\b|out of memory|cannot allocate memory|OutOfMemoryError/i],
  ['assertion', /assert(?:ion)?\b.{0,400}\bfail|assertion failed/i],
  ['uncaught_exception', /terminate called|uncaught (?:exception|error)|what\(\): /i],
  ['deadlock', /resource deadlock (?:would occur|avoided)|deadlock detected/i],
  [
    'disconnect',
    /\b(?:exchange|venue|websocket|web socket|ws|feed|gateway|session|stream)\b.{0,80}\b(?:disconnect(?:ed)?|connection (?:lost|closed|reset)|lost connection)\b/i,
  ],
  ['abort', /fatal error|panic(?:ked)?\b|abort(?:ed|ing)?:/i],
];

/** Null where the line is no last word. */
export function spokenCause(line: string): Spoken | null {
  return SPOKEN.find(([, words]) => words.test(line))?.[0] ?? null;
}

/** A second line of the same utterance: what an exception says of itself. */
export function continuesWords(line: string): boolean {
  return /^\s+what\(\): /.test(line);
}

const EXPRESSION = /assertion\s+(?:`|')(.{1,400}?)'\s+fail/i;
const EXCEPTION = /instance of '([^']{1,200})'/;

/** What is asserted, without file and line: the same in the next build. */
export function assertedIn(words: string): string | null {
  return EXPRESSION.exec(words)?.[1] ?? null;
}

export function exceptionIn(words: string): string | null {
  return EXCEPTION.exec(words)?.[1] ?? null;
}
