/**
 * Numbers from a seed, a stream for each concern: what is drawn for one moves no other, so that a fault may be
 * left out of a run and the rest of it stays.
 */
import { createHash } from 'node:crypto';

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** Whole, from low to high, both included. */
  between(low: number, high: number): number;
  /** Whether it happens, of a share. */
  happens(share: number): boolean;
  of<T>(choices: readonly T[]): T;
}

export function randomOf(seed: string, concern: string): Random {
  const digest = createHash('sha256')
    .update(JSON.stringify([seed, concern]))
    .digest();
  let state = digest.readUInt32LE(0);
  // mulberry32: 32 bits of state are enough for one run, and the same on every machine.
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    happens: (share) => next() < share,
    of: (choices) => {
      const chosen = choices[between(0, choices.length - 1)];
      if (chosen === undefined) throw new Error('there is nothing to choose from');
      return chosen;
    },
  };
}
