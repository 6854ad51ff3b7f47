/** Orders, windows, pages and limits at the simulated Kraken. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Exchange, Order } from 'ccxt';
import type { VenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import type { RunningVenues } from '../../../../sandbox/venues/index.js';
import { exact } from '../connect.js';
import { openVenue } from './open-venue.js';

const VENUE = 'kraken';
const SYMBOL = 'BTC/USD';

let venues: RunningVenues;
let admin: VenueAdmin;
let exchange: Exchange;

before(async () => {
  ({ venues, admin, exchange } = await openVenue(VENUE, 'kraken-orders'));
});

after(() => venues.close());

interface KrakenInfo {
  status: string;
  misc: string;
  vol_exec: string;
  stopprice: string;
  descr: { ordertype: string; price: string; price2: string };
}

const infoOf = (order: Order | undefined) => order?.info as KrakenInfo;
const sell = (type: string, id: string, params: object, price?: number) =>
  exchange.createOrder(SYMBOL, type, 'sell', 0.5, price, { cl_ord_id: id, ...params });

async function openOf(id: string): Promise<Order | undefined> {
  const open = await exchange.fetchOpenOrders(SYMBOL, undefined, undefined, { cl_ord_id: id });
  assert.ok(open.length <= 1);
  return open[0];
}

test('conditional orders of each kind are listed as open, with their prices', async () => {
  await sell('market', 'stop', { stopLossPrice: '58000' });
  await sell('limit', 'stop-limit', { stopLossPrice: '57500' }, 57000);
  await sell('market', 'target', { takeProfitPrice: '65000' });
  await sell('limit', 'target-limit', { takeProfitPrice: '66000' }, 66100);
  await sell('market', 'trail', { trailingPercent: '5' });
  const expected = {
    stop: ['stop-loss', '58000.00', '0'],
    'stop-limit': ['stop-loss-limit', '57500.00', '57000.00'],
    target: ['take-profit', '65000.00', '0'],
    'target-limit': ['take-profit-limit', '66000.00', '66100.00'],
    trail: ['trailing-stop', '+5.0000%', '0'],
  };
  for (const [id, words] of Object.entries(expected)) {
    const { descr, status } = infoOf(await openOf(id));
    assert.deepEqual([descr.ordertype, descr.price, descr.price2], words, id);
    assert.equal(status, 'open');
  }
  const { stopLossPrice, type, side } = (await openOf('stop')) ?? {};
  assert.deepEqual([exact(stopLossPrice), type, side], ['58000', 'market', 'sell']);
  assert.equal(infoOf(await openOf('trail')).stopprice, '57000.00000');
  const { writes } = await admin.requests();
  const placed = writes.filter((row) => row.clientOrderId === 'stop');
  assert.deepEqual(
    placed.map((row) => row.endpoint),
    ['placeConditional'],
  );
});

test('a trailing stop follows the price, and one that is set off keeps its id', async () => {
  await admin.setPrice({ underlying: 'BTC', price: '62000' });
  const trail = await openOf('trail');
  assert.equal(infoOf(trail).stopprice, '58900.00000');
  await admin.setPrice({ underlying: 'BTC', price: '58500' });
  const done = await exchange.fetchOrder(String(trail?.id));
  assert.deepEqual(
    [done.status, exact(done.filled), infoOf(done).misc],
    ['closed', '0.5', 'stopped'],
  );
  await admin.setPrice({ underlying: 'BTC', price: '57400' });
  assert.equal(await openOf('stop'), undefined);
  const limit = await exchange.fetchClosedOrders(undefined, undefined, undefined, {
    cl_ord_id: 'stop-limit',
  });
  assert.equal(limit[0]?.status, 'closed');
  await admin.setPrice({ underlying: 'BTC', price: '60000' });
});

test('a trigger that is reached already is refused, and one can be cancelled', async () => {
  await assert.rejects(sell('market', 'too-late', { stopLossPrice: '60500' }), /Invalid price/);
  const target = await openOf('target');
  await exchange.cancelOrder(String(target?.id));
  const cancelled = await exchange.fetchOrder(String(target?.id));
  assert.equal(cancelled.status, 'canceled');
});

test('part fills show, also on cancelled orders', async () => {
  const { id } = await exchange.createOrder(SYMBOL, 'limit', 'buy', 1, 55000, {
    cl_ord_id: 'part',
  });
  await admin.fillOrder({ venue: VENUE, clientOrderId: 'part', quantity: '0.25' });
  assert.equal(infoOf(await openOf('part')).vol_exec, '0.25000000');
  await exchange.cancelOrder(String(id));
  const [closed] = await exchange.fetchClosedOrders(undefined, undefined, undefined, {
    cl_ord_id: 'part',
  });
  assert.deepEqual([closed?.status, exact(closed?.filled)], ['canceled', '0.25']);
});

test('a window begins after its start', async () => {
  const trades = await exchange.fetchMyTrades(SYMBOL);
  const newest = trades.at(-1);
  const start = Number(newest?.timestamp) / 1000;
  const later = await exchange.fetchMyTrades(SYMBOL, undefined, undefined, { start });
  assert.deepEqual(later, []);
  const from = await exchange.fetchMyTrades(SYMBOL, undefined, undefined, { start: start - 0.001 });
  assert.ok(from.some(({ id }) => id === newest?.id));
});

test('ledger entries page by fifty and end with the balances', async () => {
  for (let count = 0; count < 30; count += 1) {
    const buy = { venue: VENUE, instrument: SYMBOL, side: 'buy', type: 'market' } as const;
    await admin.placeOrder({ ...buy, quantity: '0.01' });
  }
  await admin.transfer({ venue: VENUE, asset: 'USD', amount: '-7.25' });
  const seen = new Map<string | undefined, number>();
  for (let ofs = 0; ; ofs += 50) {
    const page = await exchange.fetchLedger(undefined, undefined, undefined, { ofs });
    assert.ok(page.length <= 50);
    if (page.length === 0) break;
    for (const { id } of page) seen.set(id, (seen.get(id) ?? 0) + 1);
  }
  const { entries } = await admin.journal();
  const own = entries.filter((row) => row.venue === VENUE);
  const fills = own.filter(({ kind }) => kind === 'fill');
  const flows = own.flatMap((row) => (row.kind === 'cash-flow' ? [row.cashFlowId] : []));
  assert.equal(seen.size, 2 * fills.length + flows.length);
  assert.ok(flows.every((id) => seen.has(id)));
  const { balances } = (await admin.ledger()).venues[VENUE];
  for (const asset of ['USD', 'BTC']) {
    const rows = await exchange.fetchLedger(asset);
    assert.equal(exact(rows.at(-1)?.after), balances[asset]?.total, asset);
  }
  const withdrawals = await exchange.fetchLedger('USD', undefined, undefined, {
    type: 'withdrawal',
  });
  assert.deepEqual(
    withdrawals.map((row) => [row.direction, exact(row.amount)]),
    [['out', '7.25']],
  );
});

test('the limits are worded as Kraken does', async () => {
  const refusedAs = async (fault: { kind: 'ban' | 'server-error'; status?: 504 }, text: RegExp) => {
    await admin.setFault({ venue: VENUE, endpoint: 'balance', count: 1, ...fault });
    await assert.rejects(exchange.fetchBalance(), text);
  };
  await refusedAs({ kind: 'ban' }, /EGeneral:Temporary lockout/);
  await refusedAs({ kind: 'server-error', status: 504 }, /EService:Deadline elapsed/);
  await refusedAs({ kind: 'server-error' }, /EService:Unavailable/);
});
