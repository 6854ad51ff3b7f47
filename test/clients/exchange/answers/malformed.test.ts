/** Answers of status 200 that are not what was asked for: none of them may read as "nothing". */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { VenueAccount } from '../../../../activities/ports.js';
import { isLocal } from '../../../../clients/exchange/settings.js';
import { VENUE_IDS, type VenueId } from '../../../../sandbox/venues/index.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { INSTRUMENTS, openBench, rejectsAs, type Bench } from '../bench.js';
import { openTwist, type Twist } from './twist.js';

let bench: Bench;
const twists = new Map<VenueId, { twist: Twist; account: VenueAccount; open: Order }>();
before(async () => {
  bench = await openBench();
  for (const venue of VENUE_IDS) {
    const twist = await openTwist(bench.venues.urls[venue]);
    const account = bench.account(venue, { url: twist.url, timeoutMs: 2_000 });
    const open = await bench.place(venue, { id: 'rl-open' });
    await bench.place(venue, { id: 'rl-filled' });
    await bench.admin.fillOrder({ venue, clientOrderId: 'rl-filled' });
    await account.marks();
    twists.set(venue, { twist, account, open });
  }
});
afterEach(() => twists.forEach(({ twist }) => twist.off()));
after(async () => {
  twists.forEach(({ twist }) => twist.close());
  await bench.venues.close();
});

function at(venue: VenueId) {
  const found = twists.get(venue);
  assert.ok(found);
  return found;
}

/** With the read's endpoint replaced, the read fails; without, it works. */
async function unreadable(
  venue: VenueId,
  path: string,
  read: (account: VenueAccount) => Promise<unknown>,
  change: (body: unknown) => unknown,
) {
  const { twist, account } = at(venue);
  twist.on(path, change);
  const said = await rejectsAs(read(account), ['VenueUnreadable']);
  twist.off();
  await read(account);
  return said;
}

type Row = Record<string, unknown>;
const without = (row: Row, field: string) =>
  Object.fromEntries(Object.entries(row).filter(([key]) => key !== field));
/** The field dropped from every row, of a list or of a record by id. */
const strip = (rows: unknown, field: string): unknown =>
  Array.isArray(rows)
    ? (rows as Row[]).map((row) => without(row, field))
    : Object.fromEntries(
        Object.entries(rows as Record<string, Row>).map(([id, row]) => [id, without(row, field)]),
      );

const NO_REFUSALS = [
  { msg: 'Service unavailable' },
  { code: 0 },
  { code: 200, msg: 'success' },
  { code: '200', msg: 'success' },
];

for (const body of NO_REFUSALS) {
  test(`Binance's ${JSON.stringify(body)} is no answer to any read or write`, async () => {
    const usdm = 'binanceusdm';
    const change = () => body;
    await unreadable(usdm, '/positionRisk', (account) => account.positions(), change);
    await unreadable(usdm, '/fapi/v3/account', (account) => account.balances(), change);
    await unreadable(usdm, '/openOrders', (account) => account.openOrders(), change);
    await unreadable(usdm, '/openAlgoOrders', (account) => account.openOrders(), change);
    await unreadable(usdm, '/userTrades', (account) => account.fillsSince(0), change);
    await unreadable(usdm, '/order', (account) => account.lookUp(at(usdm).open), change);
    await unreadable('binance', '/api/v3/account', (account) => account.balances(), change);
    await unreadable('binance', '/ticker/24hr', async (account) => account.marks(), change);
    const { twist, account, open } = at(usdm);
    twist.on('/countdownCancelAll', change);
    twist.on('/order', change);
    await rejectsAs(account.armDeadManSwitch(60_000), ['OutcomeUnknown']);
    await rejectsAs(account.cancel(open), ['OutcomeUnknown']);
  });
}

test('a refusal with status 200 is still read by its code', async () => {
  const { twist, account, open } = at('binance');
  twist.on('/openOrders', () => ({ code: -2014, msg: 'API-key format invalid.' }));
  await rejectsAs(account.openOrders(), ['VenueRefused']);
  twist.on('/order', () => ({ code: -2013, msg: 'Order does not exist.' }));
  const lost = { ...open, venueOrderId: null };
  assert.deepEqual(await account.lookUp(lost), { outcome: 'absent' });
});

test("Kraken's empty result is no answer but for balances", async () => {
  const lost = { ...at('kraken').open, clientOrderId: 'rl-lost', venueOrderId: null };
  for (const result of [{}, { open: [], closed: [], trades: [] }, []]) {
    const change = () => ({ error: [], result });
    await unreadable('kraken', '/OpenOrders', (account) => account.openOrders(), change);
    await unreadable('kraken', '/TradesHistory', (account) => account.fillsSince(0), change);
    await unreadable('kraken', '/OpenOrders', (account) => account.lookUp(lost), change);
    await unreadable('kraken', '/ClosedOrders', (account) => account.lookUp(lost), change);
  }
  const change = () => ({ error: [], result: {} });
  const byId = { ...at('kraken').open, clientOrderId: 'rl-lost' };
  await unreadable('kraken', '/QueryOrders', (account) => account.lookUp(byId), change);
  await unreadable('kraken', '/Ticker', async (account) => account.marks(), change);
  const { twist, account } = at('kraken');
  twist.on('/BalanceEx', change);
  assert.deepEqual(await account.balances(), []);
  twist.off();
  twist.on('/BalanceEx', () => ({ error: [], result: [] }));
  await rejectsAs(account.balances(), ['VenueUnreadable']);
});

