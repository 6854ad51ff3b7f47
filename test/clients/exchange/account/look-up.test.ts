/** An order of which only the client id is known is found at every venue, or said to be absent. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { VENUE_IDS } from '../../../../sandbox/venues/index.js';
import type { VenueAccount } from '../../../../activities/ports.js';
import { readFault } from '../../../../workflows/domain/books/read-fault.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { openBench, paidAs, rejectsAs, type Bench } from '../bench.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());

/** As an engine holds it that died before the venue's answer came. */
const inFlight = (order: Order): Order => ({ ...order, venueOrderId: null, state: 'in_flight' });

for (const venue of VENUE_IDS) {
  describe(`an order looked up at ${venue}`, () => {
    let account: VenueAccount;
    before(() => {
      account = bench.account(venue);
    });

    test('is filled', async () => {
      const order = await bench.place(venue, { id: 'rl-filled', quantity: '0.123' });
      await bench.admin.fillOrder({ venue, clientOrderId: 'rl-filled' });
      const paid = paidAs(venue, order.price, '0.123');
      const filled = { outcome: 'closed', status: 'filled', filled: '0.123', ...paid };
      assert.deepEqual(await account.lookUp(order), filled);
      assert.deepEqual(await account.lookUp(inFlight(order)), filled);
    });

    test('was cancelled by the venue, with what it had filled before', async () => {
      const order = await bench.place(venue, { id: 'rl-cancelled', quantity: '0.123' });
      await bench.admin.fillOrder({ venue, clientOrderId: 'rl-cancelled', quantity: '0.023' });
      await bench.admin.cancelOrder({ venue, clientOrderId: 'rl-cancelled' });
      const paid = paidAs(venue, order.price, '0.023');
      const cancelled = { outcome: 'closed', status: 'cancelled', filled: '0.023', ...paid };
      assert.deepEqual(await account.lookUp(order), cancelled);
      assert.deepEqual(await account.lookUp(inFlight(order)), cancelled);
    });

    test('is still open, although the engine never had its acknowledgement', async () => {
      const order = await bench.place(venue, { id: 'rl-open' });
      assert.deepEqual(await account.lookUp(inFlight(order)), { outcome: 'found', order });
    });

    test('is open and partly filled', async () => {
      const order = await bench.place(venue, { id: 'rl-part', quantity: '0.123' });
      await bench.admin.fillOrder({ venue, clientOrderId: 'rl-part', quantity: '0.017' });
      const paid = paidAs(venue, order.price, '0.017');
      const found = { outcome: 'found', order: { ...order, filled: '0.017' }, ...paid };
      assert.deepEqual(await account.lookUp(inFlight(order)), found);
    });

    test('is another order of before, under a client id that was used again', async () => {
      const old = await bench.place(venue, { id: 'rl-again', quantity: '0.125' });
      const answers = [];
      for (const end of ['open', 'cancelled']) {
        if (end !== 'open') await bench.admin.cancelOrder({ venue, clientOrderId: 'rl-again' });
        answers.push(
          await account.lookUp({ ...inFlight(old), side: 'sell' }),
          await account.lookUp({ ...inFlight(old), quantity: '0.5', filled: '0' }),
        );
      }
      const words = 'the venue has another order under its client id';
      const why = readFault({ kind: 'unclear', venue, what: 'order look-up', words });
      // The histories of Kraken Futures tell what was left, not what was ordered.
      const told = venue === 'krakenfutures' ? answers.slice(0, 3) : answers;
      assert.deepEqual(
        told,
        told.map(() => ({ outcome: 'unreadable', why })),
      );
    });

    test('never arrived', async () => {
      const order = inFlight(await bench.place(venue));
      const lost = { ...order, clientOrderId: 'rl-lost' };
      assert.deepEqual(await account.lookUp(lost), { outcome: 'absent' });
    });

    test('without a client id is found by the id of the venue', async () => {
      const order = await bench.place(venue);
      await bench.admin.cancelOrder({ venue, venueOrderId: order.venueOrderId ?? '' });
      const cancelled = { outcome: 'closed', status: 'cancelled', filled: '0' };
      assert.deepEqual(await account.lookUp(order), cancelled);
    });

    test('is not absent where the venue took too long to say so', async () => {
      const lost = { ...inFlight(await bench.place(venue)), clientOrderId: 'rl-slow' };
      for (const endpoint of ['order', 'openOrders', 'closedOrders'] as const) {
        await bench.admin.setFault({ venue, endpoint, kind: 'timeout-before' });
      }
      await rejectsAs(account.lookUp(lost), ['VenueUnreadable']);
      await bench.admin.clearFaults();
      assert.deepEqual(await account.lookUp(lost), { outcome: 'absent' });
    });
  });
}

test('the newest of more than a thousand orders of a day is found at coinbase', async () => {
  for (let i = 0; i < 1_000; i += 1) await bench.place('coinbase', { quantity: '0.001' });
  const order = await bench.place('coinbase', { id: 'rl-newest' });
  const account = bench.account('coinbase', { timeoutMs: 5_000 });
  assert.deepEqual(await account.lookUp(inFlight(order)), { outcome: 'found', order });
});
