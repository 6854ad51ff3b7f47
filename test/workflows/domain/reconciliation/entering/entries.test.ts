/** What an engine must be told, from what it says of itself; and the list for people's hands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  orderWords,
  positionWords,
} from '../../../../../workflows/domain/reconciliation/entering/by-hand.js';
import { entriesFor } from '../../../../../workflows/domain/reconciliation/entering/entries.js';
import type { Position } from '../../../../../workflows/domain/books/state.js';
import { engineState, order, position } from '../../builders.js';

const told = (positions: Position[], apart: { instrument: string; why: string }[] = []) => ({
  kind: 'positions' as const,
  positions: { positions, apart, isWhole: true },
});

const figures = (entries: ReturnType<typeof entriesFor>) =>
  entries.positions.map(({ venue, instrument, quantity, held }) =>
    [venue, instrument, quantity, held].join(' '),
  );

test('a position is set where its quantity differs, appears or must go, and nowhere else', () => {
  const expected = engineState({
    positions: [
      position({ quantity: '2.0' }),
      position({ instrument: 'ETH/USDT:USDT', quantity: '-3' }),
      position({ instrument: 'SOL/USDT:USDT', quantity: '7' }),
    ],
  });
  const has = [
    position({ quantity: '2', averagePrice: '1' }),
    position({ instrument: 'SOL/USDT:USDT', quantity: '8' }),
    position({ instrument: 'XRP/USDT:USDT', quantity: '5' }),
  ];
  assert.deepEqual(figures(entriesFor(told(has), expected)), [
    'gamma ETH/USDT:USDT -3 0',
    'gamma SOL/USDT:USDT 7 8',
    'gamma XRP/USDT:USDT 0 5',
  ]);
});

test('of an engine that tells nothing, all is told to it, and nothing is said of what it has', () => {
  const expected = engineState({ positions: [position()], orders: [order()] });
  const entries = entriesFor({ kind: 'nothing' }, expected);
  assert.deepEqual(figures(entries), ['gamma BTC/USDT:USDT 2 ']);
  assert.deepEqual(entries.orders, [order()]);
});

test('one figure for two sides, or for two venues, is nobody’s to set: people read why', () => {
  const sided = engineState({
    positions: [
      position({ side: 'long', quantity: '3' }),
      position({ side: 'short', quantity: '-1' }),
    ],
  });
  const entries = entriesFor(told([position({ quantity: '2' })]), sided);
  assert.deepEqual(entries.positions, []);
  assert.deepEqual(entries.others, [
    'gamma BTC/USDT:USDT: must be 3 long and -1 short (held by sides, which one figure does not tell)',
  ]);
  const twice = told([], [{ instrument: 'BTC/USDT:USDT', why: 'gamma and delta list it' }]);
  const unclear = entriesFor(twice, engineState({ positions: [position()] }));
  assert.deepEqual(unclear.positions, []);
  assert.deepEqual(unclear.others, ['gamma BTC/USDT:USDT: must be 2 (gamma and delta list it)']);
});

test('of an engine that tells all, orders that differ are told, and the rest is people’s', () => {
  const known = order({ clientOrderId: 'known' });
  const grown = order({ clientOrderId: 'grown', filled: '1' });
  const stale = order({ clientOrderId: 'stale' });
  const expected = engineState({ orders: [known, grown, order({ clientOrderId: 'new' })] });
  const state = engineState({
    orders: [{ ...known, quantity: '2.00' }, { ...grown, filled: '0' }, stale],
    balances: [{ venue: 'alpha', account: 'main', asset: 'USDT', total: '5' }],
  });
  const entries = entriesFor({ kind: 'state', state }, expected);
  assert.deepEqual(
    entries.orders.map(({ clientOrderId }) => clientOrderId),
    ['grown', 'new'],
  );
  assert.deepEqual(entries.others, [
    'alpha USDT: held, and not in the recovered state',
    'order stale at alpha: held, and not in the recovered state',
  ]);
});

test('where all is told, an entry price is part of it; where positions are, it is the engine’s own', () => {
  const expected = engineState({ positions: [position({ averagePrice: '60000' })] });
  const has = position({ averagePrice: '59000' });
  const whole = entriesFor({ kind: 'state', state: engineState({ positions: [has] }) }, expected);
  assert.deepEqual(figures(whole), ['gamma BTC/USDT:USDT 2 2']);
  assert.deepEqual(figures(entriesFor(told([has]), expected)), []);
});

test('the list has each figure, is one line each, and shows nothing that moves the eye', () => {
  const entry = { venue: 'gamma', account: 'main', instrument: 'BTC/USDT:USDT', held: '1' };
  assert.equal(
    positionWords({ ...entry, quantity: '2', averagePrice: '60000' }, null),
    'position gamma BTC/USDT:USDT: set to 2 at an average price of 60000; the engine says 1',
  );
  assert.equal(
    orderWords(order({ filled: '0.5' }), 'no room'),
    'order v-1 (client id mine-1) at alpha: BTC/USDT buy 2 at 60000, filled 0.5: ' +
      'enter it, or cancel it at the venue (no room)',
  );
  const stop = order({ price: null, type: 'stop', triggerPrice: '50000', venueOrderId: null });
  assert.match(
    orderWords(stop, null),
    /^order with the client id mine-1 .* 2, triggered at 50000,/,
  );
  const odd = positionWords({ ...entry, quantity: '2', averagePrice: null }, 'a\nb\u202E');
  assert.doesNotMatch(odd, /[\n\u202E]/);
  assert.ok(
    Buffer.byteLength(
      positionWords({ ...entry, quantity: '2', averagePrice: null }, 'x'.repeat(900)),
    ) <= 400,
  );
});
