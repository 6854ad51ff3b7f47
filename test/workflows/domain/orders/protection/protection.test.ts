/** Which stops protect a position, and how much of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { checkProtection } from '../../../../../workflows/domain/orders/protection/protection.js';
import type { Order, Position } from '../../../../../workflows/domain/books/state.js';
import {
  engineState,
  order,
  PERPETUAL,
  position,
  readable,
  snapshot,
  unreadable,
} from '../../builders.js';
import { toText } from '../../exact.js';

const MARK = '60000';

/** A stop that sells one of a long position below the mark, until a test changes it. */
function stop(change: Partial<Order> = {}): Order {
  return order({
    venue: 'gamma',
    instrument: PERPETUAL,
    side: 'sell',
    type: 'market',
    price: null,
    quantity: '2',
    conditional: true,
    reduceOnly: true,
    triggerPrice: '55000',
    ...change,
  });
}

interface Given {
  held?: Position;
  before?: Order[];
  now?: Order[];
  marks?: Record<string, string>;
}

function check({ held = position(), before = [], now = [], marks = { [PERPETUAL]: MARK } }: Given) {
  const venues = snapshot(readable('gamma', { positions: [held], orders: now, marks }));
  const internal = engineState({ positions: [held], orders: before });
  const [line, ...more] = checkProtection(internal, venues);
  assert.deepEqual(more, []);
  return [line?.protection, line?.covered, line?.lost];
}

test('a stop for all of it protects, for half of it partly, none not at all', () => {
  assert.deepEqual(check({ now: [stop()] }), ['protected', '2', false]);
  assert.deepEqual(check({ now: [stop({ quantity: '0.5' })] }), ['partly', '0.5', false]);
  assert.deepEqual(check({}), ['unprotected', '0', false]);
});

test('stops add up, each by what is left of it, and never beyond the position', () => {
  const filled = stop({ clientOrderId: 'a', quantity: '1.5', filled: '0.5' });
  assert.deepEqual(check({ now: [filled] }), ['partly', '1', false]);
  const rest = stop({ clientOrderId: 'b', quantity: '5' });
  assert.deepEqual(check({ now: [filled, rest] }), ['protected', '2', false]);
});

test('a stop without a quantity closes the whole position', () => {
  const closing = stop({ quantity: '0', reduceOnly: false });
  assert.deepEqual(check({ now: [closing] }), ['protected', '2', false]);
});

test('a trailing stop tells no trigger and protects', () => {
  const { triggerPrice: _, ...trailing } = stop({ type: 'trailing_stop_market' });
  assert.deepEqual(check({ now: [trailing] }), ['protected', '2', false]);
});

const USELESS: readonly [string, Partial<Order>][] = [
  ['a plain order', { conditional: false }],
  ['one that may also open', { reduceOnly: false }],
  ['one of the opening side', { side: 'buy' }],
  ['a trigger where the position gains', { triggerPrice: '65000' }],
  ['a take-profit by its name', { type: 'take_profit_market' }],
  ['one of another instrument', { instrument: 'ETH/USDT:USDT' }],
  ['one of the long side in hedge mode', { positionSide: 'long' }],
];

for (const [what, change] of USELESS) {
  test(`does not protect: ${what}`, () => {
    assert.deepEqual(check({ now: [stop(change)] }), ['unprotected', '0', false]);
  });
}

test('a short is protected by a purchase above the mark', () => {
  const held = position({ quantity: '-2' });
  const above = stop({ side: 'buy', triggerPrice: '65000' });
  assert.deepEqual(check({ held, now: [above] }), ['protected', '2', false]);
  const below = stop({ side: 'buy', triggerPrice: '55000' });
  assert.deepEqual(check({ held, now: [below] }), ['unprotected', '0', false]);
});

test('in hedge mode a stop protects its own side, and needs no reduce-only mark', () => {
  const { reduceOnly: _, ...plain } = stop({ positionSide: 'long' });
  const long = position({ side: 'long' });
  const short = position({ side: 'short', quantity: '-2' });
  const venues = snapshot(
    readable('gamma', { positions: [long, short], orders: [plain], marks: { [PERPETUAL]: MARK } }),
  );
  assert.deepEqual(
    checkProtection(engineState(), venues).map(({ held, protection }) => [
      'side' in held && held.side,
      protection,
    ]),
    [
      ['long', 'protected'],
      ['short', 'unprotected'],
    ],
  );
});

