/** An order that fills between the snapshot and the first grant. */
import { happyHost } from '../activities.js';
import type { Fakes } from '../engine.js';

/** In so many attempts, one after the other. */
export function overtaken(attempts: number): Fakes {
  const { startEngine } = happyHost();
  let started = 0;
  return {
    startEngine: async (input) => {
      started += 1;
      return startEngine(input);
    },
    compareBooks: async () => ({
      differing: [],
      unread: [],
      orders: started > attempts ? [] : ['alpha main X/Y rl-1: not open at the venue'],
    }),
  };
}
