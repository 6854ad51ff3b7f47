/** Windows of the calendar: their edges, midnight, the end of the week, and whose they are. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Closure, isClosed } from '../../../../workflows/domain/policy/calendar.js';
import { judgeMarket, type VenueStatus } from '../../../../workflows/domain/policy/market.js';

const at = (time: string) => Date.parse(`2026-12-${time}:00Z`);
const closed = (closure: Closure, time: string, instrument = 'BTC/USDT') =>
  isClosed([closure], instrument, at(time));

/** 5 December 2026 is a Saturday. */
const night: Closure = { days: ['sat'], from: '22:00', until: '02:30' };

test('a window of the week begins at its first moment, ends before its last, over midnight too', () => {
  const expected: Record<string, boolean> = {
    '05T21:59': false,
    '05T22:00': true,
    '06T02:29': true,
    '06T02:30': false,
    // Of the day before, it is none of this window's.
    '05T01:00': false,
    '12T23:00': true,
  };
  for (const [time, is] of Object.entries(expected)) assert.equal(closed(night, time), is, time);
});

test('a window that ends as it begins is a whole day', () => {
  const all: Closure = { days: ['sun'], from: '06:00', until: '06:00' };
  assert.deepEqual(
    ['06T05:59', '06T06:00', '07T05:59', '07T06:00'].map((time) => closed(all, time)),
    [false, true, true, false],
  );
});

test('a window of once, and of some instruments only', () => {
  const once: Closure = {
    from: '2026-12-01T02:00:00Z',
    until: '2026-12-01T04:00:00Z',
    instruments: ['BTC/USDT'],
  };
  assert.deepEqual(
    ['01T01:59', '01T02:00', '01T03:59', '01T04:00'].map((time) => closed(once, time)),
    [false, true, true, false],
  );
  assert.equal(closed(once, '01T03:00', 'ETH/USDT'), false);
});

test('what is no time is no window', () => {
  for (const from of ['24:00', '2:00', '02:60', 'noon']) {
    assert.equal(Closure.safeParse({ days: ['sat'], from, until: '03:00' }).success, false, from);
  }
  const bare = { from: '2026-12-01', until: '2026-12-02' };
  assert.equal(Closure.safeParse(bare).success, false);
  assert.equal(Closure.safeParse({ ...night, untl: '02:00' }).success, false);
});

test('each word but open closes, unless nobody could wait for the end of it', () => {
  const judged = (status: VenueStatus) =>
    judgeMarket(
      { statuses: [{ venue: 'v', instrument: 'BTC/USDT', status }], volatility: [] },
      '1',
    );
  for (const status of ['post_only', 'limit_only', 'reduce_only', 'halted', 'scheduled'] as const) {
    assert.deepEqual(judged(status), { kind: 'closed', venues: [`v BTC/USDT (${status})`] });
  }
  const ending = judged('ending');
  assert.deepEqual(ending, { kind: 'unknown', what: ['v BTC/USDT (ending)'], highest: '0' });
});
