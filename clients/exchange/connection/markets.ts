/**
 * Which instruments a venue lists. Its ids are turned into our names by that list alone.
 *
 * Invariant: an order or a position of an instrument that is not on the list has no name that a state
 * could hold, so the reading fails: under another name what we hold would read as flat.
 */
import type { Exchange } from './ccxt.js';
import { OurWords } from '../answers/own-words.js';
import type { RowKind } from '../answers/rows.js';

/** The list may be older than the instrument: worth loading it again, once. */
export class UnlistedInstrument extends OurWords {}

export function checkListed<T extends { instrument: string }>(
  exchange: Exchange,
  kind: RowKind,
  rows: T[],
): T[] {
  if (rows.every(({ instrument }) => isListed(exchange, instrument))) return rows;
  throw new UnlistedInstrument('malformed_answer', `${kind} row without a valid symbol`);
}

export function isListed(exchange: Exchange, instrument: string): boolean {
  return exchange.markets?.[instrument] !== undefined;
}
