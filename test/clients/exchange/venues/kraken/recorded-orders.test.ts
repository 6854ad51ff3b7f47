/** Kraken's orders at their ends, and the prices that it words relative to others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whyWords } from '../../../../../workflows/domain/books/fault-words.js';
import type { Order } from '../../../../../workflows/domain/books/state.js';
import { rejectsAs } from '../../bench.js';
import { recordedVenue } from '../recorded.js';

const kraken = recordedVenue('kraken');

const SOUGHT: Order = {
  venue: 'kraken',
  account: 'main',
  instrument: 'BTC/USD',
  clientOrderId: 'rl-1',
  venueOrderId: 'OB5VMB-B4U2U-DK2WRW',
  side: 'sell',
  type: 'limit',
  price: '62000.5',
  quantity: '0.1',
  filled: '0',
  state: 'open',
};

/** POST /0/private/QueryOrders, OpenOrders and ClosedOrders: one order. */
const row = (description: object, terms: object = {}) => ({
  refid: null,
  userref: 0,
  cl_ord_id: 'rl-1',
  status: 'open',
  opentm: 1616665496.7808,
  starttm: 0,
  expiretm: 0,
  descr: {
    pair: 'XBTUSD',
    type: 'sell',
    ordertype: 'limit',
    price: '62000.50',
    price2: '0',
    leverage: 'none',
    order: '',
    close: '',
    ...description,
  },
  vol: '0.10000000',
  vol_exec: '0.00000000',
  cost: '0.00000',
  fee: '0.00000',
  price: '0.00000',
  stopprice: '0.00000',
  limitprice: '0.00000',
  misc: '',
  oflags: 'fciq',
  ...terms,
});
const answer = (result: object) => JSON.stringify({ error: [], result });

test('what became of an order, by either id, with what it had filled before', async () => {
  const ENDS: [string, string, string, string][] = [
    ['canceled', '0.04000000', 'cancelled', '0.04'],
    ['canceled', '0.00000000', 'cancelled', '0'],
    ['expired', '0.02500000', 'expired', '0.025'],
    ['closed', '0.10000000', 'filled', '0.1'],
  ];
  const unnamed: Order = { ...SOUGHT, venueOrderId: null, state: 'in_flight' };
  kraken.answer('/OpenOrders', answer({ open: {} }));
  for (const [status, vol_exec, closed, filled] of ENDS) {
    const more = {
      status,
      vol_exec,
      cost: '12.34000',
      closetm: 1616665899.5144,
      reason: 'User requested',
    };
    const rows = { 'OB5VMB-B4U2U-DK2WRW': row({}, more) };
    kraken.answer('/QueryOrders', answer(rows));
    kraken.answer('/ClosedOrders', answer({ closed: rows, count: 1 }));
    const said = { outcome: 'closed', status: closed, filled, cost: '12.34' };
    assert.deepEqual(await kraken.account.lookUp(SOUGHT), said, status);
    assert.deepEqual(await kraken.account.lookUp(unnamed), said, status);
  }
  assert.equal(kraken.asked('/ClosedOrders')[0]?.get('cl_ord_id'), 'rl-1');
});

test('an order that is on its way to the book, or partly filled in it, is open', async () => {
  for (const [status, vol_exec, filled] of [
    ['pending', '0.00000000', '0'],
    ['open', '0.04000000', '0.04'],
  ] as const) {
    const rows = { 'OB5VMB-B4U2U-DK2WRW': row({}, { status, vol_exec }) };
    kraken.answer('/QueryOrders', answer(rows));
    const found = { outcome: 'found', order: { ...SOUGHT, filled } };
    assert.deepEqual(await kraken.account.lookUp(SOUGHT), found);
  }
});

test('an order sized in quote has no quantity that could be compared', async () => {
  const spent = { status: 'closed', oflags: 'fciq,viqc', vol: '500.00', vol_exec: '500.00' };
  const rows = { 'OB5VMB-B4U2U-DK2WRW': row({ ordertype: 'market', price: '0' }, spent) };
  kraken.answer('/QueryOrders', answer(rows));
  const found = await kraken.account.lookUp(SOUGHT);
  assert.ok(found.outcome === 'unreadable');
  assert.equal(whyWords(found.why), 'order look-up: its volumes are in quote');
});

test('an answer about other orders says nothing of this one', async () => {
  kraken.answer('/OpenOrders', answer({ open: { 'O-9': row({}, { cl_ord_id: 'rl-9' }) } }));
  kraken.answer('/ClosedOrders', answer({ closed: {}, count: 0 }));
  kraken.answer('/QueryOrders', answer({ 'O-9': row({}, { cl_ord_id: 'rl-9' }) }));
  await rejectsAs(kraken.account.lookUp(SOUGHT), ['VenueUnreadable']);
});

test('prices that are told relative to others are not told as numbers', async () => {
  const orders = {
    'O-PLUS': row({ price: '+500.0' }),
    'O-MINUS': row({ price: '-10.0' }),
    'O-HASH': row({ price: '#5' }),
    'O-PERCENT': row({ price: '1.5%' }),
    'O-STOP': row({ ordertype: 'stop-loss', price: '#5.0%' }),
    'O-LIMIT': row({ ordertype: 'stop-loss-limit', price: '50000.10', price2: '-10.0' }),
    'O-TAKE': row({ ordertype: 'take-profit-limit', price: '+500.0', price2: '#5' }),
    'O-TRAIL': row({ ordertype: 'trailing-stop', price: '+500.0' }),
    'O-TRAILED': row({ ordertype: 'trailing-stop-limit', price: '+5.0000%', price2: '-10.0' }),
  };
  kraken.answer('/OpenOrders', answer({ open: orders }));
  const of = (venueOrderId: string, more: Partial<Order> = {}) => ({
    ...SOUGHT,
    venueOrderId,
    price: null,
    ...more,
  });
  const waits = { conditional: true };
  assert.deepEqual(await kraken.account.openOrders(), [
    of('O-PLUS'),
    of('O-MINUS'),
    of('O-HASH'),
    of('O-PERCENT'),
    // Only its own word tells what it is for.
    of('O-STOP', { ...waits, type: 'stop-loss' }),
    of('O-LIMIT', { ...waits, triggerPrice: '50000.1' }),
    of('O-TAKE', { ...waits, type: 'take-profit-limit' }),
    of('O-TRAIL', { ...waits, type: 'trailing-stop' }),
    of('O-TRAILED', { ...waits, type: 'trailing-stop-limit' }),
  ]);
});

test('a stop of the margin account that only reduces, partly filled after its trigger', async () => {
  const set = { misc: 'stopped', vol_exec: '0.03000000', reduce_only: true };
  const stop = row({ ordertype: 'stop-loss-limit', price: '50000.10', price2: '49900.00' }, set);
  kraken.answer('/OpenOrders', answer({ open: { 'O-STOP': stop } }));
  assert.deepEqual(await kraken.account.openOrders(), [
    { ...SOUGHT, venueOrderId: 'O-STOP', price: '49900', filled: '0.03', reduceOnly: true },
  ]);
});
