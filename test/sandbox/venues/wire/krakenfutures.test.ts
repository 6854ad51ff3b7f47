/** Orders, fills, positions and refusals at the simulated Kraken Futures, as ccxt reads them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Exchange } from 'ccxt';
import { ccxt } from '../../../../clients/exchange/connection/ccxt.js';
import type { VenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import type { RunningVenues } from '../../../../sandbox/venues/index.js';
import { connect, exact } from '../connect.js';
import { openVenue } from './open-venue.js';

const {
  AuthenticationError,
  DuplicateOrderId,
  InsufficientFunds,
  OrderImmediatelyFillable,
  OrderNotFound,
} = ccxt;

const VENUE = 'krakenfutures';
const SYMBOL = 'BTC/USD:USD';

let venues: RunningVenues;
let admin: VenueAdmin;
let exchange: Exchange;

before(async () => {
  ({ venues, admin, exchange } = await openVenue(VENUE, 'krakenfutures'));
});

after(() => venues.close());

const ledger = async () => (await admin.ledger()).venues[VENUE];

const place = (
  id: string,
  terms: { side?: 'buy' | 'sell'; price?: number; params?: object } = {},
) =>
  exchange.createOrder(SYMBOL, 'limit', terms.side ?? 'buy', 0.5, terms.price ?? 59000, {
    cliOrdId: id,
    ...terms.params,
  });

async function myFills() {
  const { entries } = await admin.journal();
  return entries.flatMap((row) => (row.kind === 'fill' && row.venue === VENUE ? [row] : []));
}

test('knows linear perpetuals settled in dollars, with sane steps', () => {
  const market = exchange.market(SYMBOL);
  assert.deepEqual(
    [market.id, market.type, market.linear, market.settle, market.active],
    ['PF_XBTUSD', 'swap', true, 'USD', true],
  );
  assert.deepEqual(
    [exact(market.precision.amount), exact(market.precision.price), exact(market.contractSize)],
    ['0.0001', '0.01', '1'],
  );
});

test('an open order reads as the ledger has it, and a part fill shows', async () => {
  const { id } = await place('open-1');
  const [own] = (await ledger()).openOrders;
  assert.deepEqual([own?.venueOrderId, own?.clientOrderId], [id, 'open-1']);
  await admin.fillOrder({ venue: VENUE, clientOrderId: 'open-1', quantity: '0.2' });
  const [read] = await exchange.fetchOpenOrders(SYMBOL);
  assert.deepEqual(
    [read?.id, read?.clientOrderId, read?.side, exact(read?.amount), exact(read?.filled)],
    [id, 'open-1', 'buy', '0.5', '0.2'],
  );
  // ccxt leaves the price out; the venue does not.
  assert.ok(read);
  assert.equal((read.info as { limitPrice: number }).limitPrice, 59000);
  const found = await exchange.fetchOrder(String(id));
  assert.deepEqual(
    [found.status, exact(found.filled), exact(found.amount)],
    ['open', '0.2', '0.5'],
  );
  await exchange.cancelOrder(String(id));
  assert.deepEqual((await ledger()).openOrders, []);
  assert.equal((await exchange.fetchOrder(String(id))).status, 'canceled');
  await assert.rejects(exchange.cancelOrder(String(id)), OrderNotFound);
});

test('looks orders up by client id, by GET and by POST, and forgets those long done', async () => {
  const { id } = await place('looked-up');
  const byGet = await exchange.fetchOrders(undefined, undefined, undefined, {
    orderIds: [],
    cliOrdIds: ['looked-up'],
  });
  assert.deepEqual(
    byGet.map((order) => order.id),
    [id],
  );
  const ask = exchange.sign('orders/status', 'private', 'POST', {
    orderIds: [id, 'unknown'],
  }) as { url: string; headers: Record<string, string> };
  const answer = await fetch(ask.url, { method: 'POST', headers: ask.headers });
  const { orders } = (await answer.json()) as { orders: { order: { orderId: string } }[] };
  assert.deepEqual(
    orders.map(({ order }) => order.orderId),
    [id],
  );
  await exchange.cancelOrder(String(id));
  await admin.setFault({ venue: VENUE, endpoint: 'order', kind: 'clock-skew', skewMs: 6000 });
  await assert.rejects(exchange.fetchOrder(String(id)), OrderNotFound);
  await admin.clearFaults();
});

test("fills, positions and balances are the ledger's", async () => {
  await exchange.createOrder(SYMBOL, 'market', 'sell', 1.5);
  await exchange.createOrder('ETH/USD:USD', 'market', 'buy', 2);
  const fills = await myFills();
  const trades = await exchange.fetchMyTrades();
  assert.equal(trades.length, fills.length);
  for (const fill of fills) {
    const trade = trades.find(({ id }) => id === fill.venueTradeId);
    assert.deepEqual(
      [trade?.symbol, trade?.order, trade?.side, trade?.takerOrMaker, trade?.timestamp],
      [fill.instrument, fill.venueOrderId, fill.side, fill.liquidity, fill.timeMs],
    );
    assert.deepEqual(
      [exact(trade?.price), exact(trade?.amount), exact(trade?.fee?.cost)],
      [fill.price, fill.quantity, fill.fee],
    );
  }
  const { positions, balances } = await ledger();
  const read = await exchange.fetchPositions();
  for (const position of positions) {
    const row = read.find(({ symbol }) => symbol === position.instrument);
    const sign = row?.side === 'short' ? '-' : '';
    assert.deepEqual(
      [sign + exact(row?.contracts), exact(row?.entryPrice)],
      [position.quantity, position.averagePrice],
    );
  }
  const balance = await exchange.fetchBalance();
  assert.deepEqual(
    [exact(balance.USD?.total), exact(balance.USD?.free), exact(balance.USD?.used)],
    [balances.USD?.total, balances.USD?.free, balances.USD?.used],
  );
});

test('pages of fills go back in time by the last fill time', async () => {
  for (let count = 0; count < 120; count += 1) {
    await admin.placeOrder({
      venue: VENUE,
      instrument: SYMBOL,
      side: 'buy',
      type: 'market',
      quantity: '0.0001',
    });
  }
  const seen = new Set<string | undefined>();
  let lastFillTime: string | undefined;
  for (;;) {
    const params = lastFillTime === undefined ? {} : { lastFillTime };
    // The parameter is strict, so fills of the same millisecond need the next one.
    const page = await exchange.fetchMyTrades(undefined, undefined, undefined, params);
    assert.ok(page.length <= 100);
    const before = seen.size;
    for (const trade of page) seen.add(trade.id);
    if (seen.size === before) break;
    lastFillTime = new Date(Number(page[0]?.timestamp) + 1).toISOString();
  }
  assert.equal(seen.size, (await myFills()).length);
});

test('refuses as the venue words it', async () => {
  await place('twice');
  await assert.rejects(place('twice'), DuplicateOrderId);
  const post = { params: { postOnly: true } };
  await assert.rejects(place('crosses', { price: 60100, ...post }), OrderImmediatelyFillable);
  await assert.rejects(
    exchange.createOrder(SYMBOL, 'limit', 'buy', 900_000, 59000),
    InsufficientFunds,
  );
  await assert.rejects(
    exchange.createOrder('ETH/USD:USD', 'market', 'buy', 1, undefined, { reduceOnly: true }),
    /wouldNotReducePosition/,
  );
  const { writes } = await admin.requests();
  const reasons = writes.flatMap((row) => (row.venue === VENUE && row.reason ? [row.reason] : []));
  for (const reason of ['duplicate-client-order-id', 'post-only-would-cross']) {
    assert.ok(reasons.includes(reason), reasons.join(', '));
  }
  const wrong = connect(venues, VENUE, { ...venues.credentials[VENUE], secret: 'd3Jvbmc=' });
  await assert.rejects(wrong.fetchBalance(), AuthenticationError);
});

test('the history tells closed from cancelled orders, page by page', async () => {
  await place('kept', { price: 58000 });
  await admin.fillOrder({ venue: VENUE, clientOrderId: 'kept' });
  const closed = await exchange.fetchClosedOrders(SYMBOL);
  const kept = closed.find((order) => order.clientOrderId === 'kept');
  assert.deepEqual([kept?.status, exact(kept?.filled)], ['closed', '0.5']);
  const cancelled = await exchange.fetchCanceledOrders(SYMBOL);
  assert.ok(cancelled.some((order) => order.clientOrderId === 'looked-up'));
  const events = new Set<string>();
  let token: string | undefined;
  do {
    const answer = (await call('historyGetOrders', {
      count: 7,
      ...(token === undefined ? {} : { continuation_token: token }),
    })) as { elements: { uid: string }[]; continuationToken?: string };
    for (const { uid } of answer.elements) events.add(uid);
    token = answer.continuationToken;
  } while (token !== undefined);
  const whole = (await call('historyGetOrders', {})) as { elements: unknown[] };
  assert.equal(events.size, whole.elements.length);
});

test("the account log ends with the ledger's balance, and executions are its fills", async () => {
  await admin.transfer({ venue: VENUE, asset: 'USD', amount: '-12.5' });
  const rows = await exchange.fetchLedger('USD');
  const { balances } = await ledger();
  const newest = rows.at(-1);
  assert.deepEqual([newest?.type, newest?.direction], ['transfer', 'out']);
  assert.equal(exact(newest?.after), balances.USD?.total);
  const fills = await myFills();
  const trades = await exchange.fetchLedger('USD', undefined, undefined, { info: 'futures trade' });
  assert.equal(trades.length, Math.min(fills.length, 250));
  const { elements } = (await call('historyGetExecutions', {})) as {
    elements: { event: { Execution: { execution: { uid: string } } } }[];
  };
  assert.deepEqual(
    new Set(elements.map(({ event }) => event.Execution.execution.uid)),
    new Set(fills.map((fill) => fill.venueTradeId)),
  );
});

test('reads the market', async () => {
  assert.equal(exact((await exchange.fetchTicker(SYMBOL)).last), '60000');
  const tickers = await exchange.fetchTickers();
  assert.equal(exact(tickers[SYMBOL]?.markPrice), '60000');
  const candles = await exchange.fetchOHLCV(SYMBOL, '1m', undefined, 120);
  assert.ok(candles.length >= 119);
  assert.equal(exact(candles.at(-1)?.[4]), '60000');
});

test('cancels all of one market, all of all, and all after a while', async () => {
  await exchange.createOrder('ETH/USD:USD', 'limit', 'buy', 1, 2000);
  await place('rests', { price: 50000 });
  await exchange.cancelAllOrders(SYMBOL);
  assert.equal((await ledger()).openOrders.length, 1);
  await exchange.cancelAllOrders();
  assert.deepEqual((await ledger()).openOrders, []);
  await place('orphan', { price: 50000 });
  await exchange.cancelAllOrdersAfter(1000);
  while ((await ledger()).openOrders.length > 0) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { entries } = await admin.journal();
  const last = entries.at(-1);
  assert.ok(last?.kind === 'order-cancelled');
  assert.equal(last.reason, 'dead-man-switch');
});

async function call(method: string, params: object): Promise<unknown> {
  const methods = exchange as unknown as Record<string, (params: object) => Promise<unknown>>;
  const found = methods[method];
  assert.ok(found, method);
  return found.call(exchange, params);
}
