/** What Binance USD-M says of single orders, of stops in hedge mode, and of its wallets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Order } from '../../../../../workflows/domain/books/state.js';
import { rejectsAs } from '../../bench.js';
import { recordedVenue } from '../recorded.js';

const usdm = recordedVenue('binanceusdm');

const PLACE = { venue: 'binanceusdm', account: 'main' };
const BTC = { ...PLACE, instrument: 'BTC/USDT:USDT' };

/** GET /fapi/v1/order */
const order = (terms: Record<string, unknown>) =>
  JSON.stringify({
    avgPrice: '68000.10000',
    clientOrderId: 'rl-1',
    cumQuote: '27200.04000',
    executedQty: '0.400',
    orderId: 1917641,
    origQty: '1.000',
    origType: 'LIMIT',
    price: '68000.10',
    reduceOnly: false,
    side: 'BUY',
    positionSide: 'LONG',
    status: 'NEW',
    stopPrice: '0',
    closePosition: false,
    symbol: 'BTCUSDT',
    time: 1579276756075,
    timeInForce: 'GTC',
    type: 'LIMIT',
    updateTime: 1579276756075,
    workingType: 'CONTRACT_PRICE',
    priceProtect: false,
    priceMatch: 'NONE',
    selfTradePreventionMode: 'NONE',
    goodTillDate: 0,
    ...terms,
  });

const SOUGHT: Order = {
  ...BTC,
  clientOrderId: 'rl-1',
  venueOrderId: '1917641',
  side: 'buy',
  type: 'limit',
  price: '68000.1',
  quantity: '1',
  filled: '0',
  state: 'open',
  positionSide: 'long',
};

/** Of all that was filled, as each row of these has it. */
const PAID = { average: '68000.1' };

test('what became of an order, with what it had filled before', async () => {
  const ENDS: [string, string, string, string][] = [
    ['CANCELED', '0.400', 'cancelled', '0.4'],
    ['EXPIRED', '0.000', 'expired', '0'],
    ['EXPIRED', '0.125', 'expired', '0.125'],
    ['EXPIRED_IN_MATCH', '0.100', 'expired', '0.1'],
    ['REJECTED', '0.000', 'rejected', '0'],
    ['FILLED', '1.000', 'filled', '1'],
  ];
  for (const [status, executedQty, closed, filled] of ENDS) {
    usdm.answer('/fapi/v1/order', order({ status, executedQty }));
    const said = { outcome: 'closed', status: closed, filled, ...PAID };
    assert.deepEqual(await usdm.account.lookUp(SOUGHT), said, status);
    const unnamed: Order = { ...SOUGHT, venueOrderId: null, state: 'in_flight' };
    assert.deepEqual(await usdm.account.lookUp(unnamed), said, status);
    assert.equal(usdm.asked('/fapi/v1/order').at(-1)?.get('origClientOrderId'), 'rl-1');
  }
  usdm.answer('/fapi/v1/order', order({ status: 'PARTIALLY_FILLED' }));
  const found = { outcome: 'found', order: { ...SOUGHT, filled: '0.4' }, ...PAID };
  assert.deepEqual(await usdm.account.lookUp(SOUGHT), found);
});

test('an answer about another order, or with a status that is not known, is none', async () => {
  usdm.answer('/fapi/v1/order', order({ status: 'CANCELED', orderId: 1917642 }));
  await rejectsAs(usdm.account.lookUp(SOUGHT), ['VenueUnreadable']);
  usdm.answer('/fapi/v1/order', order({ status: 'CANCELED', symbol: 'ETHUSDT' }));
  await rejectsAs(usdm.account.lookUp(SOUGHT), ['VenueUnreadable']);
  usdm.answer('/fapi/v1/order', order({ status: 'NEW_INSURANCE' }));
  assert.equal((await usdm.account.lookUp(SOUGHT)).outcome, 'unreadable');
});

/** GET /fapi/v1/openAlgoOrders and GET /fapi/v1/algoOrder */
const algo = (terms: Record<string, unknown>) =>
  JSON.stringify({
    algoId: 2148627,
    clientAlgoId: 'rl-stop',
    algoType: 'CONDITIONAL',
    orderType: 'STOP_MARKET',
    symbol: 'BTCUSDT',
    side: 'SELL',
    positionSide: 'LONG',
    timeInForce: 'GTC',
    quantity: '0.500',
    algoStatus: 'NEW',
    actualOrderId: '',
    actualPrice: '0.00000',
    triggerPrice: '60000.10',
    price: '0.00',
    icebergQuantity: null,
    tpTriggerPrice: '0.000',
    tpPrice: '0.000',
    slTriggerPrice: '0.000',
    slPrice: '0.000',
    tpOrderType: '',
    selfTradePreventionMode: 'EXPIRE_MAKER',
    workingType: 'MARK_PRICE',
    priceMatch: 'NONE',
    closePosition: false,
    priceProtect: false,
    reduceOnly: false,
    createTime: 1750514941540,
    updateTime: 1750514941540,
    triggerTime: 0,
    goodTillDate: 0,
    ...terms,
  });

const STOP: Order = {
  ...BTC,
  clientOrderId: 'rl-stop',
  venueOrderId: '2148627',
  side: 'sell',
  type: 'market',
  price: null,
  quantity: '0.5',
  filled: '0',
  state: 'open',
  conditional: true,
  triggerPrice: '60000.1',
  positionSide: 'long',
};

