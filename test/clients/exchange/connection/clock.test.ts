/** A venue whose clock and ours are seconds apart. Its own count of requests is the oracle. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Exchange } from '../../../../clients/exchange/connection/ccxt.js';
import { keepVenueTime } from '../../../../clients/exchange/connection/clock.js';
import { connectVenue } from '../../../../clients/exchange/connection/connection.js';
import { venueOf } from '../../../../clients/exchange/venues/index.js';
import type { VenueId } from '../../../../sandbox/venues/index.js';
import { openBench, rejectsAs, type Bench } from '../bench.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());
afterEach(() => bench.admin.clearFaults());

const SIGNED_WITH_TIME: VenueId[] = ['binance', 'binanceusdm', 'coinbase'];

for (const venue of SIGNED_WITH_TIME) {
  // Far more than each venue forgives, to either side.
  for (const skewMs of [-300_000, 300_000]) {
    test(`${venue} is read although its clock is ${skewMs / 1000} s off`, async () => {
      await bench.place(venue, { id: `rl-${skewMs}` });
      await bench.admin.setFault({ venue, endpoint: '*', kind: 'clock-skew', skewMs });
      const account = bench.account(venue, { timeoutMs: 5_000 });
      assert.ok((await account.openOrders()).length > 0);
      const { rows } = await account.fillsSince(Date.now() - 600_000);
      assert.deepEqual(rows, []);
    });
  }

  test(`${venue} is read on when its clock jumps under an open connection`, async () => {
    const connection = connectVenue(
      bench.settings(venue, { timeoutMs: 5_000 }),
      venueOf(venue).profile,
    );
    const exchange = await connection.ready();
    assert.equal(connection.clockSkewMs(), 0);
    await exchange.fetchBalance();
    await bench.admin.setFault({ venue, endpoint: '*', kind: 'clock-skew', skewMs: 300_000 });
    await exchange.fetchBalance();
    const skewMs = connection.clockSkewMs();
    assert.ok(Math.abs(skewMs + 300_000) < 3_000, String(skewMs));
  });
}

test('a key that is wrong is refused for good, and the time is asked for once', async () => {
  const { reads } = await bench.admin.requests();
  const account = bench.account('binance', { secret: 'another', timeoutMs: 5_000 });
  for (let i = 0; i < 3; i += 1) await rejectsAs(account.openOrders(), ['VenueRefused']);
  const asked = (await bench.admin.requests()).reads.binance.time ?? 0;
  assert.ok(asked - (reads.binance.time ?? 0) <= 1);
});

test('a cancel refused for its time is sent again, and cancels once', async () => {
  const venue = 'binance';
  const account = bench.account(venue, { timeoutMs: 5_000 });
  const order = await bench.place(venue, { id: 'rl-late' });
  await account.marks();
  await bench.admin.setFault({ venue, endpoint: '*', kind: 'clock-skew', skewMs: 300_000 });
  await account.cancel(order);
  const { entries } = await bench.admin.journal();
  const cancelled = entries.filter(
    (row) => row.kind === 'order-cancelled' && row.clientOrderId === 'rl-late',
  );
  assert.equal(cancelled.length, 1);
});

test('a venue that also refuses to tell the time is refused, and nothing waits for ever', async () => {
  const venue = 'coinbase';
  const account = bench.account(venue, { timeoutMs: 5_000 });
  await account.balances();
  await bench.admin.setFault({ venue, endpoint: '*', kind: 'revoked-key' });
  const reads = [account.balances(), account.openOrders(), account.balances()];
  await Promise.all(reads.map((read) => rejectsAs(read, ['VenueRefused'])));
});

/** A venue that shows its time beside each answer, and tells it where it is asked, if it does. */
function shownClock(tells: boolean) {
  const venue = { aheadMs: 0, asked: 0 };
  const exchange = {
    has: { fetchTime: tells },
    fetchTime: async () => {
      venue.asked += 1;
      return Date.now() + venue.aheadMs;
    },
  } as unknown as Exchange;
  const clock = keepVenueTime(exchange, venueOf('kraken').profile.words);
  const answer = async (aheadMs: number) => {
    venue.aheadMs = aheadMs;
    clock.notice(new Date(Date.now() + aheadMs).toUTCString());
    await clock.settle();
    return clock.aheadMs();
  };
  return { venue, answer };
}

test('a clock that is set is measured anew where no answer complains, now and then', async (t) => {
  let passedMs = 1_000_000;
  t.mock.method(performance, 'now', () => passedMs);
  const { venue, answer } = shownClock(true);
  assert.equal(await answer(0), 0);
  assert.ok(Math.abs(((await answer(-60_000)) ?? 0) - 60_000) < 1_000);
  for (let i = 0; i < 5; i += 1) await answer(0);
  assert.equal(venue.asked, 1, 'not more often than every half minute');
  passedMs += 31_000;
  assert.ok(Math.abs((await answer(0)) ?? 60_000) < 1_000);
  assert.equal(venue.asked, 2);
});

test('of a venue that does not tell its time a difference is no number', async () => {
  const { venue, answer } = shownClock(false);
  assert.equal(await answer(0), 0);
  assert.equal(await answer(-60_000), null);
  assert.equal(venue.asked, 0);
});
