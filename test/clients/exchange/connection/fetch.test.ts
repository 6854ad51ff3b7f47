/** An account whose requests go by a way that is handed in. The venue's own count is the oracle. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { VENUE_IDS, type VenueId } from '../../../../sandbox/venues/index.js';
import type { Fetch } from '../../../../clients/exchange/index.js';
import { INSTRUMENTS, openBench, rejectsAs, type Bench } from '../bench.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());
afterEach(() => bench.admin.clearFaults());

/** Nobody listens there: what does not go by the way that is handed in fails. */
const NOWHERE = 'http://127.0.0.1:1';

function wayTo(venue: VenueId) {
  const sent: string[] = [];
  const way: Fetch = async (url, request) => {
    const to = url.replace(NOWHERE, bench.venues.urls[venue]);
    sent.push(`${request.method} ${new URL(to).pathname}`);
    return fetch(to, request);
  };
  return { sent, way };
}

const countOf = async (venue: VenueId) => (await bench.admin.requests()).tallies[venue].requests;

for (const venue of VENUE_IDS) {
  test(`${venue}: every request goes by the way that is handed in, the signed ones too`, async () => {
    const order = await bench.place(venue, { id: `rl-way-${venue}` });
    const { sent, way } = wayTo(venue);
    // What a token is signed for is the host, which is therefore not another one here.
    const url = venue === 'coinbase' ? bench.venues.urls[venue] : NOWHERE;
    const account = bench.account(venue, { fetch: way, url, timeoutMs: 5_000 });
    const earlier = await countOf(venue);
    assert.ok((await account.openOrders()).some((one) => one.venueOrderId === order.venueOrderId));
    assert.ok((await account.balances()).length > 0);
    assert.ok((await account.marks()).has(INSTRUMENTS[venue].btc));
    assert.equal((await account.lookUp(order)).outcome, 'found');
    await account.cancel(order);
    assert.equal((await account.lookUp(order)).outcome, 'closed');
    assert.equal(sent.length, (await countOf(venue)) - earlier);
  });
}

test('a way that is cut off is a venue that cannot be read, and a write with an open outcome', async () => {
  const venue = 'binance';
  const order = await bench.place(venue, { id: 'rl-cut-off' });
  let isOpen = true;
  const { way } = wayTo(venue);
  const account = bench.account(venue, {
    url: NOWHERE,
    timeoutMs: 5_000,
    fetch: async (url, request) => {
      if (!isOpen) throw new TypeError('fetch failed');
      return way(url, request);
    },
  });
  await account.openOrders();
  isOpen = false;
  await rejectsAs(account.openOrders(), ['VenueUnreadable']);
  await rejectsAs(account.cancel(order), ['OutcomeUnknown']);
});

test('a way that never answers is given up after the time limit', async () => {
  const account = bench.account('binance', {
    timeoutMs: 50,
    fetch: (_url, request) =>
      new Promise((_resolve, reject) => {
        request.signal?.addEventListener('abort', () =>
          reject(new DOMException('aborted', 'AbortError')),
        );
      }),
  });
  await rejectsAs(account.openOrders(), ['VenueUnreadable']);
});

test('no redirect is followed with what is signed', async () => {
  const told: (string | undefined)[] = [];
  const { way } = wayTo('kraken');
  const account = bench.account('kraken', {
    timeoutMs: 5_000,
    fetch: (url, request) => {
      told.push(request.redirect);
      return way(url, request);
    },
  });
  await account.balances();
  assert.deepEqual([...new Set(told)], ['error']);
});
