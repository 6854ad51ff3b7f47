/** Orders in lists of their own, with real classes of ccxt: which list they are in, and acts on them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ccxt } from '../../../../../clients/exchange/connection/ccxt.js';
import { generic } from '../../../../../clients/exchange/venues/generic/adapter.js';
import type { Order } from '../../../../../workflows/domain/books/state.js';
import { allUnderstood } from '../../../../../clients/exchange/answers/open-rows.js';
import type { Reach } from '../../../../../clients/exchange/venues/adapter.js';
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

/** Of the plain list, and of those of plans, by their types. */
function bitget(plain: object[], plans: Readonly<Record<string, object[]>> = {}) {
  return openAt('bitget', { [SWAP]: 'BTCUSDT' }, ({ path, params }) => {
    if (path === 'v3/account/settings') return new ccxt.BadRequest('classic account');
    const planned = plans[String(params['planType'])] ?? [];
    return { data: { entrustedList: path.endsWith('plan-pending') ? planned : plain } };
  });
}

const openOrders = async (reach: Reach) => allUnderstood(await generic.openOrders(reach));

test('an order with a stop attached does not wait itself', async () => {
  const [order] = await openOrders(bitget([{ ...bitgetRow, presetStopLossPrice: '10' }]).reach);
  assert.equal(order?.venueOrderId, '11');
  assert.equal(order.conditional, undefined);
});

test('an order does not wait because a list of those that do shows it too', async () => {
  const orders = await openOrders(bitget([bitgetRow], { normal_plan: [bitgetRow] }).reach);
  assert.deepEqual(
    orders.map(({ conditional }) => conditional),
    [undefined],
  );
});

test('an order in two lists is one order, which waits for its price', async () => {
  const stop = { ...bitgetRow, triggerPrice: '8' };
  const orders = await openOrders(bitget([stop], { normal_plan: [stop] }).reach);
  assert.deepEqual(
    orders.map(({ conditional, triggerPrice }) => ({ conditional, triggerPrice })),
    [{ conditional: true, triggerPrice: '8' }],
  );
});

test('a trailing stop, which has no price to wait for, waits all the same', async () => {
  const orders = await openOrders(bitget([], { track_plan: [bitgetRow] }).reach);
  assert.deepEqual(
    orders.map(({ venueOrderId, conditional, type }) => [venueOrderId, conditional, type]),
    [['11', true, 'trailing_stop']],
  );
});

const gateTrigger = {
  id: 11,
  initial: { contract: 'BTC_USDT', size: -1, price: '0', tif: 'ioc', text: 't-rl1' },
  trigger: { price: '8', rule: 2 },
  status: 'finished',
  finish_as: 'succeeded',
  create_time: 1_790_000_000,
};

test('the end of a trigger is not taken for the end of what it placed', async () => {
  const { reach } = openAt('gate', { [SWAP]: 'BTC_USDT' }, () => gateTrigger);
  const { outcome } = await generic.lookUp(reach, CONDITIONAL);
  assert.equal(outcome, 'unreadable');
});

test('one way to cancel needs no search for the list', async () => {
  const { reach, sent } = openAt('gate', { [SWAP]: 'BTC_USDT' }, () => gateTrigger);
  await generic.cancel(reach, CONDITIONAL);
  assert.deepEqual(
    sent.map(({ path }) => path).filter((path) => path !== 'detail'),
    ['{settle}/price_orders/{order_id}'],
  );
});

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
