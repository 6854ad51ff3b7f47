/**
 * Orders of an engine that knows them by the venue's ids alone.
 *
 * Invariants: such an order takes name and untold terms from the one order of its account and instrument with the
 * same venue's id, and keeps what it tells: side, price, quantity, what is filled; without such an order it stays as
 * it is; a figure that went through a float is the exact one where both are the same float's.
 */
import type { Order } from '../books/state.js';
import { Decimal } from '../numbers/decimal.js';
import { isUnnamed } from './names.js';

export function namedByVenueIds(told: readonly Order[], known: readonly Order[]): Order[] {
  const byId = new Map(known.map((order) => [keyOf(order), order]));
  return told.map((order) => {
    const same = isUnnamed(order) ? byId.get(keyOf(order)) : undefined;
    return same === undefined ? order : completed(order, same);
  });
}

function keyOf({ venue, account, instrument, venueOrderId }: Order): string {
  return [venue, account, instrument, venueOrderId ?? ''].join('|');
}

function completed(told: Order, known: Order): Order {
  return {
    ...known,
    side: told.side,
    price:
      told.price === null || known.price === null ? known.price : exactly(told.price, known.price),
    quantity: exactly(told.quantity, known.quantity),
    filled: exactly(told.filled, known.filled),
  };
}

/** Digits that a float keeps of any figure. */
const FLOAT_DIGITS = 15;

/** The known figure where the told one is no other. */
export function exactly(told: string, known: string): string {
  const rounded = (text: string) => new Decimal(text).toSignificantDigits(FLOAT_DIGITS);
  return rounded(told).eq(rounded(known)) ? known : told;
}
