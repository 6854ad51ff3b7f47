/**
 * Bybit's orders as its documentation shows them: field by field in our words, what became of them, how
 * they are cancelled, and its error bodies. The order cancelled with a part filled is the review's case.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProtective } from '../../../../../workflows/domain/orders/protection/protective.js';
import type { Order } from '../../../../../workflows/domain/books/state.js';
import { rejectsAs } from '../../bench.js';
import { bybitVenue, good, NONE, orderRow, page, PLACE } from './bybit.js';

const bybit = bybitVenue('LTC/USDT:USDT', 'BTC/USDT');

const ORDER: Order = {
  ...PLACE,
  instrument: 'LTC/USDT:USDT',
  clientOrderId: 'rl-1',
  venueOrderId: 'o-1',
  side: 'sell',
  type: 'limit',
  price: '70.5',
  quantity: '2',
  filled: '0',
  state: 'open',
};

/** Rows of contracts, and the rows of spot. */
function rest(linear: string[], spot: string[] = []): void {
  bybit.answer('v5/order/realtime', (asked) =>
    page(asked.get('category') === 'spot' ? spot : linear),
  );
}

test('an order of the book, in one-way mode, in a hedge, and without a client id', async () => {
  const partly = '"cumExecQty":"0.5","orderStatus":"PartiallyFilled"';
  rest(
    [
      orderRow(''),
      orderRow('"orderId":"o-2","orderLinkId":"rl-2","positionIdx":2'),
      orderRow(`"orderId":"o-3","orderLinkId":"","positionIdx":1,"reduceOnly":true,${partly}`),
    ],
    [
      orderRow('"orderId":"o-4","orderLinkId":"rl-4","symbol":"BTCUSDT"').replace(
        '"tpslMode":"",',
        '',
      ),
    ],
  );
  assert.deepEqual(await bybit.account.openOrders(), [
    ORDER,
    { ...ORDER, venueOrderId: 'o-2', clientOrderId: 'rl-2', positionSide: 'short' },
    {
      ...ORDER,
      venueOrderId: 'o-3',
      clientOrderId: 'venue:o-3',
      filled: '0.5',
      reduceOnly: true,
      positionSide: 'long',
    },
    { ...ORDER, venueOrderId: 'o-4', clientOrderId: 'rl-4', instrument: 'BTC/USDT' },
  ]);
  const asked = bybit.asked('v5/order/realtime').map((one) => one.get('settleCoin'));
  assert.deepEqual([...new Set(asked)], ['USDT', null]);
});

async function oneOf(row: string): Promise<Order> {
  rest([row]);
  const [order, ...others] = await bybit.account.openOrders();
  assert.ok(order !== undefined && others.length === 0);
  return order;
}

test('what waits for a price is conditional until it has triggered', async () => {
  const stop = `"orderType":"Market","price":"0","stopOrderType":"StopLoss","triggerPrice":"60",
"triggerDirection":2,"reduceOnly":true,"closeOnTrigger":true,"tpslMode":"Full"`;
  const waiting = await oneOf(orderRow(`${stop},"orderStatus":"Untriggered"`));
  assert.deepEqual(waiting, {
    ...ORDER,
    type: 'market',
    price: null,
    conditional: true,
    triggerPrice: '60',
    reduceOnly: true,
  });
  assert.equal(isProtective(waiting), true);
  const triggered = await oneOf(orderRow(`${stop},"orderStatus":"Triggered"`));
  assert.equal(triggered.conditional, undefined);
});

test('a stop without a size is of the whole position, and one that trails has no price', async () => {
  const whole = await oneOf(
    orderRow(`"qty":"0","orderType":"Market","price":"0","stopOrderType":"Stop","triggerPrice":"60",
"closeOnTrigger":true,"orderStatus":"Untriggered"`),
  );
  assert.deepEqual([whole.quantity, whole.reduceOnly, whole.triggerPrice], ['0', true, '60']);
  const trailing = await oneOf(
    orderRow(`"orderType":"Market","price":"0","stopOrderType":"TrailingStop","triggerPrice":"66.1",
"reduceOnly":true,"orderStatus":"Untriggered"`),
  );
  const { conditional, triggerPrice, type } = trailing;
  assert.deepEqual([conditional, triggerPrice, type], [true, undefined, 'trailing_stop']);
});

test('an order in two lists is one order, and pages are read to their end', async () => {
  const ids = Array.from({ length: 70 }, (_, at) => `o-${at}`);
  const rows = ids.map((id) => orderRow(`"orderId":"${id}","orderLinkId":"l${id}"`));
  bybit.answer('v5/order/realtime', (asked) => {
    if (asked.get('category') === 'spot') return NONE;
    return asked.get('cursor') === null
      ? page(rows.slice(0, 50), 'more')
      : page(rows.slice(50), 'end');
  });
  await rejectsAs(bybit.account.openOrders(), ['VenueUnreadable']);
  bybit.answer('v5/order/realtime', (asked) => {
    const cursor = asked.get('cursor');
    if (asked.get('category') === 'spot' || cursor === 'end') return NONE;
    return cursor === null ? page(rows.slice(0, 50), 'more') : page(rows.slice(50), 'end');
  });
  assert.equal((await bybit.account.openOrders()).length, 70);
});

test('a row of a status that nobody has read is told apart, and ours is read', async () => {
  rest([orderRow(''), orderRow('"orderId":"o-9","orderStatus":"Sleeping"')]);
  const { orders, notUnderstood } = await bybit.account.readOpenOrders();
  assert.deepEqual(orders, [ORDER]);
  assert.deepEqual(
    notUnderstood.map(({ id, instrument }) => [id, instrument]),
    [['o-9', 'LTCUSDT']],
  );
});

