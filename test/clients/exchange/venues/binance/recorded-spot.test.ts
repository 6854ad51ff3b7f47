/** Binance spot's answers as its documentation shows them, field by field in our words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Order } from '../../../../../workflows/domain/books/state.js';
import { rejectsAs } from '../../bench.js';
import { recordedVenue } from '../recorded.js';

const spot = recordedVenue('binance');

const PLACE = { venue: 'binance', account: 'main' };
const BTC = { ...PLACE, instrument: 'BTC/USDT' };

/** GET /api/v3/openOrders and GET /api/v3/order: one order. */
const order = (id: number, terms: Record<string, unknown>) =>
  JSON.stringify({
    symbol: 'BTCUSDT',
    orderId: id,
    orderListId: -1,
    clientOrderId: `rl-${id}`,
    price: '62000.50000000',
    origQty: '1.00000000',
    executedQty: '0.00000000',
    cummulativeQuoteQty: '0.00000000',
    status: 'NEW',
    timeInForce: 'GTC',
    type: 'LIMIT',
    side: 'SELL',
    stopPrice: '0.00000000',
    icebergQty: '0.00000000',
    time: 1499827319559,
    updateTime: 1499827319559,
    isWorking: true,
    workingTime: 1499827319559,
    origQuoteOrderQty: '0.00000000',
    selfTradePreventionMode: 'NONE',
    ...terms,
  });

const OPEN: Order = {
  ...BTC,
  clientOrderId: 'rl-1',
  venueOrderId: '1',
  side: 'sell',
  type: 'limit',
  price: '62000.5',
  quantity: '1',
  filled: '0',
  state: 'open',
};
const open = (id: number, more: Partial<Order>): Order => ({
  ...OPEN,
  clientOrderId: `rl-${id}`,
  venueOrderId: String(id),
  ...more,
});

const STOP = { type: 'STOP_LOSS_LIMIT', price: '49000.00000000', stopPrice: '50000.00000000' };
const RESTS_NOT = { isWorking: false, workingTime: -1 };

test('an order partly filled, and one that the book of long ids numbers', async () => {
  const part = { status: 'PARTIALLY_FILLED', executedQty: '0.37500000', side: 'BUY' };
  const row = order(1, part).replace('"orderId":1', '"orderId":9007199254740993123');
  spot.answer('/api/v3/openOrders', `[${row}]`);
  assert.deepEqual(await spot.account.openOrders(), [
    open(1, { venueOrderId: '9007199254740993123', side: 'buy', filled: '0.375' }),
  ]);
});

test('a stop waits until it works', async () => {
  spot.answer(
    '/api/v3/openOrders',
    `[${order(1, { ...STOP, ...RESTS_NOT })},${order(2, { ...STOP, isWorking: true })}]`,
  );
  assert.deepEqual(await spot.account.openOrders(), [
    open(1, { price: '49000', conditional: true, triggerPrice: '50000' }),
    open(2, { price: '49000' }),
  ]);
});

test('a trailing stop has no trigger to tell, only where it begins to follow', async () => {
  const trails = { ...STOP, ...RESTS_NOT, trailingDelta: 100, trailingTime: -1 };
  spot.answer('/api/v3/openOrders', `[${order(1, trails)}]`);
  assert.deepEqual(await spot.account.openOrders(), [
    open(1, { price: '49000', conditional: true, type: 'trailing_stop_loss_limit' }),
  ]);
  // It waits for a rise, and protects nothing.
  const takes = { ...trails, type: 'TAKE_PROFIT_LIMIT' };
  spot.answer('/api/v3/openOrders', `[${order(1, takes)}]`);
  assert.deepEqual(
    (await spot.account.openOrders()).map(({ type }) => type),
    ['trailing_take_profit_limit'],
  );
});

test('one leg of a pair rests and the other waits for its trigger', async () => {
  const list = { orderListId: 31 };
  spot.answer(
    '/api/v3/openOrders',
    `[${order(1, { ...list, type: 'LIMIT_MAKER' })},${order(2, { ...list, ...STOP, ...RESTS_NOT })}]`,
  );
  assert.deepEqual(await spot.account.openOrders(), [
    open(1, {}),
    open(2, { price: '49000', conditional: true, triggerPrice: '50000' }),
  ]);
});