test('stops of both sides in hedge mode, with a limit, and trailing', async () => {
  const rows = [
    algo({}),
    algo({
      algoId: 2148628,
      clientAlgoId: 'rl-short',
      orderType: 'TAKE_PROFIT',
      side: 'BUY',
      positionSide: 'SHORT',
      price: '55000.50',
      triggerPrice: '55100.00',
    }),
    algo({
      algoId: 2148629,
      clientAlgoId: 'rl-trail',
      orderType: 'TRAILING_STOP_MARKET',
      side: 'BUY',
      positionSide: 'SHORT',
      triggerPrice: '59000.00',
      activatePrice: '59000.00',
      callbackRate: '0.3',
    }),
    algo({
      algoId: 2148630,
      clientAlgoId: 'rl-whole',
      positionSide: 'SHORT',
      side: 'BUY',
      quantity: '0.000',
      closePosition: true,
      triggerPrice: '70000.00',
    }),
  ];
  usdm.answer('/fapi/v1/openOrders', '[]');
  usdm.answer('/fapi/v1/openAlgoOrders', `[${rows.join(',')}]`);
  const short = { ...STOP, side: 'buy', positionSide: 'short' };
  const { triggerPrice: _, ...trailing } = short;
  assert.deepEqual(await usdm.account.openOrders(), [
    STOP,
    {
      ...short,
      clientOrderId: 'rl-short',
      venueOrderId: '2148628',
      type: 'limit',
      price: '55000.5',
      triggerPrice: '55100',
    },
    {
      ...trailing,
      clientOrderId: 'rl-trail',
      venueOrderId: '2148629',
      type: 'trailing_stop_market',
    },
    {
      ...short,
      clientOrderId: 'rl-whole',
      venueOrderId: '2148630',
      quantity: '0',
      reduceOnly: true,
      triggerPrice: '70000',
    },
  ]);
});

test('a stop that waits is found, one that ended is not open', async () => {
  usdm.answer('/fapi/v1/algoOrder', algo({}));
  assert.deepEqual(await usdm.account.lookUp(STOP), { outcome: 'found', order: STOP });
  const ENDS: [string, string][] = [
    ['CANCELED', 'cancelled'],
    ['EXPIRED', 'expired'],
    ['REJECTED', 'rejected'],
  ];
  for (const [algoStatus, status] of ENDS) {
    usdm.answer('/fapi/v1/algoOrder', algo({ algoStatus }));
    const said = { outcome: 'closed', status, filled: '0' };
    assert.deepEqual(await usdm.account.lookUp(STOP), said);
  }
  // On its way to the book, and in it, with no child to ask for.
  for (const algoStatus of ['TRIGGERING', 'TRIGGERED', 'FINISHED']) {
    usdm.answer('/fapi/v1/algoOrder', algo({ algoStatus }));
    assert.equal((await usdm.account.lookUp(STOP)).outcome, 'unreadable', algoStatus);
  }
  const finished = { algoStatus: 'FINISHED', actualOrderId: '1917641' };
  usdm.answer('/fapi/v1/algoOrder', algo(finished));
  usdm.answer('/fapi/v1/order', order({ status: 'CANCELED', executedQty: '0.200' }));
  const partly = { outcome: 'closed', status: 'cancelled', filled: '0.2', ...PAID };
  assert.deepEqual(await usdm.account.lookUp(STOP), partly);
});

test('balances are what the wallets hold, whatever the market does to positions', async () => {
  // GET /fapi/v3/account
  const asset = (name: string, wallet: string, profit: string) => `{"asset":"${name}",
"walletBalance":"${wallet}","unrealizedProfit":"${profit}","marginBalance":"23.72469206",
"maintMargin":"0.00000000","initialMargin":"0.00000000","positionInitialMargin":"0.00000000",
"openOrderInitialMargin":"0.00000000","crossWalletBalance":"${wallet}",
"crossUnPnl":"${profit}","availableBalance":"126.72469206","maxWithdrawAmount":"23.72469206",
"updateTime":1625474304765}`;
  const assets = [
    asset('USDT', '23.72469206', '-1.50000000'),
    asset('USDC', '0.00000000', '0.00000000'),
    asset('BNB', '-0.00012300', '0.00000000'),
    asset('BTC', '1.00000000', '0.00000000'),
  ];
  usdm.answer(
    '/fapi/v3/account',
    `{"totalInitialMargin":"0.00000000","totalMaintMargin":"0.00000000",
"totalWalletBalance":"126.72469206","totalUnrealizedProfit":"0.00000000",
"totalMarginBalance":"126.72469206","totalPositionInitialMargin":"0.00000000",
"totalOpenOrderInitialMargin":"0.00000000","totalCrossWalletBalance":"126.72469206",
"totalCrossUnPnl":"0.00000000","availableBalance":"126.72469206",
"maxWithdrawAmount":"126.72469206","assets":[${assets.join(',')}],"positions":[]}`,
  );
  const toldAt = { toldAtMs: 1625474304765 };
  assert.deepEqual(await usdm.account.balances(), [
    { ...PLACE, asset: 'USDT', total: '23.72469206', ...toldAt },
    { ...PLACE, asset: 'BNB', total: '-0.000123', ...toldAt },
    { ...PLACE, asset: 'BTC', total: '1', ...toldAt },
  ]);
});
