/**
 * One test for each kind of fault: what goes over the wire is what was asked for, as often as
 * asked.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Exchange } from 'ccxt';
import { ccxt } from '../../../../clients/exchange/connection/ccxt.js';
import type { FaultBody } from '../../../../sandbox/venues/admin/admin-api.js';
import { createVenueAdmin, type VenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import { startVenues, VENUE_IDS, type RunningVenues } from '../../../../sandbox/venues/index.js';
import { BTC, clientId, connect } from '../connect.js';

const { NetworkError } = ccxt;

let venues: RunningVenues;
let admin: VenueAdmin;

before(async () => {
  venues = await startVenues({ seed: 'fault-kinds' });
  admin = createVenueAdmin(venues.adminUrl);
  await admin.holdPrice();
});

after(() => venues.close());
afterEach(() => admin.clearFaults());

// As the venues word it; what ccxt makes of it is its own affair.
const BAD_KEY = /-2015|Unauthorized|Invalid key|authenticationError/;

const TIME = '/0/public/Time';
const kraken = (path = TIME) => fetch(venues.urls.kraken + path);
const arm = (fault: Omit<FaultBody, 'venue' | 'endpoint'>) =>
  admin.setFault({ venue: 'kraken', endpoint: 'time', ...fault });

async function statuses(count: number): Promise<number[]> {
  const seen: number[] = [];
  for (let request = 0; request < count; request += 1) {
    const answer = await kraken();
    await answer.text();
    seen.push(answer.status);
  }
  return seen;
}

async function openIds(venue: (typeof VENUE_IDS)[number]) {
  return (await admin.ledger()).venues[venue].openOrders.map((order) => order.clientOrderId);
}

describe('what goes over the wire', () => {
  test('a ban is 418 and says how long', async () => {
    await admin.setFault({ venue: 'binance', endpoint: 'time', kind: 'ban', retryAfterS: 300 });
    const answer = await fetch(`${venues.urls.binance}/api/v3/time`);
    assert.deepEqual([answer.status, answer.headers.get('retry-after')], [418, '300']);
    assert.equal(((await answer.json()) as { code: number }).code, -1003);
  });

  test('a server error has the status asked for', async () => {
    for (const status of [500, 502, 503, 504, 524] as const) {
      await arm({ kind: 'server-error', status, count: 1 });
    }
    assert.deepEqual(await statuses(6), [500, 502, 503, 504, 524, 200]);
  });

  test('truncated JSON is the start of the true answer', async () => {
    const path = '/0/public/AssetPairs';
    const whole = await (await kraken(path)).text();
    await admin.setFault({ venue: 'kraken', endpoint: 'markets', kind: 'truncated-json' });
    const answer = await kraken(path);
    const cut = await answer.text();
    assert.equal(answer.status, 200);
    assert.ok(cut.length > 0 && cut.length < whole.length && whole.startsWith(cut));
    assert.throws(() => JSON.parse(cut) as unknown);
  });

  test('HTML comes with 200 or an error status', async () => {
    await arm({ kind: 'html', count: 1 });
    await arm({ kind: 'html-error', count: 1 });
    await arm({ kind: 'html-error', status: 503, count: 1 });
    for (const status of [200, 403, 503]) {
      const answer = await kraken();
      assert.equal(answer.status, status);
      assert.match(answer.headers.get('content-type') ?? '', /text\/html/);
      assert.match(await answer.text(), /^<!DOCTYPE html>/);
    }
  });

  test('an empty object and an empty body come with 200', async () => {
    await arm({ kind: 'empty-object', count: 1 });
    await arm({ kind: 'empty-body', count: 1 });
    for (const text of ['{}', '']) {
      const answer = await kraken();
      assert.deepEqual([answer.status, await answer.text()], [200, text]);
    }
  });

  test('a slow answer is the true one, late', async () => {
    await arm({ kind: 'slow', delayMs: 150 });
    const startedMs = performance.now();
    const answer = await kraken();
    assert.ok(performance.now() - startedMs >= 149);
    assert.deepEqual(((await answer.json()) as { error: unknown[] }).error, []);
  });

  test('a skewed clock shows in the time and in what signatures pass', async () => {
    const exchange = connect(venues, 'binance');
    await exchange.loadMarkets();
    await admin.setFault({ venue: 'binance', endpoint: '*', kind: 'clock-skew', skewMs: 90_000 });
    const skew = Number(await exchange.fetchTime()) - Date.now();
    assert.ok(Math.abs(skew - 90_000) < 1000, String(skew));
    await assert.rejects(exchange.fetchBalance(), /-1021/);
    await admin.clearFaults();
    await exchange.fetchBalance();
  });
});

for (const venue of VENUE_IDS) {
  describe(`${venue}: writes whose outcome is hidden, and refusals`, () => {
    let exchange: Exchange;
    before(async () => {
      exchange = connect(venues, venue);
      await exchange.loadMarkets();
    });
    const place = (id: string) =>
      exchange.createOrder(BTC[venue], 'limit', 'buy', 0.1, 50_000, clientId(venue, id));
    const write = (kind: FaultBody['kind'], more: Partial<FaultBody> = {}) =>
      admin.setFault({ venue, endpoint: 'placeOrder', kind, count: 1, ...more });
    const outcomeOf = async (id: string) =>
      (await admin.requests()).writes
        .filter((row) => row.venue === venue && row.clientOrderId === id)
        .map((row) => [row.outcome, row.fault]);

    test('a reset before the effect leaves none, one after it leaves the order', async () => {
      await write('connection-reset-before');
      await assert.rejects(place('reset-early'), NetworkError);
      await write('connection-reset-after');
      await assert.rejects(place('reset-late'), NetworkError);
      assert.deepEqual(await outcomeOf('reset-early'), [['dropped', 'connection-reset-before']]);
      assert.deepEqual(await outcomeOf('reset-late'), [['accepted', 'connection-reset-after']]);
      assert.deepEqual(await openIds(venue), ['reset-late']);
    });

    test('an error after the effect, and an empty answer after it, leave the order', async () => {
      await write('server-error-after', { status: 502 });
      await assert.rejects(place('error-late'), NetworkError);
      await write('empty-body', { afterEffect: true });
      await place('empty-late').catch(() => undefined);
      await write('empty-body');
      await place('empty-early').catch(() => undefined);
      assert.deepEqual(await openIds(venue), ['reset-late', 'error-late', 'empty-late']);
    });

    test('a revoked key is refused where it is needed, and nowhere else', async () => {
      await admin.setFault({ venue, endpoint: '*', kind: 'revoked-key', count: 1 });
      await exchange.fetchTicker(BTC[venue]);
      await assert.rejects(exchange.fetchBalance(), BAD_KEY);
      await exchange.fetchBalance();
    });

    test('maintenance refuses reads as well', async () => {
      await admin.setFault({ venue, endpoint: 'openOrders', kind: 'maintenance', count: 1 });
      await assert.rejects(exchange.fetchOpenOrders(BTC[venue]), /-1001|unavailable/i);
      assert.equal((await exchange.fetchOpenOrders(BTC[venue])).length, 3);
    });

    test('a stale answer shows the ledger as it was, and writes are not touched', async () => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      await admin.setFault({ venue, endpoint: '*', kind: 'stale', ageMs: 350 });
      await place('newest');
      const stale = await exchange.fetchOpenOrders(BTC[venue]);
      assert.equal(stale.length, 3);
      await admin.clearFaults();
      const fresh = await exchange.fetchOpenOrders(BTC[venue]);
      assert.equal(fresh.length, 4);
    });
  });
}

describe('pages', () => {
  const buy = { instrument: 'BTC/USD', side: 'buy', type: 'market', quantity: '0.01' } as const;
  const ids = (rows: { id?: string | undefined }[]) => rows.map((row) => row.id);

  before(async () => {
    for (let count = 0; count < 70; count += 1) {
      await admin.placeOrder({ venue: 'kraken', ...buy });
      await admin.placeOrder({ venue: 'coinbase', ...buy });
    }
  });

  test("rows come twice: those of the page before, or a page's own", async () => {
    const exchange = connect(venues, 'kraken');
    await admin.setFault({ venue: 'kraken', endpoint: 'fills', kind: 'duplicate-page', count: 1 });
    const page = (ofs: number) => exchange.fetchMyTrades(undefined, undefined, undefined, { ofs });
    const first = ids(await page(0));
    const second = ids(await page(50));
    // Kraken keys rows by id, so the fault waits for a second page.
    assert.deepEqual([first.length, second.length], [50, 70]);
    assert.ok(first.every((id) => second.includes(id)));
    assert.equal((await page(50)).length, 20);
    const coinbase = connect(venues, 'coinbase');
    await coinbase.loadMarkets();
    const once = await rawFills(coinbase);
    const { venue, endpoint } = { venue: 'coinbase', endpoint: 'fills' } as const;
    await admin.setFault({ venue, endpoint, kind: 'duplicate-page', count: 1 });
    assert.deepEqual(await rawFills(coinbase), [...once, ...once]);
  });

  test('a moved boundary repeats the last row of the page before', async () => {
    const coinbase = connect(venues, 'coinbase');
    await coinbase.loadMarkets();
    await admin.setFault({ venue: 'coinbase', endpoint: 'fills', kind: 'shifting-page' });
    const pages: string[][] = [];
    let cursor = '';
    do {
      const answer = await rawFillsPage(coinbase, { limit: 30, ...(cursor ? { cursor } : {}) });
      pages.push(answer.fills.map((fill) => fill.entry_id));
      ({ cursor } = answer);
    } while (cursor !== '');
    assert.deepEqual(
      pages.map((page) => page.length),
      [30, 31, 11],
    );
    assert.equal(pages[1]?.[0], pages[0]?.at(-1));
    assert.equal(new Set(pages.flat()).size, 70);
  });
});

interface FillsPage {
  fills: { entry_id: string }[];
  cursor: string;
}

async function rawFillsPage(exchange: Exchange, params: object): Promise<FillsPage> {
  const methods = exchange as unknown as Record<string, (params: object) => Promise<FillsPage>>;
  const read = methods.v3PrivateGetBrokerageOrdersHistoricalFills;
  assert.ok(read);
  return read.call(exchange, params);
}

async function rawFills(exchange: Exchange): Promise<string[]> {
  const { fills } = await rawFillsPage(exchange, { limit: 100 });
  return fills.map((fill) => fill.entry_id);
}

describe('how often', () => {
  test('several are spent in the order they were armed', async () => {
    await arm({ kind: 'server-error', status: 500, count: 2 });
    await arm({ kind: 'rate-limit', count: 1 });
    assert.deepEqual(await statuses(4), [500, 500, 429, 200]);
  });

  test('the first requests pass where it says so', async () => {
    await arm({ kind: 'server-error', after: 2, count: 1 });
    assert.deepEqual(await statuses(4), [200, 200, 503, 200]);
  });

  test('a seed hits the same requests again, and another seed others', async () => {
    const run = async (seed: string) => {
      await admin.clearFaults();
      await arm({ kind: 'server-error', probability: 0.4, seed });
      return statuses(30);
    };
    const first = await run('one');
    assert.deepEqual(await run('one'), first);
    assert.notDeepEqual(await run('two'), first);
    const hits = first.filter((status) => status === 503).length;
    assert.ok(hits > 4 && hits < 20, String(hits));
  });

  test('a fault on every endpoint touches all of one venue and none of another', async () => {
    await admin.setFault({ venue: 'kraken', endpoint: '*', kind: 'server-error' });
    assert.equal((await kraken()).status, 503);
    assert.equal((await kraken('/0/public/Assets')).status, 503);
    assert.equal((await fetch(`${venues.urls.binance}/api/v3/time`)).status, 200);
  });

  test('a body that makes no sense is refused with what to send', async () => {
    const fault: FaultBody = { venue: 'kraken', endpoint: 'time', kind: 'slow' };
    const refused = (body: object) => assert.rejects(admin.setFault({ ...fault, ...body }), /send/);
    await refused({ kind: 'melt' });
    await refused({ probability: 2 });
    await refused({ status: 418 });
    await refused({ endpoint: 'everything' });
  });
});