test('orders that wait for another to be filled rest in no book', async () => {
  const pending = { orderListId: 32, status: 'PENDING_NEW', ...RESTS_NOT };
  const rows = [
    order(1, { orderListId: 32, side: 'BUY' }),
    order(2, { ...pending, type: 'LIMIT_MAKER', price: '70000.00000000' }),
    order(3, { ...pending, ...STOP }),
  ];
  spot.answer('/api/v3/openOrders', `[${rows.join(',')}]`);
  assert.deepEqual(await spot.account.openOrders(), [
    open(1, { side: 'buy' }),
    open(2, { price: '70000', conditional: true, type: 'pending_limit_maker' }),
    open(3, {
      price: '49000',
      conditional: true,
      triggerPrice: '50000',
      type: 'pending_stop_loss_limit',
    }),
  ]);
});

test('what became of an order, with what it had filled before', async () => {
  const ENDS: [string, string, string][] = [
    ['CANCELED', '0.40000000', 'cancelled'],
    ['EXPIRED', '0.25000000', 'expired'],
    ['EXPIRED_IN_MATCH', '0.10000000', 'expired'],
    ['FILLED', '1.00000000', 'filled'],
    ['REJECTED', '0.00000000', 'rejected'],
  ];
  for (const [status, executedQty, closed] of ENDS) {
    const paid = { cummulativeQuoteQty: '12.34000000' };
    spot.answer('/api/v3/order', order(1, { status, executedQty, ...paid, isWorking: false }));
    const filled = String(Number(executedQty));
    const said = { outcome: 'closed', status: closed, filled, cost: '12.34' };
    assert.deepEqual(await spot.account.lookUp(OPEN), said, status);
  }
  spot.answer('/api/v3/order', order(1, { status: 'PARTIALLY_FILLED', executedQty: '0.40000000' }));
  const found = { outcome: 'found', order: open(1, { filled: '0.4' }) };
  assert.deepEqual(await spot.account.lookUp(OPEN), found);
  spot.answer('/api/v3/order', order(2, { status: 'CANCELED' }));
  await rejectsAs(spot.account.lookUp(OPEN), ['VenueUnreadable']);
});

test('an order that is archived was cancelled unfilled; under a client id it may be another', async () => {
  const said = (msg: string) => spot.answer('/api/v3/order', `{"code":-2026,"msg":"${msg}"}`, 400);
  said(
    'Order was canceled or expired with no executed qty over 90 days ago and has been archived.',
  );
  const cancelled = { outcome: 'closed', status: 'cancelled', filled: '0' };
  assert.deepEqual(await spot.account.lookUp(OPEN), cancelled);
  const unnamed = await spot.account.lookUp({ ...OPEN, venueOrderId: null });
  assert.equal(unnamed.outcome, 'unreadable');
  said('This OrderType is not supported when reduceOnly.');
  await rejectsAs(spot.account.lookUp(OPEN), ['VenueRefused']);
});

test('balances are what is free and what is locked, and none that is nothing', async () => {
  // GET /api/v3/account
  const asset = (name: string, free: string, locked: string) =>
    `{"asset":"${name}","free":"${free}","locked":"${locked}"}`;
  const rows = [
    asset('BTC', '4723846.89208129', '0.10791871'),
    asset('LTC', '0.00000000', '0.00000000'),
    asset('BNB', '0.00000000', '12.50000000'),
    asset('USDT', '100.00000000', '0.00000000'),
  ];
  spot.answer(
    '/api/v3/account',
    `{"makerCommission":15,"takerCommission":15,"buyerCommission":0,"sellerCommission":0,
"commissionRates":{"maker":"0.00150000","taker":"0.00150000","buyer":"0.00000000",
"seller":"0.00000000"},"canTrade":true,"canWithdraw":true,"canDeposit":true,"brokered":false,
"requireSelfTradePrevention":false,"preventSor":false,"updateTime":123456789,"accountType":"SPOT",
"balances":[${rows.join(',')}],"permissions":["SPOT"],"uid":354937868}`,
  );
  assert.deepEqual(await spot.account.balances(), [
    { ...PLACE, asset: 'BTC', total: '4723847' },
    { ...PLACE, asset: 'BNB', total: '12.5' },
    { ...PLACE, asset: 'USDT', total: '100' },
  ]);
});

const NOW = Date.now() - 60_000;

