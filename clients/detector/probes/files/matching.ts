/**
 * Whether a pattern fits one of many lines that somebody else wrote.
 *
 * Invariant: it is given up after a while: some patterns take for ever over some lines, and an agent that
 * is busy with one engine's log is blind for all others.
 */
import { createContext, Script } from 'node:vm';

const WITHIN_MS = 200;
const LAST = new Script('lines.findLastIndex((line) => pattern.test(line))');

/** Gives the place of the last one that it fits, or -1; null where that takes too long. */
export function createMatcher(pattern: string): (lines: readonly string[]) => number | null {
  const given: { pattern: RegExp; lines: readonly string[] } = {
    pattern: new RegExp(pattern),
    lines: [],
  };
  const context = createContext(given);
  return (lines) => {
    if (lines.length === 0) return -1;
    given.lines = lines;
    try {
      return Number(LAST.runInContext(context, { timeout: WITHIN_MS }));
    } catch {
      return null; // nothing else can fail there
    } finally {
      given.lines = [];
    }
  };
}
