/** What the fault matrix leaves out: markets that fail to load, statuses of proxies, what is truly empty. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { VenueAccount } from '../../../../activities/ports.js';
import { VENUE_IDS } from '../../../../sandbox/venues/index.js';
import { openBench, rejectsAs, type Bench } from '../bench.js';

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

/** Each venue has its own servers, because faults are cleared for all venues together. */
for (const venue of VENUE_IDS) {
  describe(`${venue} under faults`, () => {
    let bench: Bench;
    let account: VenueAccount;
    before(async () => {
      bench = await openBench();
      account = bench.account(venue);
      await bench.place(venue, { id: 'rl-open' });
    });
    after(() => bench.venues.close());

    test('fails while its markets cannot be loaded, and works as soon as they can', async () => {
      for (const kind of KINDS) {
        const fresh = bench.account(venue);
        await bench.admin.setFault({ venue, endpoint: 'markets', kind });
        await rejectsAs(fresh.openOrders(), ['VenueUnreadable', 'VenueRefused']);
        await bench.admin.clearFaults();
        assert.equal((await fresh.openOrders()).length, 1, kind);
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
