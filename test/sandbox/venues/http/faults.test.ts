/**
 * Faults at every venue: which endpoints they meet, what each venue refuses, and that nothing stays
 * open.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Exchange } from 'ccxt';
import { ccxt } from '../../../../clients/exchange/connection/ccxt.js';
import { createVenueAdmin, type VenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import { startVenues, VENUE_IDS, type RunningVenues } from '../../../../sandbox/venues/index.js';
import { BTC, clientId, connect } from '../connect.js';

const {
  DDoSProtection,
  ExchangeNotAvailable,
  InvalidNonce,
  NetworkError,
  RateLimitExceeded,
  RequestTimeout,
} = ccxt;

let venues: RunningVenues;
let admin: VenueAdmin;

before(async () => {
  venues = await startVenues({ seed: 'faults' });
  admin = createVenueAdmin(venues.adminUrl);
  await admin.holdPrice();
});

after(() => venues.close());
afterEach(() => admin.clearFaults());

/** What no answer comes to is waited for this long; a busy machine answers what it answers. */
const LOST_AFTER_MS = 1_000;

for (const venue of VENUE_IDS) {
  describe(`${venue} under faults`, () => {
    let exchange: Exchange;
    before(async () => {
      exchange = connect(venues, venue);
      await exchange.loadMarkets();
      exchange.timeout = LOST_AFTER_MS;
    });

    const fault = (
      kind: 'timeout-before' | 'rate-limit' | 'server-error' | 'empty-object' | 'html',
    ) => admin.setFault({ venue, endpoint: 'balance', kind, count: 1 });
    const place = (id: string) =>
      exchange.createOrder(BTC[venue], 'limit', 'buy', 0.1, 50000, clientId(venue, id));
    const openIds = async () =>
      (await admin.ledger()).venues[venue].openOrders.map((order) => order.clientOrderId);
    const writesOf = async (id: string) =>
      (await admin.requests()).writes.filter(
        (row) => row.venue === venue && row.clientOrderId === id,
      );

    test('times out, limits and fails as ccxt words it, once each', async () => {
      await fault('timeout-before');
      await assert.rejects(exchange.fetchBalance(), RequestTimeout);
      await fault('rate-limit');
      // ccxt words Coinbase's limit by its body, the others' by their status.
      const limited = venue === 'coinbase' ? RateLimitExceeded : DDoSProtection;
      await assert.rejects(exchange.fetchBalance(), limited);
      await fault('server-error');
      await assert.rejects(exchange.fetchBalance(), ExchangeNotAvailable);
      assert.notDeepEqual((await exchange.fetchBalance()).total, {});
    });

    test('empty objects and HTML reach ccxt as an empty balance', async () => {
      for (const kind of ['empty-object', 'html'] as const) {
        await fault(kind);
        const total = await exchange.fetchBalance().then(
          (balance) => balance.total,
          (error: unknown) => error,
        );
        // Some parsers trip over HTML instead; what matters is that no balance is read from it.
        if (!(total instanceof Error)) assert.deepEqual(total, {});
      }
    });

    test('a timeout before the effect leaves no order, one after it leaves the order', async () => {
      await admin.setFault({ venue, endpoint: 'placeOrder', kind: 'timeout-before', count: 1 });
      await assert.rejects(place('lost'), RequestTimeout);
      await admin.setFault({ venue, endpoint: 'placeOrder', kind: 'timeout-after', count: 1 });
      await assert.rejects(place('silent'), RequestTimeout);
      assert.deepEqual(await openIds(), ['silent']);
      assert.deepEqual(
        (await writesOf('lost')).map((row) => [row.outcome, row.fault]),
        [['dropped', 'timeout-before']],
      );
      assert.deepEqual(
        (await writesOf('silent')).map((row) => [row.outcome, row.fault]),
        [['accepted', 'timeout-after']],
      );
    });

    test('a fault without a count stays until cleared', async () => {
      await admin.setFault({ venue, endpoint: 'openOrders', kind: 'server-error' });
      await assert.rejects(exchange.fetchOpenOrders(BTC[venue]));
      await assert.rejects(exchange.fetchOpenOrders(BTC[venue]));
      await admin.clearFaults();
      assert.equal((await exchange.fetchOpenOrders(BTC[venue])).length, 1);
    });

    test('takes no orders in maintenance or cancel-only, and cancels in the latter', async () => {
      const held = (await admin.ledger()).venues[venue].openOrders[0];
      assert.ok(held);
      await admin.setStatus({ venue, status: 'maintenance' });
      await assert.rejects(place('early'));
      await assert.rejects(exchange.cancelOrder(held.venueOrderId, BTC[venue]));
      await admin.setStatus({ venue, status: 'cancel_only' });
      await assert.rejects(place('early'));
      await exchange.cancelOrder(held.venueOrderId, BTC[venue]);
      await admin.setStatus({ venue, status: 'ok' });
      assert.deepEqual(await openIds(), []);
      assert.deepEqual(
        (await writesOf('early')).map((row) => row.reason),
        ['maintenance', 'cancel-only'],
      );
    });
  });
}

