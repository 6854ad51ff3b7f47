/**
 * Rows of others keep nothing of ours from being read, and are told by instrument and count. Recorded
 * answers, served on loopback; what a row is refused for is told without anything of it.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readVenues } from '../../../../activities/procedures/read-venues.js';
import { PATIENCE } from '../../../../activities/procedures/patiently.js';
import type { VenueAccount } from '../../../../activities/ports.js';
import type { VenueId } from '../../../../sandbox/venues/index.js';
import { openBench, rejectsAs, type Bench } from '../bench.js';
import { recordedCase } from './cases.js';
import { openRecording } from './recorded.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());

const PACE = { patience: PATIENCE.looking, beat: () => undefined, nowMs: Date.now };

async function readingOf(account: VenueAccount, sinceMs = 0) {
  const reading = { sinceMs, thorough: false, cashAssets: [], orderIdPrefix: 'rl-', live: false };
  const [truth] = await readVenues([account], reading, PACE);
  assert.ok(truth?.readable === true, JSON.stringify(truth));
  return truth;
}

const leftApart = (gaps: readonly unknown[]) =>
  gaps.map(String).filter((gap) => gap.startsWith('left apart'));

const UNLISTED = 'its instrument is not one that the venue lists';

const ORDERS: Partial<Record<VenueId, { path: string; file: string; left: string[] }>> = {
  kraken: {
    path: '/OpenOrders',
    file: 'OpenOrders-stock-by-hand',
    left: [`left apart: 1 order on AAPLxUSD: ${UNLISTED}`],
  },
  binanceusdm: { path: '/openOrders', file: 'openOrders-NEW_INSURANCE', left: [] },
  krakenfutures: { path: '/openorders', file: 'openorders-without-unfilledSize', left: [] },
};

for (const [id, { path, file, left }] of Object.entries(ORDERS)) {
  const venue = id as VenueId;
  test(`${venue}: our order is read beside ${file}`, async () => {
    const { account, answer } = openRecording(bench, venue);
    answer(path, recordedCase(venue, file));
    const { orders, gaps } = await readingOf(account);
    assert.ok(orders.some(({ clientOrderId }) => clientOrderId === 'rl-1'));
    assert.deepEqual(leftApart(gaps), left);
  });
}

test('krakenfutures: a trigger of a whole position is one, beside the limit order', async () => {
  const { account, answer } = openRecording(bench, 'krakenfutures');
  answer('/openorders', recordedCase('krakenfutures', 'openorders-without-unfilledSize'));
  const trigger = (await account.openOrders()).find((one) => one.venueOrderId === 'A-TP');
  const { quantity, reduceOnly, conditional, triggerPrice } = trigger ?? {};
  assert.deepEqual([quantity, reduceOnly, conditional, triggerPrice], ['0', true, true, '80000.5']);
});

test('kraken: a row of ours that is not understood is not left apart', async () => {
  const { account, answer } = openRecording(bench, 'kraken');
  const text = recordedCase('kraken', 'OpenOrders-stock-by-hand');
  answer('/OpenOrders', text.replace('"XBTUSD"', '"NEWxUSD"'));
  const reading = { sinceMs: 0, thorough: false, cashAssets: [], orderIdPrefix: 'rl-', live: true };
  const [truth] = await readVenues([account], reading, { ...PACE, patience: PATIENCE.optional });
  assert.equal(truth?.readable, false);
});

test('kraken: an order in quote is not read as one in base, and is told', async () => {
  const { account, answer } = openRecording(bench, 'kraken');
  answer('/OpenOrders', recordedCase('kraken', 'OpenOrders-viqc'));
  const { orders, gaps } = await readingOf(account);
  assert.deepEqual(orders, []);
  assert.deepEqual(gaps, ['left apart: 1 order on XBTUSD: its volumes are in quote']);
});

test('kraken: a relative take-profit is told from a stop', async () => {
  const { account, answer } = openRecording(bench, 'kraken');
  answer('/OpenOrders', recordedCase('kraken', 'OpenOrders-relative-take-profit'));
  const [order] = await account.openOrders();
  const { type, conditional, triggerPrice } = order ?? {};
  assert.deepEqual([type, conditional, triggerPrice], ['take-profit', true, undefined]);
});

const FILLS = [
  {
    venue: 'kraken',
    path: '/TradesHistory',
    file: 'TradesHistory-delisted-pair',
    read: ['T-1'],
    left: [`left apart: 1 fill on MATICUSD: ${UNLISTED}`],
  },
  {
    venue: 'coinbase',
    path: '/historical/fills',
    file: 'fills-future-row',
    read: ['t1'],
    left: [`left apart: 1 fill on BIT-28NOV26-CDE: ${UNLISTED}`],
  },
  {
    venue: 'krakenfutures',
    path: '/fills',
    file: 'fills-unlisted-contract',
    read: [],
    left: [`left apart: 1 fill on PF_NEWUSD: ${UNLISTED}`],
  },
] as const;

for (const { venue, path, file, read, left } of FILLS) {
  test(`${venue}: fills of what is not listed are told apart, as in ${file}`, async () => {
    const { account, answer } = openRecording(bench, venue);
    answer(path, recordedCase(venue, file));
    const { fills, gaps } = await readingOf(account);
    assert.deepEqual(
      fills.map(({ tradeId }) => tradeId),
      read,
    );
    assert.deepEqual(leftApart(gaps), left);
  });
}

test('krakenfutures: a fill of a type that nobody has read is told apart', async () => {
  const { account, answer } = openRecording(bench, 'krakenfutures');
  const text = recordedCase('krakenfutures', 'fills-pnl-in-btc');
  answer('/fills', text.replace('"taker"', '"novated"'));
  const { rows, apart } = await account.fillsSince(0);
  assert.deepEqual(rows, []);
  assert.match(apart?.[0]?.why ?? '', /fillType "novated" of a fill is not known/);
});

test('krakenfutures: a sign beside a side is refused, whichever side it is', async () => {
  const { account, answer } = openRecording(bench, 'krakenfutures');
  const text = recordedCase('krakenfutures', 'openpositions-signed-short');
  for (const side of ['short', 'long']) {
    answer('/openpositions', text.replace('"short"', `"${side}"`));
    await rejectsAs(account.positions(), ['VenueUnreadable']);
  }
});

const POSITIONS = {
  binanceusdm: {
    path: '/positionRisk',
    text: `[{"symbol":"NEWUSDT","positionSide":"BOTH","positionAmt":"2","notional":"2","entryPrice":"1"},
{"symbol":"BTCUSDT","positionSide":"BOTH","positionAmt":"1","notional":"60000","entryPrice":"60000"}]`,
  },
  krakenfutures: {
    path: '/openpositions',
    text: `{"result":"success","openPositions":[
{"side":"long","symbol":"PF_NEWUSD","price":1,"size":2},
{"side":"long","symbol":"PF_XBTUSD","price":60000,"size":1}]}`,
  },
  kraken: {
    path: '/OpenPositions',
    text: `{"error":[],"result":{
"T-1":{"pair":"NEWUSD","type":"buy","vol":"2","vol_closed":"0","cost":"2"},
"T-2":{"pair":"XXBTZUSD","type":"buy","vol":"1","vol_closed":"0","cost":"60000"}}}`,
  },
} as const;

for (const [id, { path, text }] of Object.entries(POSITIONS)) {
  const venue = id as keyof typeof POSITIONS;
  test(`${venue}: a position of what is not listed is told, and ours is read`, async () => {
    const { account, answer } = openRecording(bench, venue);
    answer(path, text);
    const { positions, gaps } = await readingOf(account);
    assert.deepEqual(
      positions.map(({ quantity }) => quantity),
      ['1'],
    );
    assert.match(gaps.map(String).join(), /left apart: 1 position on .*NEW/);
    await rejectsAs(account.positions(), ['VenueUnreadable']);
  });
}

test('kraken: a pair that was listed since is found by loading the markets again', async () => {
  const { account, answer, asked } = openRecording(bench, 'kraken');
  const listing = await fetch(`${bench.venues.urls.kraken}/0/public/AssetPairs`);
  const pairs = (await listing.json()) as { result: Record<string, object> };
  await account.balances();
  const pair = { ...pairs.result['XXBTZUSD'], altname: 'NEWUSD', wsname: 'NEW/USD', base: 'NEW' };
  answer('/AssetPairs', JSON.stringify({ ...pairs, result: { ...pairs.result, NEWUSD: pair } }));
  answer('/TradesHistory', recordedCase('kraken', 'TradesHistory-pair-listed-since'));
  answer('/Ledgers', '{"error":[],"result":{"ledger":{},"count":0}}');
  // The markets were loaded a moment ago: that often they are not loaded again.
  const at = performance.now.bind(performance);
  performance.now = () => at() + 61_000;
  try {
    const { rows } = await account.fillsSince(0);
    assert.deepEqual(
      rows.map(({ instrument }) => instrument),
      ['NEW/USD'],
    );
    await account.fillsSince(0);
    assert.equal(asked('/AssetPairs').length, 1);
  } finally {
    performance.now = at;
  }
});
