/**
 * What is the same whenever the same bug strikes, and differs between bugs: it groups deaths over restarts
 * and builds.
 *
 * Invariants: made of functions and of what the source itself says, never of addresses, lines, figures or
 * thread ids; a death that says nothing of a bug has none, so that strangers are never one group.
 */
import { sha256Hex } from '../../content/canonical.js';
import { printable } from '../../content/printable.js';
import { withoutSecrets } from '../../content/without-secrets.js';
import type { Cause, CauseFacts } from './cause.js';
import { isStackOverflow } from './fault.js';
import { kernelFaultOf } from './kernel-lines.js';
import { assertedIn, exceptionIn } from './last-words.js';
import { lockCycle, type HungThreads } from './threads.js';

/** Enough to tell who called a function that many use; more would tell who called those. */
const TELLING_FRAMES = 3;
const HASH_DIGITS = 12;
const LONGEST_LABEL = 80;

/** What tells the bugs of a cause apart; a cause that is not here comes from outside, or says nothing of a bug. */
const PARTS: Partial<Record<Cause, (facts: CauseFacts) => readonly string[]>> = {
  segfault: (facts) => (overflows(facts) ? recurring(framesOf(facts)) : telling(framesOf(facts))),
  bus_error: (facts) => telling(framesOf(facts)),
  illegal_instruction: (facts) => telling(framesOf(facts)),
  arithmetic_error: (facts) => telling(framesOf(facts)),
  heap_corruption: (facts) => telling(framesOf(facts)),
  out_of_memory: (facts) => telling(framesOf(facts)),
  abort: (facts) => telling(framesOf(facts)),
  // What lies below has been overwritten.
  smashed_stack: (facts) => telling(framesOf(facts)).slice(0, 1),
  assertion: (facts) => [
    ...telling(framesOf(facts)),
    ...said(facts, assertedOf).map(withoutFigures),
  ],
  uncaught_exception: (facts) => [
    ...telling(framesOf(facts)),
    ...said(facts, ({ lastWords }) => exceptionIn(lastWords ?? '')),
  ],
  deadlock: ({ hungThreads }) => ofCycle(hungThreads ?? []),
  endless_loop: ({ hungThreads }) => ofBusiest(hungThreads ?? []),
};

/** Null where nothing tells the bug. */
export function signatureOf(cause: Cause, facts: CauseFacts): string | null {
  const parts = PARTS[cause]?.(facts) ?? [];
  if (parts.length === 0) return null;
  const hash = sha256Hex(JSON.stringify([cause, ...parts])).slice(0, HASH_DIGITS);
  const [first = ''] = parts;
  // Without frames it is what an engine has written; names of functions hold no secret, though some look so.
  const label = framesOf(facts).length === 0 ? withoutSecrets(first) : printable(first);
  return `${cause}:${label.slice(0, LONGEST_LABEL)}:${hash}`;
}

function framesOf({ backtrace }: CauseFacts): readonly string[] {
  return backtrace?.frames ?? [];
}

function said(facts: CauseFacts, tell: (facts: CauseFacts) => string | null): string[] {
  const text = tell(facts);
  return text === null ? [] : [text];
}

export function assertedOf({ lastWords, backtrace }: CauseFacts): string | null {
  return backtrace?.assertion ?? assertedIn(lastWords ?? '');
}

function overflows(facts: CauseFacts): boolean {
  const fault = facts.coreFault ?? kernelFaultOf(facts);
  return fault !== null && isStackOverflow(fault);
}

/** A function that calls itself is once in it; lambdas and main are how it came there, which builds differ in. */
function telling(frames: readonly string[]): string[] {
  const turns = frames.filter((frame, at) => frame !== frames[at - 1]);
  return turns
    .filter((frame, at) => at === 0 || (frame !== 'main' && !isLambda(frame)))
    .slice(0, TELLING_FRAMES);
}

function isLambda(frame: string): boolean {
  return frame.includes('{lambda') || frame === 'operator()';
}

/** What it says to people may be made while it runs; what it compares is of the source. */
const WORDS = /"(?:[^"\\]|\\.)*"/g;
/** Also within words such as ids; one that ends a name is part of the name. */
const FIGURE = /(?<![A-Za-z_])[-+]?(?:0x[0-9a-f]+|\d[\w.]*)/gi;

function withoutFigures(text: string): string {
  return text.replaceAll(WORDS, (words) => words.replaceAll(FIGURE, '#'));
}

/**
 * Wherever in its circle it met the end of the stack: the function that most of the circle passes through, because
 * builds leave others out by jumps. Where the end cuts a turn, one more or less is no difference.
 */
function recurring(frames: readonly string[]): string[] {
  const times = new Map<string, number>();
  for (const frame of frames) times.set(frame, (times.get(frame) ?? 0) + 1);
  const most = Math.max(...times.values());
  if (most < 2) return telling(frames);
  const often = [...times].filter(([, count]) => count >= Math.max(2, most - 1));
  return often
    .map(([frame]) => frame)
    .toSorted()
    .slice(0, 1);
}

/** Whoever of them came first. */
function ofCycle(threads: HungThreads): string[] {
  const cycle = lockCycle(threads);
  return cycle?.map(({ frames }) => telling(frames).join(' < ')).toSorted() ?? [];
}

function ofBusiest(threads: HungThreads): string[] {
  const busiest = threads.toSorted((a, b) => b.busy - a.busy)[0];
  return busiest === undefined ? [] : telling(busiest.frames).slice(0, 1);
}