test('a Coinbase wallet beyond the first page does not count as zero', async () => {
  const change = (body: unknown) => ({ ...(body as object), has_next: true, cursor: 'next' });
  await unreadable('coinbase', '/brokerage/accounts', (account) => account.balances(), change);
});

test('a position row without an amount, a sign or an entry price is not flat', async () => {
  for (const field of ['symbol', 'positionAmt', 'entryPrice', 'notional']) {
    const change = (body: unknown) => strip(body, field);
    await unreadable('binanceusdm', '/positionRisk', (account) => account.positions(), change);
  }
});

test('a row without a field that ccxt filters by is not dropped', async () => {
  const fills = (account: VenueAccount) => account.fillsSince(1);
  const inResult = (key: string, field: string) => (body: unknown) => {
    const { result } = body as { result: Row };
    return { error: [], result: { ...result, [key]: strip(result[key], field) } };
  };
  const inKey = (key: string, field: string) => (body: unknown) => ({
    ...(body as Row),
    [key]: strip((body as Row)[key], field),
  });
  await unreadable('binance', '/myTrades', fills, (body) => strip(body, 'time'));
  await unreadable('binanceusdm', '/userTrades', fills, (body) => strip(body, 'time'));
  await unreadable('kraken', '/TradesHistory', fills, inResult('trades', 'time'));
  await unreadable('coinbase', '/historical/fills', fills, inKey('fills', 'trade_time'));
  const balances = (account: VenueAccount) => account.balances();
  for (const field of ['asset', 'free', 'locked']) {
    await unreadable('binance', '/api/v3/account', balances, inKey('balances', field));
  }
  for (const field of ['type', 'hold', 'available_balance']) {
    await unreadable('coinbase', '/brokerage/accounts', balances, inKey('accounts', field));
  }
  for (const field of ['asset', 'walletBalance']) {
    await unreadable('binanceusdm', '/fapi/v3/account', balances, inKey('assets', field));
  }
  const lookUp = (account: VenueAccount) =>
    account.lookUp({ ...at('coinbase').open, venueOrderId: null });
  for (const field of ['client_order_id', 'created_time']) {
    await unreadable('coinbase', '/historical/batch', lookUp, inKey('orders', field));
  }
});

test('no row of the newer endpoints is lost or half read', async () => {
  const usdm = 'binanceusdm';
  await bench.place(usdm, {
    id: 'rl-stop',
    side: 'sell',
    type: 'market',
    trigger: { kind: 'stop', price: '1000' },
  });
  await bench.admin.transfer({ venue: usdm, asset: 'USDT', amount: '5' });
  await bench.admin.transfer({ venue: 'kraken', asset: 'USD', amount: '5' });
  const margin = { instrument: 'BTC/USD@margin', type: 'market', quantity: '0.5' } as const;
  await bench.place('kraken', margin);
  const instrument = INSTRUMENTS[usdm].btc;
  await bench.admin.liquidate({ venue: usdm, instrument, quantity: '0.01', cause: 'liquidation' });
  const orders = (account: VenueAccount) => account.openOrders();
  const fills = (account: VenueAccount) => account.fillsSince(Date.now() - 600_000);
  const flows = (account: VenueAccount) => account.cashFlowsSince(Date.now() - 600_000);
  for (const field of ['algoId', 'symbol', 'side', 'algoStatus', 'orderType']) {
    await unreadable(usdm, '/openAlgoOrders', orders, (body) => strip(body, field));
  }
  for (const field of ['orderId', 'symbol', 'clientOrderId']) {
    await unreadable(usdm, '/forceOrders', fills, (body) => strip(body, field));
  }
  for (const field of ['incomeType', 'asset', 'tranId', 'income', 'time']) {
    await unreadable(usdm, '/income', flows, (body) => strip(body, field));
  }
  const inResult = (change: (result: Row) => unknown) => (body: unknown) => ({
    error: [],
    result: change((body as { result: Row }).result),
  });
  for (const field of ['pair', 'type', 'vol', 'vol_closed', 'cost']) {
    const change = inResult((result) => strip(result, field));
    await unreadable('kraken', '/OpenPositions', (account) => account.positions(), change);
  }
  for (const field of ['type', 'asset', 'amount', 'fee', 'time']) {
    const change = inResult((result) => ({ ...result, ledger: strip(result['ledger'], field) }));
    await unreadable('kraken', '/Ledgers', flows, change);
  }
});

test('of an open order nothing is invented that its row does not tell', async () => {
  for (const field of ['symbol', 'side', 'origQty', 'executedQty', 'orderId', 'status']) {
    const change = (body: unknown) => strip(body, field);
    const said = await unreadable('binance', '/openOrders', (a) => a.openOrders(), change);
    assert.match(said, /order row without a valid side|malformed answer from api\/openOrders/);
  }
});

test('only this machine and containers go without a request budget', () => {
  const free = ['http://127.0.0.1:1', 'http://localhost:1', 'http://[::1]:1', 'http://venues:1'];
  const limited = ['https://gateway.example.com', 'http://10.0.0.7:1', 'http://[2001:db8::1]:1'];
  assert.deepEqual(free.filter(isLocal), free);
  assert.deepEqual(limited.filter(isLocal), []);
  assert.equal(isLocal(null), false);
});
