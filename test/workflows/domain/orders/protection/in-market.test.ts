/** What is said of the market at an end without trading. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Order, Position } from '../../../../../workflows/domain/books/state.js';
import { readFault } from '../../../../../workflows/domain/books/read-fault.js';
import type { ReadableVenue, Snapshot } from '../../../../../workflows/domain/books/snapshot.js';
import {
  goOnCommand,
  inMarketLines,
  inMarketOf,
} from '../../../../../workflows/domain/orders/protection/in-market.js';

const AT = { venue: 'alpha', account: 'main' };
const INSTRUMENT = 'BTC/USDT:USDT';
const LONG: Position = {
  ...AT,
  instrument: INSTRUMENT,
  side: 'net',
  quantity: '0.5',
  averagePrice: '60000',
};
const STOP: Order = {
  ...AT,
  instrument: INSTRUMENT,
  clientOrderId: 'ours-1',
  venueOrderId: '1',
  side: 'sell',
  type: 'stop_market',
  price: null,
  quantity: '0.5',
  filled: '0',
  state: 'open',
  conditional: true,
  triggerPrice: '55000',
  reduceOnly: true,
};

function snapshot(venue: Partial<ReadableVenue>, others: Snapshot['venues'] = []): Snapshot {
  const empty = { positions: [], balances: [], orders: [], fills: [], instruments: [], gaps: [] };
  const alpha: ReadableVenue = {
    readable: true,
    ...AT,
    ...empty,
    cashFlows: null,
    marks: { [INSTRUMENT]: '61000' },
    ...venue,
  };
  return { takenAtMs: 1, venues: [alpha, ...others] };
}

test('a position without a stop is named, and one with a stop is not', () => {
  const bare = inMarketOf(snapshot({ positions: [LONG] }));
  assert.deepEqual(bare.unprotected.shown, ['alpha BTC/USDT:USDT 0.5 at 60000 (unprotected)']);
  const held = inMarketOf(snapshot({ positions: [LONG], orders: [STOP] }));
  assert.equal(held.unprotected.count, 0);
  assert.deepEqual(held.orders.shown[0]?.remaining, '0.5');
});

test('what could not be read comes first, and is never taken for flat', () => {
  const why = readFault({ kind: 'no_answer', venue: 'beta', what: 'positions' });
  const away = { readable: false as const, venue: 'beta', account: 'main', why };
  const [first] = inMarketLines(inMarketOf(snapshot({}, [away])));
  assert.match(first ?? '', /^beta: NOT READ, what is there is unknown/);
  assert.match(inMarketLines({ notRead: 'no worker' })[0] ?? '', /NOT READ \(no worker\)/);
});

test('a stop of no quantity closes the whole position, and not nothing', () => {
  const closing = { ...STOP, quantity: '0' };
  const said = inMarketLines(inMarketOf(snapshot({ positions: [LONG], orders: [closing] })));
  assert.match(said.join('\n'), /sell the whole position \(stop_market\)/);
});

test('is bounded, with the whole counts', () => {
  const orders = Array.from({ length: 500 }, (_, index) => ({
    ...STOP,
    clientOrderId: `ours-${index}`,
  }));
  const left = inMarketOf(snapshot({ orders }));
  assert.deepEqual([left.orders.count, left.orders.shown.length], [500, 20]);
  assert.match(inMarketLines(left).join('\n'), /and 480 more/);
  const positions = Array.from({ length: 25 }, (_, index) => ({
    ...LONG,
    instrument: `C${index}/USDT:USDT`,
  }));
  const [, bare] = inMarketLines(inMarketOf(snapshot({ positions })))
    .join('\n')
    .split('WITHOUT A STOP');
  assert.match(bare ?? '', /C19\/USDT:USDT .*; and 5 more$/);
});

test('one command goes on; behind the kill switch that is released first', () => {
  const incident = { incidentId: 'alpha/1', engineId: 'alpha' };
  assert.match(goOnCommand(incident), /^relight retry alpha\/1 /);
  const behind = goOnCommand({ ...incident, killSwitch: { by: 'olga' } });
  assert.match(behind, /^relight shutdown --release --engine alpha/);
});
