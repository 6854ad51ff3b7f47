/** What Kraken Futures' histories say of an order, and answers of its that are none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Order } from '../../../../../workflows/domain/books/state.js';
import { rejectsAs } from '../../bench.js';
import { recordedVenue } from '../recorded.js';
import { success } from './success.js';

const futures = recordedVenue('krakenfutures');

const SOUGHT: Order = {
  venue: 'krakenfutures',
  account: 'main',
  instrument: 'BTC/USD:USD',
  clientOrderId: 'rl-1',
  venueOrderId: null,
  side: 'sell',
  type: 'limit',
  price: '60000',
  quantity: '1',
  filled: '0',
  state: 'in_flight',
};

test('the last word of the histories on an order', async () => {
  const one = (quantity: string, filled: string) => `{"uid":"o1","accountUid":"u",
"tradeable":"PF_XBTUSD","direction":"Sell","quantity":"${quantity}","filled":"${filled}",
"timestamp":1604937694000,"limitPrice":"60000","orderType":"Limit","clientId":"rl-1",
"reduceOnly":false,"lastUpdateTimestamp":1604937694000}`;
  const history = (...events: string[]) =>
    `{"accountUid":"u","len":1,"serverTime":"2026-08-11T19:55:24.251Z","elements":[${events
      .map((event, index) => `{"uid":"e${index}","timestamp":1604937694000,"event":{${event}}}`)
      .join(',')}]}`;
  const cancelled = `"OrderCancelled":{"order":${one('0.6', '0.4')},"reason":"cancelled_by_user"}`;
  const CASES: [string, object][] = [
    [history(cancelled), { outcome: 'closed', status: 'cancelled', filled: '0.4' }],
    [
      history(
        `"OrderUpdated":{"oldOrder":${one('1', '0')},"newOrder":${one('0', '1')},"reason":"full_fill"}`,
      ),
      { outcome: 'closed', status: 'filled', filled: '1' },
    ],
    [
      history(`"OrderPlaced":{"order":${one('0', '1')},"reason":"new_user_order"}`),
      { outcome: 'closed', status: 'filled', filled: '1' },
    ],
    [
      history(`"OrderRejected":{"order":${one('1', '0')},"reason":"post_order_failed"}`),
      { outcome: 'closed', status: 'rejected', filled: '0' },
    ],
    [
      // Newest first: a later request that was turned down says nothing.
      history(
        `"OrderEditRejected":{"attemptedOrder":${one('2', '0')},"order":${one('1', '0')}}`,
        cancelled,
      ),
      { outcome: 'closed', status: 'cancelled', filled: '0.4' },
    ],
    [history(cancelled.replaceAll('rl-1', 'rl-2')), { outcome: 'absent' }],
  ];
  futures.answer('/triggers', history());
  for (const [orders, said] of CASES) {
    futures.answer('/history/v2/orders', orders);
    assert.deepEqual(await futures.account.lookUp(SOUGHT), said);
  }
  futures.answer('/history/v2/orders', history());
  futures.answer(
    '/triggers',
    history(`"OrderTriggerCancelled":{"order":${one('1', '0')},"reason":"x"}`),
  );
  const gone = { outcome: 'closed', status: 'cancelled', filled: '0' };
  assert.deepEqual(await futures.account.lookUp(SOUGHT), gone);
  futures.answer('/triggers', history(`"OrderTriggerActivated":{"order":${one('1', '0')}}`));
  assert.equal((await futures.account.lookUp(SOUGHT)).outcome, 'unreadable');
});

test('an answer without success, without its list, or with half a row is no answer', async () => {
  const account = futures.account;
  const READS: [string, string, () => Promise<unknown>][] = [
    ['/openorders', 'openOrders', () => account.openOrders()],
    ['/openpositions', 'openPositions', () => account.positions()],
    ['/fills', 'fills', () => account.fillsSince(0)],
  ];
  for (const [path, key, read] of READS) {
    for (const text of [
      `{"${key}":[]}`,
      `{"result":"error","${key}":[]}`,
      success('"other":[]'),
      success(`"${key}":[{"symbol":"PF_XBTUSD","side":"buy"}]`),
    ]) {
      futures.answer(path, text);
      await rejectsAs(read(), ['VenueUnreadable']);
    }
  }
  for (const accounts of ['{}', '[]', '{"cash":{}}']) {
    futures.answer('/accounts', success(`"accounts":${accounts}`));
    await rejectsAs(account.balances(), ['VenueUnreadable']);
  }
});