test('trades with fees in a third asset, in quote and in base', async () => {
  // GET /api/v3/myTrades
  const trade = (id: number, asset: string, commission: string, isBuyer: boolean) =>
    `{"symbol":"BTCUSDT","id":${id},"orderId":100234,"orderListId":-1,"price":"60010.10000000",
"qty":"0.01200000","quoteQty":"720.12120000","commission":"${commission}",
"commissionAsset":"${asset}","time":${NOW},"isBuyer":${isBuyer},"isMaker":false,
"isBestMatch":true}`;
  const rows = [
    trade(28457, 'BNB', '0.00110000', true),
    trade(28458, 'USDT', '0.72012120', false),
    trade(28459, 'BTC', '0.00001200', true),
  ];
  spot.answer('/api/v3/myTrades', [`[${rows.join(',')}]`, '[]']);
  const fill = {
    ...BTC,
    venueOrderId: '100234',
    quantity: '0.012',
    price: '60010.1',
    realizedPnl: null,
    timeMs: NOW,
  };
  assert.deepEqual(await spot.account.fillsSince(NOW - 1), {
    rows: [
      { ...fill, tradeId: '28457', side: 'buy', fee: { asset: 'BNB', amount: '0.0011' } },
      { ...fill, tradeId: '28458', side: 'sell', fee: { asset: 'USDT', amount: '0.7201212' } },
      { ...fill, tradeId: '28459', side: 'buy', fee: { asset: 'BTC', amount: '0.000012' } },
    ],
    fromMs: NOW - 1,
  });
});

test('deposits that arrived and withdrawals that left, of the spot wallet only', async () => {
  // GET /sapi/v1/capital/deposit/hisrec
  const deposit = (id: string, status: number, walletType: number) =>
    `{"id":"${id}","amount":"0.00999800","coin":"BTC","network":"BTC","status":${status},
"address":"1HPn8Rx2y6nNSfagQBKy27GB99Vbzg89wv","addressTag":"","txId":"b3c6${id}",
"insertTime":${NOW},"completeTime":${NOW + 1},"transferType":0,"confirmTimes":"3/3",
"unlockConfirm":2,"walletType":${walletType}}`;
  const PENDING = 0;
  const [SUCCESS, REJECTED, CREDITED, WRONG] = [1, 2, 6, 7];
  const deposits = [
    deposit('d1', SUCCESS, 0),
    deposit('d2', CREDITED, 0),
    deposit('d3', PENDING, 0),
    deposit('d4', REJECTED, 0),
    deposit('d5', WRONG, 0),
    deposit('d6', SUCCESS, 1),
  ];
  spot.answer('/capital/deposit/hisrec', `[${deposits.join(',')}]`);
  // GET /sapi/v1/capital/withdraw/history: its time is UTC, in whole seconds.
  const seconds = Math.floor(NOW / 1000);
  const applied = new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');
  const withdrawal = (id: string, status: number, walletType: number) =>
    `{"id":"${id}","amount":"8.91000000","transactionFee":"0.00400000","coin":"USDT",
"status":${status},"address":"0x94df8b352de7f46f64b01d3666bf6e936e44ce60","txId":"0xb5ef8c",
"applyTime":"${applied}","network":"ETH","transferType":0,"withdrawOrderId":"WITHDRAWtest123",
"info":"","confirmNo":3,"walletType":${walletType},"txKey":"","completeTime":"${applied}"}`;
  const withdrawals = [
    withdrawal('w1', 6, 0),
    withdrawal('w2', 4, 0),
    withdrawal('w3', 3, 0),
    withdrawal('w4', 6, 1),
  ];
  spot.answer('/capital/withdraw/history', `[${withdrawals.join(',')}]`);
  const flow = { ...PLACE, kind: 'transfer', instrument: null };
  const came = { ...flow, asset: 'BTC', amount: '0.009998', timeMs: NOW };
  const left = { ...flow, asset: 'USDT', amount: '-8.914', timeMs: seconds * 1000 };
  assert.deepEqual((await spot.account.cashFlowsSince(NOW - 1_000))?.rows, [
    { ...came, id: 'deposit:d1' },
    { ...came, id: 'deposit:d2' },
    { ...left, id: 'withdrawal:w1' },
    { ...left, id: 'withdrawal:w2' },
  ]);
});
