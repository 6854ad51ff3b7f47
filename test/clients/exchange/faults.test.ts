import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { VenueAccount } from '../../../activities/ports.js';
import { isFailure } from '../../../activities/errors.js';
import { VENUE_IDS, type Endpoint, type VenueId } from '../../../sandbox/venues/index.js';
import type { Order } from '../../../workflows/domain/state.js';
import { INSTRUMENTS, openBench, rejectsAs, type Bench } from './bench.js';

const KINDS = [
  'empty-object',
  'empty-body',
  'truncated-json',
  'html',
  'html-error',
  'server-error',
  'rate-limit',
  'ban',
  'connection-reset-before',
  'timeout-before',
] as const;

/** Within what every venue keeps. */
const SINCE = Date.now() - 3_600_000;

interface Read {
  readonly endpoint: Endpoint;
  readonly name: string;
  readonly act: (account: VenueAccount) => Promise<unknown>;
}

/** Every call that a look-up makes, by the venue's id and by ours alone. */
const LOOK_UPS: Record<VenueId, { byId: Endpoint[]; byClientId: Endpoint[] }> = {
  binance: { byId: ['order'], byClientId: ['order'] },
  binanceusdm: { byId: ['order'], byClientId: ['order'] },
  coinbase: { byId: ['order'], byClientId: ['closedOrders'] },
  kraken: { byId: ['order'], byClientId: ['openOrders', 'closedOrders'] },
  krakenfutures: { byId: ['openOrders', 'order'], byClientId: ['openOrders', 'order'] },
};

const PERPETUAL: readonly VenueId[] = ['binanceusdm', 'krakenfutures'];
const STATUSLESS: readonly VenueId[] = ['coinbase', 'krakenfutures'];

function readsOf(venue: VenueId, closed: Order): Read[] {
  const lookUp = (order: Order) => (endpoint: Endpoint) => ({
    endpoint,
    name: 'order look-up',
    act: (account: VenueAccount) => account.lookUp(order),
  });
  const { btc } = INSTRUMENTS[venue];
  const read = (endpoint: Endpoint, name: string, act: Read['act']) => ({ endpoint, name, act });
  const { byId, byClientId } = LOOK_UPS[venue];
  return [
    read('openOrders', 'open orders', (account) => account.openOrders()),
    read('fills', 'fills', async (account) => (await account.fillsSince(SINCE)).rows),
    read('balance', 'balances', (account) => account.balances()),
    read('candles', 'candles', (account) => account.closes(btc, 3_600_000)),
    read('ticker', 'marks', async (account) => [...(await account.marks())]),
    ...(PERPETUAL.includes(venue) || venue === 'kraken'
      ? [read('positions', 'positions', (account) => account.positions())]
      : []),
    ...(venue === 'coinbase'
      ? []
      : [read('cashFlows', 'cash flows', (account) => account.cashFlowsSince(SINCE))]),
    ...(venue === 'binanceusdm'
      ? [
          read('conditionalOrders', 'open orders', (account) => account.openOrders()),
          read('forcedOrders', 'fills', (account) => account.fillsSince(SINCE)),
        ]
      : []),
    ...(STATUSLESS.includes(venue) ? [] : [read('status', 'status', (one) => one.status())]),
    ...byId.map(lookUp(closed)),
    ...byClientId.map(lookUp({ ...closed, venueOrderId: null })),
  ];
}

/** Each venue has its own servers, because faults are cleared for all venues together. */
for (const venue of VENUE_IDS) {
  describe(`${venue} under faults`, () => {
    let bench: Bench;
    let account: VenueAccount;
    let reads: Read[];
    before(async () => {
      bench = await openBench();
      account = bench.account(venue);
      await bench.place(venue, { id: 'rl-open' });
      const closed = await bench.place(venue, { id: 'rl-closed' });
      await bench.admin.fillOrder({ venue, venueOrderId: closed.venueOrderId ?? '' });
      reads = readsOf(venue, closed);
    });
    after(() => bench.venues.close());

    for (const kind of KINDS) {
      test(`answers no read with an empty answer under "${kind}", and reads again after it`, async () => {
        for (const { endpoint, name, act } of reads) {
          const truth = await act(account);
          await bench.admin.setFault({ venue, endpoint, kind });
          await rejectsAs(act(account), ['VenueUnreadable', 'VenueRefused']);
          await bench.admin.clearFaults();
          assert.deepEqual(await act(account), truth, `${name} after ${kind} on ${endpoint}`);
        }
      });
    }

    test('fails while its markets cannot be loaded, and works as soon as they can', async () => {
      for (const kind of KINDS) {
        const fresh = bench.account(venue);
        await bench.admin.setFault({ venue, endpoint: 'markets', kind });
        await rejectsAs(fresh.openOrders(), ['VenueUnreadable', 'VenueRefused']);
        await bench.admin.clearFaults();
        assert.equal((await fresh.openOrders()).length, 1, kind);
      }
    });

    test('counts nothing twice that pages repeat', async () => {
      for (const { endpoint, name, act } of reads.filter(({ name: what }) => what !== 'candles')) {
        const truth = await act(account);
        for (const kind of ['duplicate-page', 'shifting-page'] as const) {
          await bench.admin.setFault({ venue, endpoint, kind });
          const read = await act(account).catch((error: unknown) => error);
          await bench.admin.clearFaults();
          if (read instanceof Error) assert.ok(isFailure(read, 'VenueUnreadable'), String(read));
          else assert.deepEqual(read, truth, `${name} under ${kind}`);
        }
      }
    });

    test('takes an empty envelope for an answer, not for a fault', async () => {
      const order = await account.openOrders();
      for (const { venueOrderId } of order) {
        await bench.admin.cancelOrder({ venue, venueOrderId: venueOrderId ?? '' });
      }
      assert.deepEqual(await account.openOrders(), []);
    });
  });
}

/** Statuses that proxies in front of venues give, some of which ccxt has no word for. */
for (const status of [402, 413, 423, 502, 520, 524, 529, 599]) {
  test(`takes HTTP ${status} with an HTML page for a failure, whatever was asked`, async (t) => {
    const bench = await openBench();
    t.after(() => bench.venues.close());
    let failing = false;
    const proxy = createServer((request, response) => {
      if (failing) {
        response.writeHead(status, { 'content-type': 'text/html' }).end('<html>Sorry</html>');
        return;
      }
      void forward(bench.venues.urls.binance, request).then((body) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(body);
      });
    });
    await new Promise<void>((resolve) => {
      proxy.listen(0, '127.0.0.1', resolve);
    });
    t.after(() => {
      proxy.close();
      proxy.closeAllConnections();
    });
    const url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const account = bench.account('binance', { url });
    await account.marks();
    failing = true;
    const kinds = ['VenueUnreadable', 'VenueRefused'] as const;
    await rejectsAs(account.openOrders(), kinds);
    await rejectsAs(account.balances(), kinds);
    await rejectsAs(account.marks(), kinds);
  });
}

async function forward(url: string, { url: path, headers }: IncomingMessage): Promise<string> {
  const key = { 'x-mbx-apikey': String(headers['x-mbx-apikey']) };
  return (await fetch(url + path, { headers: key })).text();
}