test('an order at work that does not say how much of it is filled is not understood', async () => {
  rest([orderRow('"cumExecQty":"","orderStatus":"PartiallyFilled"')]);
  await rejectsAs(bybit.account.openOrders(), ['VenueUnreadable']);
  rest([orderRow('"cumExecQty":"","orderStatus":"Untriggered","triggerPrice":"71"')]);
  assert.equal((await bybit.account.openOrders())[0]?.filled, '0');
});

const closed = (status: string, filled: string) => ({ outcome: 'closed', status, filled });

test('an order ends as its status says, with what was filled', async () => {
  rest([]);
  for (const [status, filled, ended] of [
    ['PartiallyFilledCanceled', '0.3', 'cancelled'],
    ['Cancelled', '0', 'cancelled'],
    ['Filled', '2', 'filled'],
    ['Rejected', '0', 'rejected'],
    ['Deactivated', '0', 'cancelled'],
  ] as const) {
    const paid = '"cumExecValue":"140.9","avgPrice":"70.45"';
    const row = orderRow(
      `"orderStatus":"${status}","cumExecQty":"${filled}","leavesQty":"0",${paid}`,
    );
    bybit.answer('v5/order/history', page([row]));
    const said = { ...closed(ended, filled), cost: '140.9', average: '70.45' };
    assert.deepEqual(await bybit.account.lookUp(ORDER), said);
  }
  bybit.answer('v5/order/history', page([orderRow('"orderStatus":"Sleeping"')]));
  assert.equal((await bybit.account.lookUp(ORDER)).outcome, 'unreadable');
});

test('an order is asked for by its id, or by ours, and another one is told', async () => {
  bybit.answer('v5/order/history', NONE);
  rest([orderRow('')]);
  assert.deepEqual(await bybit.account.lookUp(ORDER), { outcome: 'found', order: ORDER });
  assert.equal(bybit.asked('v5/order/realtime')[0]?.get('orderId'), 'o-1');
  const unnamed = { ...ORDER, venueOrderId: null };
  assert.equal((await bybit.account.lookUp(unnamed)).outcome, 'found');
  assert.equal(bybit.asked('v5/order/realtime')[1]?.get('orderLinkId'), 'rl-1');
  assert.equal((await bybit.account.lookUp({ ...unnamed, quantity: '3' })).outcome, 'unreadable');
  await rejectsAs(bybit.account.lookUp({ ...ORDER, venueOrderId: 'o-2' }), ['VenueUnreadable']);
  rest([]);
  assert.deepEqual(await bybit.account.lookUp(ORDER), { outcome: 'absent' });
});

const failed = (retCode: number, retMsg: string) =>
  `{"retCode":${retCode},"retMsg":"${retMsg}","result":{},"retExtInfo":{},"time":1}`;

test('an order is cancelled by its id or ours, on spot in the list that has it', async () => {
  bybit.answer('v5/order/cancel', good('{"orderId":"o-1","orderLinkId":"rl-1"}'));
  await bybit.account.cancel({ ...ORDER, venueOrderId: null });
  const [asked] = bybit.asked('v5/order/cancel');
  assert.deepEqual(
    ['category', 'symbol', 'orderLinkId', 'orderFilter'].map((name) => asked?.get(name)),
    ['linear', 'LTCUSDT', 'rl-1', null],
  );
  const gone = failed(170213, 'Order does not exist.');
  bybit.answer('v5/order/cancel', (one) =>
    one.get('orderFilter') === 'tpslOrder' ? good('{"orderId":"o-1"}') : gone,
  );
  await bybit.account.cancel({ ...ORDER, instrument: 'BTC/USDT', conditional: true });
  assert.deepEqual(
    bybit.asked('v5/order/cancel').map((one) => one.get('orderFilter')),
    ['StopOrder', 'tpslOrder'],
  );
});

test('a cancel that is refused was refused, one without an answer may have had an effect', async () => {
  bybit.answer('v5/order/cancel', failed(110001, 'order not exists or too late to cancel'));
  await rejectsAs(bybit.account.cancel(ORDER), ['VenueRefused']);
  bybit.answer('v5/order/cancel', failed(110008, 'order has been finished or canceled'));
  await rejectsAs(bybit.account.cancel(ORDER), ['VenueRefused']);
  bybit.answer('v5/order/cancel', failed(10016, 'Internal System Error.'));
  await rejectsAs(bybit.account.cancel(ORDER), ['OutcomeUnknown']);
  bybit.answer('v5/order/cancel', good('{}'));
  await rejectsAs(bybit.account.cancel(ORDER), ['OutcomeUnknown']);
});

test('error bodies are told apart: refused, for a while, too often, the clock, the key', async () => {
  for (const [body, status, kind] of [
    [failed(10006, 'Too many visits!'), 200, 'too_many_requests'],
    [failed(10018, 'Exceeded the IP Rate Limit.'), 200, 'too_many_requests'],
    [failed(10016, 'Internal System Error.'), 200, 'unavailable'],
    [failed(10003, 'API key is invalid.'), 200, 'key_refused'],
    [failed(10005, 'Permission denied'), 200, 'not_permitted'],
    [failed(10001, 'Request parameter error.'), 200, 'refused'],
    [good('{}'), 200, 'malformed_answer'],
    [good('null'), 200, 'malformed_answer'],
    ['{"result":{"list":[]}}', 200, 'malformed_answer'],
    ['{}', 200, 'malformed_answer'],
    ['[]', 200, 'malformed_answer'],
    ['<html>', 502, 'unavailable'],
  ] as const) {
    bybit.answer('v5/order/realtime', body, status);
    const said = await rejectsAs(bybit.account.openOrders(), ['VenueUnreadable', 'VenueRefused']);
    assert.match(said, new RegExp(`"kind":"${kind}"`), body);
  }
});
