/**
 * What happens to an account at Kraken Futures without an order of the client's: triggers, funding,
 * liquidation.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Exchange } from 'ccxt';
import type { VenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import type { RunningVenues } from '../../../../sandbox/venues/index.js';
import { exact } from '../connect.js';
import { openVenue } from './open-venue.js';

const VENUE = 'krakenfutures';
const SYMBOL = 'BTC/USD:USD';

let venues: RunningVenues;
let admin: VenueAdmin;
let exchange: Exchange;

before(async () => {
  ({ venues, admin, exchange } = await openVenue(VENUE, 'krakenfutures-events'));
});

after(() => venues.close());

const conditional = (id: string, params: object, price?: number) =>
  exchange.createOrder(SYMBOL, price === undefined ? 'market' : 'limit', 'sell', 0.5, price, {
    cliOrdId: id,
    ...params,
  });

test('triggers are listed with their price, and become orders when they are reached', async () => {
  await exchange.createOrder(SYMBOL, 'market', 'buy', 2);
  await conditional('stop', { stopLossPrice: '58000' });
  await conditional('target', { takeProfitPrice: '64000' });
  await conditional('stop-limit', { triggerPrice: '57000' }, 56000);
  const trail = { orderType: 'trailing_stop', reduceOnly: true };
  const words = { trailingStopDeviationUnit: 'PERCENT', trailingStopMaxDeviation: '10' };
  await conditional('trail', { ...trail, ...words });
  const open = await exchange.fetchOpenOrders(SYMBOL);
  const listed = new Map(open.map((order) => [order.clientOrderId, order]));
  const expected = { stop: 58000, target: 64000, 'stop-limit': 57000, trail: 54000 };
  for (const [id, price] of Object.entries(expected)) {
    assert.equal(exact(listed.get(id)?.triggerPrice), String(price), id);
  }
  assert.deepEqual(
    ['stop', 'target', 'trail'].map((id) => listed.get(id)?.type),
    ['stop', 'take_profit', 'trailing_stop'],
  );
  const stop = listed.get('stop');
  const waiting = await exchange.fetchOrder(String(stop?.id));
  assert.deepEqual([waiting.status, exact(waiting.triggerPrice)], ['open', '58000']);
  await admin.setPrice({ underlying: 'BTC', price: '57900' });
  assert.equal((await exchange.fetchOrder(String(stop?.id))).status, 'closed');
  const trade = (await exchange.fetchMyTrades(SYMBOL)).at(-1);
  assert.deepEqual([trade?.order, exact(trade?.price)], [stop?.id, '57900']);
  await exchange.cancelOrder(String(listed.get('target')?.id));
  await admin.setPrice({ underlying: 'BTC', price: '60000' });
});

test('the history of triggers tells those set off from those cancelled', async () => {
  const trigger = { trigger: true };
  const closed = await exchange.fetchClosedOrders(SYMBOL, undefined, undefined, trigger);
  // ccxt drops a trigger that filled nothing itself; the order it became is in the other history.
  assert.deepEqual(
    closed.filter((order) => order.clientOrderId === 'target'),
    [],
  );
  const orders = await exchange.fetchClosedOrders(SYMBOL);
  assert.ok(orders.some((order) => order.clientOrderId === 'stop'));
  const cancelled = await exchange.fetchCanceledOrders(SYMBOL, undefined, undefined, trigger);
  assert.deepEqual(
    cancelled.map((order) => order.clientOrderId),
    ['target'],
  );
  await exchange.cancelAllOrders();
});

test('funding and other flows are in the account log, with what they changed', async () => {
  await admin.fund({ venue: VENUE, instrument: SYMBOL, rate: '0.0001', markPrice: '60000' });
  const { cashFlows, balances } = (await admin.ledger()).venues[VENUE];
  const funding = cashFlows.find(({ flow }) => flow === 'funding');
  const [paid] = await exchange.fetchFundingHistory(SYMBOL);
  assert.deepEqual(
    [exact(paid?.amount), paid?.symbol, paid?.timestamp],
    [funding?.amount, SYMBOL, funding?.timeMs],
  );
  const { entries } = await admin.journal();
  const own = entries.find((row) => row.kind === 'cash-flow' && row.flow === 'funding');
  assert.equal(own?.venue, VENUE);
  await admin.recordCashFlow({ venue: VENUE, flow: 'interest', asset: 'USD', amount: '-1.5' });
  const rows = await exchange.fetchLedger('USD');
  const interest = rows.at(-1);
  assert.deepEqual([exact(interest?.amount), interest?.direction], ['1.5', 'out']);
  assert.equal(
    exact(interest?.after),
    exact((await admin.ledger()).venues[VENUE].balances.USD?.total),
  );
  assert.notEqual(exact(interest?.after), balances.USD?.total);
});

test("a liquidation shows in its fill and in the log, and leaves the ledger's position", async () => {
  await admin.liquidate({
    venue: VENUE,
    instrument: SYMBOL,
    quantity: '0.6',
    cause: 'liquidation',
    fee: '25',
  });
  const trade = (await exchange.fetchMyTrades(SYMBOL)).at(-1);
  const info = trade?.info as { fillType: string };
  assert.deepEqual(
    [info.fillType, trade?.side, exact(trade?.amount)],
    ['liquidation', 'sell', '0.6'],
  );
  const { positions, balances } = (await admin.ledger()).venues[VENUE];
  const [position] = await exchange.fetchPositions();
  assert.equal(exact(position?.contracts), positions[0]?.quantity);
  assert.equal(exact((await exchange.fetchBalance()).USD?.total), balances.USD?.total);
  const log = await exchange.fetchLedger('USD');
  const kinds = log.map((row) => (row.info as { info: string }).info);
  assert.ok(kinds.includes('futures liquidation') && kinds.includes('covered liquidation'));
});

test('what the market cannot take at once stays, or is dropped where it was to be immediate', async () => {
  await admin.setDepth({ venue: VENUE, instrument: SYMBOL, most: '0.2' });
  const placed = await exchange.createOrder(SYMBOL, 'limit', 'buy', 5, 60000, { cliOrdId: 'big' });
  const [rests] = await exchange.fetchOpenOrders(SYMBOL);
  const { openOrders } = (await admin.ledger()).venues[VENUE];
  assert.equal(rests?.id, placed.id);
  assert.equal(exact(rests?.filled), openOrders[0]?.filled);
  await exchange.cancelAllOrders(SYMBOL);
  const immediate = { timeInForce: 'ioc', cliOrdId: 'now' };
  await exchange.createOrder(SYMBOL, 'limit', 'buy', 5, 60000, immediate);
  assert.deepEqual(await exchange.fetchOpenOrders(SYMBOL), []);
  await assert.rejects(
    exchange.createOrder(SYMBOL, 'limit', 'buy', 1, 59000, { timeInForce: 'ioc' }),
    /iocWouldNotExecute/,
  );
});
