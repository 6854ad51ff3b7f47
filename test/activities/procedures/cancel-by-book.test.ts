/** Orders cancelled by the engine's own book, at a venue whose lists cannot be read; the ledger tells. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { cancelByBook } from '../../../activities/procedures/stopping/cancel-by-book.js';
import { openBench, type Bench } from '../../clients/exchange/bench.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());

const NOTHING_DONE = {
  cancelled: [],
  filledOrGone: [],
  left: [],
  verified: false,
} as never;

for (const venue of ['coinbase', 'kraken'] as const) {
  test(`${venue}: of several states of one order that counts which has the venue's id`, async () => {
    const order = await bench.place(venue, { id: `rl-${venue}` });
    const sent = { ...order, venueOrderId: null, state: 'in_flight' } as const;
    for (const book of [
      [sent, order, sent],
      [order, sent],
    ]) {
      const { cancelled, left } = await cancelByBook(bench.account(venue), book, NOTHING_DONE);
      assert.equal(cancelled.length + left.length, 1, 'each once');
    }
    const { openOrders } = (await bench.admin.ledger()).venues[venue];
    assert.deepEqual(openOrders, []);
  });
}

test('what protects, or may, is left where the venue cannot tell', async () => {
  const venue = 'binance';
  const order = await bench.place(venue, { id: 'rl-stop' });
  const book = [
    { ...order, conditional: true },
    { ...order, type: 'stop' },
  ];
  const { cancelled, left } = await cancelByBook(bench.account(venue), book, NOTHING_DONE);
  assert.deepEqual([cancelled, left], [[], []]);
  const { openOrders } = (await bench.admin.ledger()).venues[venue];
  assert.equal(openOrders.length, 1);
});
