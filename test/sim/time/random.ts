/**
 * Numbers from a seed, a stream for each concern: what is drawn for one moves no other, so that a fault may be
 * left out of a run and the rest of it stays.
 */
import { seededRandom } from '../../../sandbox/venues/market/random.js';

export interface Random {
  /** In [0, 1). */
  next(): number;
  /** Whole, from low to high, both included. */
  between(low: number, high: number): number;
  of<T>(choices: readonly T[]): T;
}

export function randomOf(seed: string, concern: string): Random {
  const next = seededRandom(JSON.stringify([seed, concern]));
  const between = (low: number, high: number) => low + Math.floor(next() * (high - low + 1));
  return {
    next,
    between,
    of: (choices) => {
      const chosen = choices[between(0, choices.length - 1)];
      if (chosen === undefined) throw new Error('there is nothing to choose from');
      return chosen;
    },
  };
}