test('each list of orders has its own endpoint name on every venue', async () => {
  for (const venue of VENUE_IDS) {
    const exchange = connect(venues, venue);
    await exchange.loadMarkets();
    await admin.setFault({ venue, endpoint: 'closedOrders', kind: 'server-error' });
    await assert.rejects(exchange.fetchClosedOrders(BTC[venue]), ExchangeNotAvailable);
    assert.deepEqual(await exchange.fetchOpenOrders(BTC[venue]), []);
  }
});

test('rate limits name the seconds to wait', async () => {
  for (const venue of VENUE_IDS) {
    const exchange = connect(venues, venue);
    await exchange.loadMarkets();
    await admin.setFault({ venue, endpoint: 'ticker', kind: 'rate-limit', retryAfterS: 7 });
    await assert.rejects(exchange.fetchTicker(BTC[venue]));
    const { last_response_headers: headers } = exchange;
    const names = Object.entries((headers ?? {}) as Record<string, string>);
    const retryAfter = names.find(([header]) => header.toLowerCase() === 'retry-after');
    assert.equal(retryAfter?.[1], '7', venue);
  }
});

test('Kraken refuses a nonce it has seen and one far below', async () => {
  const exchange = connect(venues, 'kraken');
  const at = Date.now() + 1000;
  for (const [nonce, taken] of [
    [at, true],
    [at, false],
    [at - 20_000, false],
  ] as const) {
    exchange.nonce = () => nonce;
    const read = exchange.fetchBalance();
    if (taken) await read;
    else await assert.rejects(read, InvalidNonce);
  }
});

test('Binance refuses a stale timestamp, and both know no strangers', async () => {
  const stale = connect(venues, 'binance');
  stale.nonce = () => Date.now() - 60_000;
  await assert.rejects(stale.fetchBalance(), /-1021/);
  const stranger = connect(venues, 'binanceusdm', { apiKey: 'stranger', secret: 'x' });
  await assert.rejects(stranger.fetchBalance(), /-2015/);
});

test('a stale ticker is the one that was given before, where one was', async () => {
  const exchange = connect(venues, 'krakenfutures');
  const last = async () => Number((await exchange.fetchTicker('ETH/USD:USD')).last);
  await admin.setPrice({ underlying: 'ETH', price: '3000' });
  assert.equal(await last(), 3000);
  await admin.setPrice({ underlying: 'ETH', price: '3100' });
  const venue = 'krakenfutures';
  await admin.setFault({ venue, endpoint: 'ticker', kind: 'stale', ageMs: 60_000, count: 1 });
  assert.equal(await last(), 3000);
  assert.equal(await last(), 3100);
});

test('every request is in the tally of its venue, with what it weighs', async () => {
  const exchange = connect(venues, 'krakenfutures');
  const tally = async () => (await admin.requests()).tallies.krakenfutures;
  await exchange.loadMarkets();
  const before = await tally();
  await exchange.fetchBalance();
  await exchange.fetchMyTrades(undefined, undefined, undefined, {
    lastFillTime: new Date().toISOString(),
  });
  await fetch(`${venues.urls.krakenfutures}/nowhere`);
  const after = await tally();
  assert.deepEqual([after.requests - before.requests, after.weight - before.weight], [3, 28]);
});

test('closing frees hanging requests and the ports', async () => {
  const other = await startVenues();
  const exchange = connect(other, 'binance');
  exchange.timeout = 60_000;
  await exchange.loadMarkets();
  const { setFault } = createVenueAdmin(other.adminUrl);
  await setFault({ venue: 'binance', endpoint: 'balance', kind: 'timeout-before' });
  const hanging = assert.rejects(exchange.fetchBalance(), NetworkError);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await other.close();
  await hanging;
  await assert.rejects(fetch(`${other.adminUrl}/health`));
});
