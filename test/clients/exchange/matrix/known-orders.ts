/** Orders whose fate is known, one of each that a look-up can meet. */
import type { VenueId } from '../../../../sandbox/venues/index.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { orderOf, type Bench } from '../bench.js';
import { STOPS } from './world.js';

export type Known = Readonly<Record<string, Order>>;

/** What → the order, as a state of before holds it. */
export async function knownOrders(bench: Bench, venue: VenueId): Promise<Known> {
  const { admin } = bench;
  const side = venue === 'binanceusdm' ? ({ positionSide: 'long' } as const) : {};
  const rests = await bench.place(venue, { id: 'rl-looked-up', ...side });
  const cancelled = await bench.place(venue, { id: 'rl-cancelled', ...side });
  await admin.cancelOrder({ venue, clientOrderId: 'rl-cancelled' });
  const lost = { ...rests, clientOrderId: 'rl-lost', venueOrderId: null };
  const known = {
    'one that rests': rests,
    'a cancelled one': cancelled,
    'one that never arrived': { ...lost, state: 'in_flight' } as const,
  };
  return { ...known, ...(await knownStops(bench, venue, side)) };
}

/** One that waits, and one that was set off and is an order of its own now. */
async function knownStops(bench: Bench, venue: VenueId, side: object): Promise<Known> {
  const { admin } = bench;
  const { openOrders } = (await admin.ledger()).venues[venue];
  const waiting = openOrders.find(({ clientOrderId }) => clientOrderId === 'rl-stop');
  // Sells above the market once it has fallen to the trigger, and so rests there.
  const terms = { ...STOPS[venue], ...side, type: 'limit', price: '61000' } as const;
  const trigger = { kind: 'stop', price: '60100' } as const;
  const triggered = await bench.place(venue, { id: 'rl-set-off', ...terms, trigger });
  await admin.setPrice({ underlying: 'BTC', price: '60000' });
  await admin.setPrice({ underlying: 'BTC', price: '60750' });
  return {
    ...(waiting === undefined ? {} : { 'a stop that waits': orderOf(venue, waiting) }),
    'a stop that was set off': triggered,
  };
}
