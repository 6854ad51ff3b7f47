/**
 * Orders of which nothing is left but their fills: they came and ended while nobody wrote it down.
 *
 * Invariants: their fills count, as all do, and this only names them; a fill tells no client id, so
 * whose they were is not said; what may be of a known order is not told as another.
 */
import { legKey, listingKey, venueOrderKey } from '../../books/keys.js';
import { ZERO, fixed, plus, textOf } from '../../numbers/fixed-point.js';
import type { Fill, Order } from '../../books/state.js';
import { nameWithoutClientId } from '../names.js';
import type { Resolution } from '../resolution.js';

/** `seen`: known and listed orders, under every id that they have. */
export function endedUnseen(fills: readonly Fill[], seen: readonly Order[]): Resolution[] {
  if (fills.length === 0) return [];
  const ids = new Set(fills.map(({ venueOrderId }) => venueOrderId));
  const known = new Set<string>();
  const untied = new Set<string>();
  for (const order of seen) {
    if (isUntied(order)) untied.add(sideOf(order));
    else if (ids.has(order.venueOrderId)) known.add(venueOrderKey(order));
  }
  const byOrder = new Map<string, Fill[]>();
  for (const fill of fills) {
    const key = venueOrderKey(fill);
    if (fill.venueOrderId === null || known.has(key) || untied.has(sideOf(fill))) continue;
    const alike = byOrder.get(key);
    if (alike === undefined) byOrder.set(key, [fill]);
    else alike.push(fill);
  }
  return [...byOrder.values()].map(resolutionOf);
}

/** Its fills may be under an id that is not known: it never told one, or a trigger made another order of it. */
function isUntied({ venueOrderId, conditional }: Order): boolean {
  return venueOrderId === null || conditional === true;
}

function sideOf(of: Order | Fill): string {
  return legKey(listingKey(of), of.side);
}

function resolutionOf(fills: readonly Fill[]): Resolution {
  const [{ venue, account, instrument, venueOrderId, side }] = fills as [Fill];
  const filled = textOf(fills.reduce((sum, { quantity }) => plus(sum, fixed(quantity)), ZERO));
  return {
    kind: 'ended_unseen',
    venue,
    account,
    instrument,
    clientOrderId: nameWithoutClientId(venueOrderId ?? ''),
    venueOrderId,
    side,
    quantity: filled,
    filledBefore: '0',
    filledNow: filled,
    note: `not in the state and not open now: known by what it ${side === 'buy' ? 'bought' : 'sold'}`,
  };
}
