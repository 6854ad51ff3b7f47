/**
 * Margin at the simulated Kraken: positions, their trades, profit, fees, interest and forced
 * closes.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Exchange } from 'ccxt';
import type { VenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import type { RunningVenues } from '../../../../sandbox/venues/index.js';
import { decimal } from '../../../../sandbox/venues/decimal.js';
import { exact } from '../connect.js';
import { openVenue } from './open-venue.js';

const VENUE = 'kraken';
const SYMBOL = 'BTC/USD';
const MARGIN = 'BTC/USD@margin';

let venues: RunningVenues;
let admin: VenueAdmin;
let exchange: Exchange;

before(async () => {
  ({ venues, admin, exchange } = await openVenue(VENUE, 'kraken-margin'));
});

after(() => venues.close());

interface PositionRow {
  vol: string;
  vol_closed: string;
  cost: string;
  margin: string;
  leverage: string;
  type: string;
}

const trade = (side: 'buy' | 'sell', amount: string) =>
  exchange.createOrder(SYMBOL, 'market', side, amount as unknown as number, undefined, {
    leverage: '20',
  });

async function sameAsLedger(): Promise<void> {
  const { positions } = (await admin.ledger()).venues[VENUE];
  const read = await exchange.fetchPositions();
  assert.equal(read.length, positions.length);
  for (const own of positions) {
    const row = read.find(({ symbol }) => `${symbol}@margin` === own.instrument);
    const info = row?.info as PositionRow;
    const left = decimal(info.vol).minus(info.vol_closed);
    const signed = info.type === 'sell' ? left.negated() : left;
    assert.equal(signed.toFixed(), own.quantity);
    assert.equal(decimal(info.cost).div(info.vol).toFixed(), own.averagePrice);
    assert.equal(info.leverage, '20.00000');
    assert.equal(decimal(info.cost).div(20).toFixed(), decimal(info.margin).toFixed());
  }
}

test('a position opens, grows, shrinks, turns and closes as the ledger has it', async () => {
  const coins = (await admin.ledger()).venues[VENUE].balances.BTC?.total;
  await trade('buy', '2');
  await sameAsLedger();
  await admin.setPrice({ underlying: 'BTC', price: '61000' });
  await trade('buy', '1');
  await sameAsLedger();
  await trade('sell', '1.25');
  const [shrunk] = await exchange.fetchPositions();
  const info = shrunk?.info as PositionRow;
  assert.deepEqual([exact(info.vol), exact(info.vol_closed)], ['3', '1.25']);
  await sameAsLedger();
  await trade('sell', '3');
  await sameAsLedger();
  assert.equal((await exchange.fetchPositions())[0]?.side, 'short');
  await trade('buy', '1.25');
  assert.deepEqual(await exchange.fetchPositions(), []);
  // Margin moves no coins.
  assert.equal((await admin.ledger()).venues[VENUE].balances.BTC?.total, coins);
});

test('trades say which opened a position and which closed one, and open orders their leverage', async () => {
  const rows = (await exchange.fetchMyTrades(SYMBOL)).map(
    (row) => row.info as Record<string, string>,
  );
  assert.deepEqual(
    rows.map(({ posstatus, misc }) => posstatus ?? misc),
    ['closed', 'closed', 'closing', 'closed', 'closing'],
  );
  const params = { leverage: '20', cl_ord_id: 'levered' };
  await exchange.createOrder(SYMBOL, 'limit', 'buy', 1, 50000, params);
  const [order] = await exchange.fetchOpenOrders(SYMBOL);
  assert.ok(order);
  assert.equal((order.info as { descr: { leverage: string } }).descr.leverage, '20:1');
  assert.equal(order.symbol, SYMBOL);
  await exchange.cancelAllOrders();
  await assert.rejects(
    exchange.createOrder(SYMBOL, 'limit', 'buy', 1, 50000, { leverage: '7' }),
    /Invalid arguments/,
  );
});

test('a reduce-only order needs a position', async () => {
  const params = { leverage: '20', reduceOnly: true };
  await assert.rejects(exchange.createOrder(SYMBOL, 'market', 'sell', 1, undefined, params));
  await trade('buy', '1');
  await exchange.createOrder(SYMBOL, 'market', 'sell', 1, undefined, params);
  assert.deepEqual(await exchange.fetchPositions(), []);
});

test('unconsolidated positions are keyed by the trade that opened them', async () => {
  await trade('sell', '0.5');
  const raw = exchange as unknown as {
    privatePostOpenPositions: (params: object) => Promise<{ result: Record<string, PositionRow> }>;
  };
  const { result } = await raw.privatePostOpenPositions({});
  const newest = (await exchange.fetchMyTrades(SYMBOL)).at(-1);
  assert.deepEqual(Object.keys(result), [newest?.id]);
  assert.equal(Object.values(result)[0]?.type, 'sell');
  await trade('buy', '0.5');
});

test('margin profit, fees and interest are in the ledger entries', async () => {
  const { balances } = (await admin.ledger()).venues[VENUE];
  const [first] = await exchange.fetchLedger('USD', undefined, 1);
  assert.ok(first);
  const all = await exchange.fetchLedger('USD');
  assert.equal(exact(all.at(-1)?.after), balances.USD?.total);
  const { entries } = await admin.journal();
  const fills = entries.filter((row) => row.kind === 'fill' && row.instrument === MARGIN);
  assert.equal(all.filter(({ type }) => type === 'margin').length, fills.length);
});

test("a forced close is a trade marked so, of an order of the venue's own", async () => {
  await trade('buy', '1');
  await admin.liquidate({ venue: VENUE, instrument: MARGIN, cause: 'liquidation', fee: '30' });
  assert.deepEqual(await exchange.fetchPositions(), []);
  const newest = (await exchange.fetchMyTrades(SYMBOL)).at(-1);
  assert.ok(newest);
  assert.match((newest.info as { misc: string }).misc, /liquidation/);
  const order = await exchange.fetchOrder(String(newest.order));
  assert.equal((order.info as { misc: string }).misc, 'liquidated');
  await admin.recordCashFlow({ venue: VENUE, flow: 'interest', asset: 'USD', amount: '-0.02' });
  const rollovers = await exchange.fetchLedger('USD', undefined, undefined, { type: 'rollover' });
  assert.deepEqual(
    rollovers.map(({ direction, amount }) => [direction, exact(amount)]),
    [['out', '0.02']],
  );
});
