/** Marks, closes and status of the venues, and that no failure shows a secret. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import type { VenueAccount } from '../../../../activities/ports.js';
import type { VenueStatus } from '../../../../workflows/domain/policy/market.js';
import { createVenues } from '../../../../clients/exchange/index.js';
import { VENUE_IDS, type VenueId } from '../../../../sandbox/venues/index.js';
import { INSTRUMENTS, openBench, rejectsAs, type Bench } from '../bench.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());
afterEach(() => bench.admin.clearFaults());

test('marks are the market prices, exactly', async () => {
  await bench.admin.setPrice({ underlying: 'BTC', price: '61234.57' });
  await bench.admin.setPrice({ underlying: 'ETH', price: '3012.09' });
  for (const venue of VENUE_IDS) {
    const { btc, eth } = INSTRUMENTS[venue];
    const marks = await bench.account(venue).marks();
    assert.deepEqual(Object.fromEntries(marks), { [btc]: '61234.57', [eth]: '3012.09' }, venue);
  }
});

test('closes are those of the venue, oldest first, of the window that was asked for', async () => {
  const raw = await fetch(
    `${bench.venues.urls.binance}/api/v3/klines?symbol=BTCUSDT&interval=1m&limit=500`,
  );
  // The last candle is still being made when the minute turns under the test.
  const truth = ((await raw.json()) as string[][]).map((row) => Number(row[4])).slice(0, -1);
  for (const venue of VENUE_IDS) {
    const read = await bench.account(venue).closes(INSTRUMENTS[venue].btc, 3_600_000);
    const closes = read.map(Number);
    assert.ok(closes.length >= 58 && closes.length <= 61, `${venue}: ${closes.length}`);
    const at = truth.indexOf(closes[0] ?? 0);
    assert.deepEqual(closes.slice(0, 55), truth.slice(at, at + 55), venue);
  }
});

const CLOSED: Readonly<Record<'cancel_only' | 'maintenance', Record<VenueId, VenueStatus>>> = {
  cancel_only: {
    binance: 'cancel_only',
    binanceusdm: 'cancel_only',
    coinbase: 'cancel_only',
    kraken: 'cancel_only',
    krakenfutures: 'halted',
  },
  maintenance: {
    binance: 'maintenance',
    binanceusdm: 'maintenance',
    coinbase: 'halted',
    kraken: 'maintenance',
    krakenfutures: 'halted',
  },
};

for (const [status, told] of Object.entries(CLOSED) as [
  keyof typeof CLOSED,
  typeof CLOSED.cancel_only,
][]) {
  test(`a venue in ${status} is closed for each of its instruments, at every venue`, async () => {
    for (const venue of VENUE_IDS) {
      const account = bench.account(venue);
      const statuses = async () => new Set((await account.status()).map((one) => one.status));
      assert.deepEqual(await statuses(), new Set(['open']), venue);
      await bench.admin.setStatus({ venue, status });
      assert.deepEqual(await statuses(), new Set([told[venue]]), venue);
      await bench.admin.setStatus({ venue, status: 'ok' });
      assert.deepEqual(await statuses(), new Set(['open']), venue);
    }
  });
}

const OTHER_KEY = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  .privateKey.export({ type: 'sec1', format: 'pem' })
  .toString();

const WRONG: Readonly<Record<VenueId, string>> = {
  binance: 'canary-wrong-secret',
  binanceusdm: 'canary-wrong-secret',
  coinbase: OTHER_KEY,
  kraken: Buffer.from('canary-wrong-secret').toString('base64'),
  krakenfutures: Buffer.from('canary-wrong-secret').toString('base64'),
};

const readsOf = (account: VenueAccount) => [
  () => account.openOrders(),
  () => account.fillsSince(0),
  () => account.balances(),
];

test('a wrong secret is refused for good, and the failure does not show it', async () => {
  for (const venue of VENUE_IDS) {
    const account = bench.account(venue, { secret: WRONG[venue] });
    for (const read of readsOf(account)) {
      const text = await rejectsAs(read(), ['VenueRefused']);
      for (const part of WRONG[venue].split('\n')) {
        assert.ok(part === '' || !text.includes(part), `${venue}: ${text}`);
      }
    }
  }
});

test('a secret that is no key at all fails without being shown', async () => {
  for (const venue of VENUE_IDS) {
    const account = bench.account(venue, { secret: 'canary-no-key-at-all' });
    const text = await rejectsAs(account.balances(), ['VenueRefused', 'VenueUnreadable']);
    assert.doesNotMatch(text, /canary/, venue);
  }
});

test('no failure shows a key, a secret, a signature or a signed address', async () => {
  for (const venue of VENUE_IDS) {
    const { apiKey, secret } = bench.venues.credentials[venue];
    const account = bench.account(venue);
    const order = await bench.place(venue, { id: 'rl-canary' });
    const acts = [...readsOf(account), () => account.lookUp(order), () => account.cancel(order)];
    for (const kind of ['html', 'server-error', 'rate-limit', 'timeout-before'] as const) {
      for (const endpoint of [
        'openOrders',
        'fills',
        'balance',
        'order',
        'closedOrders',
        'cancelOrder',
      ] as const) {
        await bench.admin.setFault({ venue, endpoint, kind });
      }
      for (const act of acts) {
        const kinds = ['VenueRefused', 'VenueUnreadable', 'OutcomeUnknown'] as const;
        const text = await rejectsAs(act(), kinds);
        const leaks = [
          apiKey,
          ...secret.split('\n'),
          'signature',
          'http://',
          '127.0.0.1',
          'Bearer',
        ];
        for (const leak of leaks) {
          assert.ok(leak === '' || !text.includes(leak), `${venue} shows ${leak}: ${text}`);
        }
      }
    }
    await bench.admin.clearFaults();
  }
});

test('engines that trade one account share its connection, and only their own', async () => {
  const venues = createVenues(
    new Map([
      ['binance', bench.settings('binance')],
      ['kraken', bench.settings('kraken')],
    ]),
    new Map([
      ['one', ['binance', 'kraken']],
      ['two', ['kraken']],
    ]),
  );
  assert.equal(venues.ofEngine('one')[1], venues.ofEngine('two')[0]);
  assert.deepEqual(
    venues.ofEngine('two').map(({ venue }) => venue),
    ['kraken'],
  );
  assert.deepEqual(venues.ofEngine('unknown'), []);
});
