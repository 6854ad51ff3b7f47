/**
 * Which instruments a venue lists. Its ids are turned into our names by that list alone.
 *
 * Invariant: an order or a position of an instrument that is not on the list has no name that a state
 * could hold: it is left apart and told, or the reading fails, and never gets another name, under which
 * what we hold would read as flat.
 */
import type { Exchange } from './ccxt.js';
import { OurWords } from '../answers/own-words.js';

/** The list may be older than the instrument: worth loading it again, once. */
export class UnlistedInstrument extends OurWords {}

export const NOT_LISTED = 'its instrument is not one that the venue lists';

export function isListed(exchange: Exchange, instrument: string): boolean {
  return exchange.markets?.[instrument] !== undefined;
}

export function isAllListed(exchange: Exchange, instruments: readonly string[]): boolean {
  return instruments.every((one) => isListed(exchange, one));
}

/** Rows of instruments that are not on the list are named by the venue's own name for them. */
export function listedApart<T extends { instrument: string }>(exchange: Exchange, all: T[]) {
  const isIn = ({ instrument }: T) => isListed(exchange, instrument);
  const unlisted = all.filter((row) => !isIn(row));
  const apart = unlisted.map(({ instrument }) => ({ instrument, why: NOT_LISTED }));
  return { rows: all.filter(isIn), apart };
}
