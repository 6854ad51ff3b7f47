/**
 * What tests can know of a fault: how many requests it touched, and which pages it can touch at
 * all.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { createVenueAdmin, type VenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import { startVenues, type RunningVenues } from '../../../../sandbox/venues/index.js';
import { BTC, connect } from '../connect.js';

let venues: RunningVenues;
let admin: VenueAdmin;

before(async () => {
  venues = await startVenues({ seed: 'fault-counts' });
  admin = createVenueAdmin(venues.adminUrl);
  await admin.holdPrice();
});
after(() => venues.close());
afterEach(() => admin.clearFaults());

const askTime = async () => (await fetch(`${venues.urls.kraken}/0/public/Time`)).text();
const counts = (touched: readonly { requests: number }[]) => touched.map((row) => row.requests);

test('each fault tells how many requests it touched, also when it is spent', async () => {
  const time = { venue: 'kraken', endpoint: 'time' } as const;
  await admin.setFault({ ...time, kind: 'server-error', count: 2 });
  await admin.setFault({ ...time, kind: 'html' });
  await admin.setFault({ ...time, kind: 'ban', after: 9 });
  for (let request = 0; request < 3; request += 1) await askTime();
  const { left, touched } = await admin.faults();
  assert.deepEqual(counts(touched), [2, 1, 0]);
  assert.deepEqual(
    left.map(({ kind }) => kind),
    ['html', 'ban'],
  );
  assert.deepEqual((await admin.clearFaults()).touched, touched);
  assert.deepEqual(await admin.faults(), { left: [], touched: [] });
});

test('a page after a row has left starts one later, and the first page cannot', async () => {
  const order = { venue: 'kraken', instrument: BTC.kraken, side: 'buy', quantity: '0.01' } as const;
  for (let count = 0; count < 60; count += 1) await admin.placeOrder({ ...order, type: 'market' });
  const exchange = connect(venues, 'kraken');
  const idsAt = async (ofs: number) => {
    const rows = await exchange.fetchMyTrades(undefined, undefined, undefined, { ofs });
    return new Set(rows.map(({ id }) => id));
  };
  const truth = { at50: await idsAt(50), at51: await idsAt(51) };
  await admin.setFault({ venue: 'kraken', endpoint: 'fills', kind: 'dropping-page' });
  assert.equal((await idsAt(0)).size, 50);
  assert.deepEqual(await idsAt(50), truth.at51);
  assert.equal(truth.at50.size, 10);
  assert.equal((await idsAt(0)).size, 50);
  assert.deepEqual(counts((await admin.clearFaults()).touched), [1]);
});

test('a page of HTML names the headers that came with the request', async () => {
  await admin.setFault({ venue: 'kraken', endpoint: 'time', kind: 'html' });
  const headers = { 'api-sign': 'c2lnbmF0dXJl+/=', authorization: 'Bearer a.b.c' };
  const answer = await fetch(`${venues.urls.kraken}/0/public/Time`, { headers });
  const page = await answer.text();
  assert.ok(page.includes('api-sign: c2lnbmF0dXJl+/='), page);
  assert.ok(page.includes('authorization: Bearer a.b.c'), page);
});

test('Coinbase gives as few rows a page as it is told to', async () => {
  const exchange = connect(venues, 'coinbase');
  await exchange.loadMarkets();
  const accounts = async () => {
    const methods = exchange as unknown as Record<string, (ask: object) => Promise<object>>;
    return methods.v3PrivateGetBrokerageAccounts?.call(exchange, { limit: 250 });
  };
  const shape = (answer: object | undefined) => {
    const { accounts: rows, has_next: more } = answer as { accounts: []; has_next: boolean };
    return [rows.length, more];
  };
  await admin.setPageSize({ venue: 'coinbase', rows: 2 });
  assert.deepEqual(shape(await accounts()), [2, true]);
  await admin.setPageSize({ venue: 'coinbase', rows: null });
  assert.deepEqual(shape(await accounts()), [3, false]);
});
