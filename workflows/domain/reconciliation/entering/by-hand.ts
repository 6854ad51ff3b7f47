/**
 * What people are to enter, in words: exact figures, a line each.
 *
 * Invariants: nothing is left out of the list, and what is shown of it says how much that is not; the words of
 * others are bounded and printable.
 */
import { printable } from '../../content/printable.js';
import { cutToBytes } from '../../content/shortened.js';
import type { Order } from '../../books/state.js';
import type { PositionEntry } from './entries.js';

/** Of a list that a person reads in a question. */
export const SHOWN_ENTRIES = 100;
const LONGEST_LINE = 400;

export function positionWords(entry: PositionEntry, why: string | null): string {
  const { venue, instrument, quantity, averagePrice, held } = entry;
  const price = averagePrice === null ? '' : ` at an average price of ${averagePrice}`;
  const has = held === null ? '' : `; the engine says ${held}`;
  return line(`position ${venue} ${instrument}: set to ${quantity}${price}${has}`, why);
}

export function orderWords(order: Order, why: string | null): string {
  const { venue, instrument, side, quantity, filled } = order;
  const figures = `${side} ${quantity}${priceWords(order)}, filled ${filled}`;
  return line(
    `order ${idWords(order)} at ${venue}: ${instrument} ${figures}: enter it, or cancel it at the venue`,
    why,
  );
}

export function otherWords(words: string): string {
  return line(words, null);
}

function idWords({ venueOrderId, clientOrderId }: Order): string {
  return venueOrderId === null
    ? `with the client id ${clientOrderId}`
    : `${venueOrderId} (client id ${clientOrderId})`;
}

function priceWords({ price, triggerPrice, type }: Order): string {
  const limit = price === null ? '' : ` at ${price}`;
  const trigger = triggerPrice === undefined ? '' : `, triggered at ${triggerPrice}`;
  return limit === '' && trigger === '' ? ` (${type})` : `${limit}${trigger}`;
}

function line(words: string, why: string | null): string {
  return cutToBytes(printable(why === null ? words : `${words} (${why})`), LONGEST_LINE);
}
