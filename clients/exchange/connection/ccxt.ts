/**
 * ccxt, as its one CommonJS build.
 *
 * Invariants: every value of ccxt's is taken from here, never by `import`: its two builds do not know
 * each other's error classes, and the other one takes three times the processor time to load, which
 * every engine that starts after a crash, and every worker, would wait for. Types come from `ccxt`.
 */
import { createRequire } from 'node:module';
import type * as types from 'ccxt';

export type { Exchange } from 'ccxt';

/** Here `exchanges` is the list of their names; in the other build it is a table of their classes. */
type Ccxt = Omit<typeof types, 'exchanges'> & { exchanges: readonly string[] };

export const ccxt = createRequire(import.meta.url)('ccxt') as Ccxt;
