/**
 * The order differences of a live engine as the keys that a ramp's two readings have in common.
 *
 * Invariants: keys and texts are in the histories of workflows, so they stay as they are; a partial
 * fill that is still moving has another key in each reading.
 */
import { termWords, type OrderDifference } from './differences.js';
import { orderKey, keyText } from '../books/keys.js';

/**
 * One line for people each: venue, account, instrument and client id, and what differs. How an order ended
 * is none of it: another look may not be told, and the line would not be the same.
 */
export function bookTroubles(differing: readonly OrderDifference[]): string[] {
  return differing.map((difference) => keyText(troubleKey(difference)));
}

function troubleKey(difference: OrderDifference): string {
  switch (difference.kind) {
    case 'missing_at_venue':
      return `${orderKey(difference)}: not open at the venue`;
    case 'unknown_to_engine':
      return `${orderKey(difference)}: open, unknown to the engine`;
    case 'filled_differs':
      return filledKey(difference);
    case 'terms_differ':
      return `${orderKey(difference)}: ${termWords(difference.terms ?? [])}`;
  }
}

function filledKey(difference: OrderDifference): string {
  const { internal, exchange } = difference;
  const [held, told] = [internal?.filled ?? '0', exchange?.filled ?? '0'];
  return `${orderKey(difference)}: filled ${held} in the book, ${told} at the venue`;
}