test('a stop moved into profit still protects, by the mark and not by the entry price', () => {
  const held = position({ averagePrice: '40000' });
  assert.deepEqual(check({ held, now: [stop()] }), ['protected', '2', false]);
});

test('without a mark the type decides, else the entry price', () => {
  const marks = {};
  const held = position({ averagePrice: '50000' });
  const named = stop({ type: 'stop_market' });
  assert.deepEqual(check({ held, now: [named], marks }), ['protected', '2', false]);
  assert.deepEqual(check({ held, now: [stop()], marks }), ['unprotected', '0', false]);
  const below = stop({ triggerPrice: '45000' });
  assert.deepEqual(check({ held, now: [below], marks }), ['protected', '2', false]);
});

test('a stop that the engine had and the venue has no more is lost', () => {
  assert.deepEqual(check({ before: [stop()] }), ['unprotected', '0', true]);
  const half = stop({ quantity: '1' });
  assert.deepEqual(check({ before: [stop()], now: [half] }), ['partly', '1', true]);
  assert.deepEqual(check({ before: [half], now: [half] }), ['partly', '1', false]);
  assert.deepEqual(check({ before: [half], now: [stop()] }), ['protected', '2', false]);
});

test('of two stops one is lost, although the rest was no whole protection before', () => {
  const [one, other] = ['a', 'b'].map((clientOrderId) =>
    stop({ clientOrderId, venueOrderId: clientOrderId, quantity: '0.5' }),
  );
  assert.ok(one && other);
  assert.deepEqual(check({ before: [one, other], now: [other] }), ['partly', '0.5', true]);
});

test('a stop that fired between is lost too, although the mark is beyond it now', () => {
  const marks = { [PERPETUAL]: '50000' };
  assert.deepEqual(check({ before: [stop()], marks }), ['unprotected', '0', true]);
});

test('a stop that was still on its way protected nothing, so it is not lost', () => {
  const sent = stop({ state: 'in_flight', venueOrderId: null });
  assert.deepEqual(check({ before: [sent] }), ['unprotected', '0', false]);
});

test('a position of a venue that could not be read is unknown, never protected', () => {
  const internal = engineState({ positions: [position()], orders: [stop()] });
  const [line] = checkProtection(internal, snapshot(unreadable('gamma')));
  assert.deepEqual([line?.protection, line?.covered, line?.lost], ['unknown', null, false]);
});

const stopRows = fc.array(
  fc.record({
    sells: fc.boolean(),
    reduceOnly: fc.boolean(),
    conditional: fc.boolean(),
    above: fc.boolean(),
    steps: fc.integer({ min: 0, max: 40 }),
    side: fc.constantFrom(undefined, 'net', 'long', 'short'),
  }),
  { maxLength: 8 },
);

test('covers as much as the model counts, over sides, triggers and kinds of orders', () => {
  const positions = fc.record({
    side: fc.constantFrom('net', 'long', 'short'),
    steps: fc.integer({ min: -30, max: 30 }).filter((n) => n !== 0),
  });
  fc.assert(
    fc.property(positions, stopRows, ({ side, steps }, rows) => {
      const long = side === 'net' ? steps > 0 : side === 'long';
      const size = Math.abs(steps);
      const held = position({ side, quantity: toText(BigInt(long ? size : -size), 1) });
      const now = rows.map((row, index) =>
        stop({
          clientOrderId: `mine-${index}`,
          side: row.sells ? 'sell' : 'buy',
          reduceOnly: row.reduceOnly,
          conditional: row.conditional,
          triggerPrice: row.above ? '60001' : '59999',
          quantity: toText(BigInt(row.steps), 1),
          ...(row.side === undefined ? {} : { positionSide: row.side }),
        }),
      );
      const counted = rows.filter((row) => {
        const reduces = side !== 'net' || row.reduceOnly || row.steps === 0;
        const matches = (row.side ?? 'net') === side;
        return row.conditional && row.sells === long && row.above === !long && reduces && matches;
      });
      const all = counted.some((row) => row.steps === 0);
      const sum = counted.reduce((total, row) => total + row.steps, 0);
      const covered = all ? size : Math.min(size, sum);
      const expected = covered === size ? 'protected' : covered === 0 ? 'unprotected' : 'partly';
      const [protection, told] = check({ held, now });
      assert.deepEqual([protection, told], [expected, toText(BigInt(covered), 1)]);
    }),
    { numRuns: 1000, seed: 5 },
  );
});
