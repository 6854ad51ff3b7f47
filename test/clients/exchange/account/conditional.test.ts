/** Orders that wait for a trigger: each venue keeps them somewhere else, and words them in its own way. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { VenueAccount } from '../../../../activities/ports.js';
import type { VenueId } from '../../../../sandbox/venues/index.js';
import { checkProtection } from '../../../../workflows/domain/orders/protection/protection.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { engineState, readable, snapshot } from '../../../workflows/domain/builders.js';
import { INSTRUMENTS, openBench, orderOf, paidAs, type Bench, type PlacedOrder } from '../bench.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
  await bench.admin.setPrice({ underlying: 'BTC', price: '60000' });
});
after(() => bench.venues.close());

const stop = (price: string) => ({ kind: 'stop', price }) as const;
const goal = (price: string) => ({ kind: 'take-profit', price }) as const;

/** What each venue offers, far enough from the market to wait. */
const OFFERED: Partial<Record<VenueId, PlacedOrder[]>> = {
  binance: [
    { id: 'rl-stop-limit', side: 'sell', price: '49900.5', trigger: stop('50000.25') },
    { id: 'rl-take-limit', side: 'sell', price: '80000', trigger: goal('79000') },
  ],
  binanceusdm: [
    { id: 'rl-stop', side: 'sell', type: 'market', trigger: stop('50000.2') },
    { id: 'rl-stop-limit', side: 'sell', price: '49900.5', trigger: stop('50000.2') },
    { id: 'rl-take', side: 'sell', type: 'market', trigger: goal('79000'), reduceOnly: true },
    {
      id: 'rl-close',
      side: 'sell',
      type: 'market',
      quantity: '0',
      closePosition: true,
      trigger: stop('45000'),
    },
    {
      id: 'rl-trail',
      side: 'sell',
      type: 'market',
      trigger: { kind: 'trailing-stop', trailPercent: '5' },
    },
  ],
  coinbase: [{ id: 'rl-stop-limit', side: 'sell', price: '49900.5', trigger: stop('50000.25') }],
  kraken: [
    { id: 'rl-stop', side: 'sell', type: 'market', trigger: stop('50000.2') },
    { id: 'rl-stop-limit', side: 'sell', price: '49900.5', trigger: stop('50000.2') },
    { id: 'rl-take', side: 'sell', type: 'market', trigger: goal('79000') },
    {
      id: 'rl-trail',
      side: 'sell',
      type: 'market',
      trigger: { kind: 'trailing-stop', trailPercent: '5' },
    },
  ],
  krakenfutures: [
    { id: 'rl-stop', side: 'sell', type: 'market', trigger: stop('50000.2') },
    { id: 'rl-stop-limit', side: 'sell', price: '49900.5', trigger: stop('50000.2') },
    { id: 'rl-take', side: 'sell', type: 'market', trigger: goal('79000') },
  ],
};

const byName = (a: Order, b: Order) => (a.clientOrderId < b.clientOrderId ? -1 : 1);
const unnamed = (order: Order): Order => ({ ...order, venueOrderId: null, state: 'in_flight' });

const HOLDS_SPOT = new Set<VenueId>(['binance', 'coinbase', 'kraken']);

async function booksAt(account: VenueAccount) {
  const orders = await account.openOrders();
  const [balances, marks] = [await account.balances(), await account.marks()];
  return { orders, balances, marks: Object.fromEntries(marks) };
}

for (const [venue, offered] of Object.entries(OFFERED) as [VenueId, PlacedOrder[]][]) {
  describe(`conditional orders at ${venue}`, () => {
    let account: VenueAccount;
    const placed = new Map<string, Order>();
    before(async () => {
      account = bench.account(venue);
      const { btc } = INSTRUMENTS[venue];
      await bench.place(venue, { id: 'rl-holds', type: 'market', quantity: '1', instrument: btc });
      for (const order of offered) placed.set(order.id ?? '', await bench.place(venue, order));
    });

    test('are open orders, with their triggers', async () => {
      const truth = (await bench.admin.ledger()).venues[venue].openOrders;
      const read = await account.openOrders();
      assert.equal(read.length, offered.length);
      assert.ok(read.every(({ conditional }) => conditional === true));
      assert.deepEqual(
        read.toSorted(byName),
        truth.map((row) => orderOf(venue, row)).toSorted(byName),
      );
    });

    test('are found by either id while they wait', async () => {
      for (const order of placed.values()) {
        assert.deepEqual(await account.lookUp(order), { outcome: 'found', order });
        assert.deepEqual(await account.lookUp(unnamed(order)), { outcome: 'found', order });
      }
    });

    test('are cancelled where they are kept, and known to be cancelled', async () => {
      const [order] = placed.values();
      assert.ok(order);
      const before = await booksAt(account);
      await account.cancel(order);
      const lost = checkProtection(
        engineState(before),
        snapshot(readable(venue, await booksAt(account))),
      ).filter((line) => line.lost);
      assert.equal(lost.length, HOLDS_SPOT.has(venue) ? 1 : 0, 'a holding lost its stop');
      const { openOrders } = (await bench.admin.ledger()).venues[venue];
      assert.ok(!openOrders.some(({ venueOrderId }) => venueOrderId === order.venueOrderId));
      const cancelled = { outcome: 'closed', status: 'cancelled', filled: '0' };
      assert.deepEqual(await account.lookUp(order), cancelled);
      assert.deepEqual(await account.lookUp(unnamed(order)), cancelled);
    });

    test('that were set off are what became of them', async () => {
      const falls = { ...offered[0], id: 'rl-falls', price: '61000.5' };
      const trigger = { kind: 'stop', price: '59000' } as const;
      const order = await bench.place(venue, { ...falls, type: 'limit', trigger });
      await bench.admin.setPrice({ underlying: 'BTC', price: '58000' });
      await bench.admin.setPrice({ underlying: 'BTC', price: '60000' });
      const resting = await account.lookUp(order);
      assert.ok(resting.outcome === 'found', JSON.stringify(resting));
      const { conditional, price, quantity } = resting.order;
      assert.deepEqual([conditional, price, quantity], [undefined, '61000.5', order.quantity]);
      const open = await account.openOrders();
      assert.deepEqual(
        open.filter(({ venueOrderId }) => venueOrderId === resting.order.venueOrderId),
        [resting.order],
      );
      const venueOrderId = resting.order.venueOrderId ?? '';
      await bench.admin.fillOrder({ venue, venueOrderId });
      const paid = paidAs(venue, falls.price, order.quantity);
      const filled = { outcome: 'closed', status: 'filled', filled: order.quantity, ...paid };
      assert.deepEqual(await account.lookUp(order), filled);
      assert.deepEqual(await account.lookUp(unnamed(order)), filled);
    });
  });
}
