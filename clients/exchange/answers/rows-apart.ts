/**
 * Rows of lists that others have a part in: what one of them lacks says nothing of the others.
 *
 * Invariants: a row is left apart where its instrument is not one that the venue lists, because it has
 * no name that a state could hold, or where a word says what kind it is and nobody has read that word;
 * each is told, by instrument and reason. Any other fault of a row fails the list: it may be of ours.
 */
import type { MayLeave, RowApart } from '../../../activities/ports.js';
import { UnreadWord } from './guards.js';
import type { Exchange } from '../connection/ccxt.js';
import { isListed, NOT_LISTED, UnlistedInstrument } from '../connection/markets.js';
import { foreignWord } from './rows.js';

export interface Apart<T> {
  rows: T[];
  apart: RowApart[];
}

interface Reading<Given, T> {
  exchange: Exchange;
  /** Of a row, as the venue names it and as we would; the latter undefined where it has no name. */
  instrument: (row: Given) => { id: unknown; symbol: string | undefined };
  read: (row: Given) => T;
}

export function readApart<Given, T>(
  given: readonly Given[],
  { exchange, instrument, read }: Reading<Given, T>,
): Apart<T> {
  const all: Apart<T> = { rows: [], apart: [] };
  for (const row of given) {
    const { id, symbol } = instrument(row);
    const named = { instrument: foreignWord(id ?? symbol ?? '') };
    if (symbol === undefined || !isListed(exchange, symbol)) {
      all.apart.push({ ...named, why: NOT_LISTED });
      continue;
    }
    try {
      all.rows.push(read(row));
    } catch (error) {
      if (!(error instanceof UnreadWord)) throw error;
      all.apart.push({ instrument: symbol, why: error.message });
    }
  }
  return all;
}

/** Worth loading the list of markets again, once. */
export function hasUnlisted(apart: readonly RowApart[] = []): boolean {
  return apart.some(({ why }) => why === NOT_LISTED);
}

export const none: MayLeave<RowApart> = () => false;

/** The rows, where each of those apart may be left. */
export function held<T>({ rows, apart }: Apart<T>, mayLeave = none): T[] {
  if (apart.every(mayLeave)) return rows;
  throw new UnlistedInstrument('malformed_answer', 'position row without a valid symbol');
}
