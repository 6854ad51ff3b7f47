/** Orders in lists of their own, with real classes of ccxt: which list they are in, and acts on them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ccxt } from '../../../../../clients/exchange/connection/ccxt.js';
import { generic } from '../../../../../clients/exchange/venues/generic/adapter.js';
import type { Order } from '../../../../../workflows/domain/books/state.js';
import { stubbed, type Sent } from '../../stubbed.js';

const place = { venue: 'any', account: 'main' };
const SWAP = 'BTC/USDT:USDT';

const ORDER: Order = {
  ...place,
  instrument: SWAP,
  clientOrderId: 'rl-1',
  venueOrderId: '11',
  side: 'sell',
  type: 'limit',
  price: null,
  quantity: '1',
  filled: '0',
  state: 'open',
};
const CONDITIONAL: Order = { ...ORDER, conditional: true };

function openAt(ccxtId: string, ids: Record<string, string>, answer: (sent: Sent) => unknown) {
  const { exchange, sent } = stubbed(ccxtId, ids, answer);
  return { reach: { exchange, place, instruments: [SWAP] }, sent };
}

const bybitRow = (row: object) => ({
  symbol: 'BTCUSDT',
  orderId: '11',
  orderLinkId: 'rl-1',
  side: 'Sell',
  orderType: 'Limit',
  price: '9',
  qty: '1',
  cumExecQty: '0',
  orderStatus: 'New',
  createdTime: '1790000000000',
  ...row,
});

function bybit(plain: object[], stops: object[] = []) {
  return openAt('bybit', { [SWAP]: 'BTCUSDT' }, ({ path, params }) => {
    if (path !== 'v5/order/realtime') return { result: { uta: 1, unified: 1 } };
    return { result: { list: params['orderFilter'] === 'StopOrder' ? stops : plain } };
  });
}

test('an order with a stop attached does not wait itself', async () => {
  const [order] = await generic.openOrders(bybit([bybitRow({ takeProfit: '10' })]).reach);
  assert.equal(order?.conditional, undefined);
});

test('an order does not wait because a list of those that do shows it too', async () => {
  const orders = await generic.openOrders(bybit([bybitRow({})], [bybitRow({})]).reach);
  assert.deepEqual(
    orders.map(({ conditional }) => conditional),
    [undefined],
  );
});

test('an order in two lists is one order, which waits for its price', async () => {
  const stop = bybitRow({ triggerPrice: '8', orderStatus: 'Untriggered' });
  const orders = await generic.openOrders(bybit([stop], [stop]).reach);
  assert.deepEqual(
    orders.map(({ conditional, triggerPrice }) => ({ conditional, triggerPrice })),
    [{ conditional: true, triggerPrice: '8' }],
  );
});

test('an order is found by its id where ccxt wants a word of consent', async () => {
  const found = await generic.lookUp(bybit([bybitRow({})]).reach, ORDER);
  assert.equal(found.outcome, 'found');
});

const okxAlgo = {
  instId: 'BTC-USDT-SWAP',
  algoId: '11',
  algoClOrdId: 'rl-1',
  side: 'sell',
  sz: '1',
  cTime: '1790000000000',
};

test('a trailing stop, which has no price to wait for, waits all the same', async () => {
  const trailing = { ...okxAlgo, ordType: 'move_order_stop', state: 'live' };
  const { reach } = openAt('okx', { [SWAP]: 'BTC-USDT-SWAP' }, ({ params }) => ({
    code: '0',
    data: params['ordType'] === 'move_order_stop' ? [trailing] : [],
  }));
  const orders = await generic.openOrders(reach);
  assert.deepEqual(
    orders.map(({ venueOrderId, conditional }) => [venueOrderId, conditional]),
    [['11', true]],
  );
});

test('the end of a trigger is not taken for the end of what it placed', async () => {
  const { reach } = openAt('okx', { [SWAP]: 'BTC-USDT-SWAP' }, () => ({
    code: '0',
    data: [{ ...okxAlgo, ordType: 'trigger', state: 'effective' }],
  }));
  const { outcome } = await generic.lookUp(reach, CONDITIONAL);
  assert.equal(outcome, 'unreadable');
});

test('one way to cancel needs no search for the list', async () => {
  const { reach, sent } = openAt('okx', { [SWAP]: 'BTC-USDT-SWAP' }, () => ({ data: [{}] }));
  await generic.cancel(reach, CONDITIONAL);
  assert.deepEqual(
    sent.map(({ path }) => path),
    ['trade/cancel-algos'],
  );
});

const bitgetRow = {
  orderId: '11',
  clientOid: 'rl-1',
  symbol: 'BTCUSDT',
  size: '1',
  side: 'sell',
  orderType: 'limit',
  planStatus: 'live',
  cTime: '1790000000000',
};

test('a conditional order is cancelled in the list that holds it', async () => {
  for (const plan of ['normal_plan', 'track_plan', 'profit_loss']) {
    const { reach, sent } = openAt('bitget', { [SWAP]: 'BTCUSDT' }, ({ path, params }) => {
      if (path === 'v3/account/settings') return new ccxt.BadRequest('classic account');
      return { data: { entrustedList: params['planType'] === plan ? [bitgetRow] : [] } };
    });
    await generic.cancel(reach, CONDITIONAL);
    const { path, params } = sent.at(-1) ?? assert.fail();
    assert.equal(path, 'v2/mix/order/cancel-plan-order');
    assert.deepEqual(params['orderIdList'], [{ orderId: '11' }]);
    assert.equal(params['planType'] ?? 'normal_plan', plan);
  }
});

test('a cancel whose list could not be read was not sent', async () => {
  const { reach, sent } = openAt('bitget', { [SWAP]: 'BTCUSDT' }, ({ path }) =>
    path === 'v3/account/settings' ? new ccxt.BadRequest('classic') : new ccxt.RequestTimeout('x'),
  );
  await assert.rejects(generic.cancel(reach, CONDITIONAL), { kind: 'not_sent' });
  assert.ok(sent.every(({ path }) => !path.includes('cancel')));
});

test('what a venue says of other instruments is not dropped', async () => {
  const position = { margin_mode: 'cross', position_side: 'both', direction: 'buy', volume: '2' };
  const { reach } = openAt('htx', { [SWAP]: 'BTC-USDT', 'ETH/USDT:USDT': 'ETH-USDT' }, () => ({
    data: [{ ...position, contract_code: 'ETH-USDT' }],
  }));
  const [held] = await generic.positions(reach);
  assert.equal(held?.instrument, 'ETH/USDT:USDT');
});
