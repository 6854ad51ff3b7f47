/** Order alarms of a watch, from the books themselves: a fill moves while nobody books it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareOrders } from '../../../../workflows/domain/orders/differences.js';
import {
  NOTHING_WATCHED,
  nextWatch,
  type WatchState,
} from '../../../../workflows/domain/reconciliation/watch.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { order, readable, snapshot } from '../builders.js';

interface Pass {
  /** Null: the order is in no book of that side. */
  engine: Partial<Order> | null;
  venue: Partial<Order> | null;
}

function watchAll(passes: Pass[]) {
  let state: WatchState = NOTHING_WATCHED;
  return passes.map(({ engine, venue }) => {
    const rows = (change: Partial<Order> | null) => (change === null ? [] : [order(change)]);
    const truth = snapshot(readable('alpha', { orders: rows(venue) }));
    const step = nextWatch(state, {
      engine: { kind: 'answers' },
      figures: { kind: 'compared', lines: [], unreadable: [] },
      orders: compareOrders(rows(engine), truth, 'mine-'),
    });
    state = step.state;
    const ids = (troubles: readonly { id: string }[]) => troubles.map(({ id }) => id);
    return { raised: ids(step.raised), cleared: ids(step.cleared), open: state.open };
  });
}

const raisedIn = (passes: Pass[]) => watchAll(passes).map(({ raised }) => raised);
const clearedIn = (passes: Pass[]) => watchAll(passes).map(({ cleared }) => cleared);
const at = (engine: string, venue: string): Pass => ({
  engine: { filled: engine },
  venue: { filled: venue },
});
const UNBOOKED = 'order|filled_differs|alpha|main|BTC/USDT|mine-1';

test('a fill that the engine never books is an alarm, though it grows with every pass', () => {
  const passes = [at('0', '0.1'), at('0', '0.2'), at('0', '0.3'), at('0', '0.4')];
  assert.deepEqual(raisedIn(passes), [[], [UNBOOKED], [], []]);
  assert.deepEqual(clearedIn(passes).flat(), [], 'it lasts');
});

test('an engine that books as it goes is no alarm until it stops', () => {
  const passes = [at('0', '0.1'), at('0.1', '0.2'), at('0.2', '0.3'), at('0.2', '0.3')];
  assert.deepEqual(raisedIn(passes), [[], [], [], [UNBOOKED]]);
});

test('an open alarm is cleared by two passes without it, not by an engine that books on', () => {
  const there = [at('0', '0.1'), at('0', '0.2'), at('0.1', '0.3')];
  const passes = [...there, at('0.3', '0.3'), at('0.3', '0.4'), at('0.4', '0.4'), at('0.4', '0.4')];
  assert.deepEqual(raisedIn(passes).flat(), [UNBOOKED]);
  assert.deepEqual(clearedIn(passes), [[], [], [], [], [], [], [UNBOOKED]]);
});

test('an alarm has its newest amounts, as fields and as text', () => {
  const open = watchAll([at('0', '0.1'), at('0', '0.3')]).at(-1)?.open[0];
  assert.equal(open?.text, 'alpha main mine-1: filled 0 in the book, 0.3 at the venue');
  assert.deepEqual(open.order, {
    kind: 'filled_differs',
    venue: 'alpha',
    account: 'main',
    clientOrderId: 'mine-1',
    instrument: 'BTC/USDT',
    side: 'buy',
    price: '60000',
    triggerPrice: null,
    quantity: '2',
    remaining: '1.7',
    internal: { state: 'open', filled: '0' },
    exchange: { state: 'open', filled: '0.3' },
  });
  assert.deepEqual([open.figure, open.why], [null, null]);
});

test('an order that is on its way for two passes is an alarm that says so', () => {
  const sent: Pass = { engine: { state: 'in_flight' }, venue: null };
  const [, second] = watchAll([sent, sent]);
  assert.deepEqual(second?.raised, ['order|missing_at_venue|alpha|main|BTC/USDT|mine-1']);
  assert.match(second.open[0]?.text ?? '', /not open at the venue, in flight in the book$/);
});
