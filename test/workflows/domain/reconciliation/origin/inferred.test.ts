/** Fills that no trade report tells, inferred from the order's own figures: exactly, or not at all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { namedOrderKey } from '../../../../../workflows/domain/books/keys.js';
import type { EngineState, Fill, Order } from '../../../../../workflows/domain/books/state.js';
import type { LookUp } from '../../../../../workflows/domain/orders/look-up.js';
import { reconcile } from '../../../../../workflows/domain/reconciliation/reconciliation.js';
import {
  inferFills,
  isBetter,
  ordersThatMayExplain,
} from '../../../../../workflows/domain/reconciliation/origin/inferred.js';
import {
  balance,
  engineState,
  fill,
  order,
  PERPETUAL,
  position,
  readable,
  snapshot,
} from '../../builders.js';

const RULES = { tolerance: '0.0001', cashAssets: ['USDT'], asOfMs: 500 };

interface Scene {
  known: Order;
  held: Partial<EngineState>;
  truth: Parameters<typeof readable>[1];
  answer: LookUp;
}

/** As step 4 does it. */
function proposed({ known, held, truth, answer }: Scene) {
  const { venue } = known;
  const internal = engineState({ appliedFills: { [venue]: [] }, orders: [known], ...held });
  const told = snapshot(readable(venue, truth));
  const before = reconcile(internal, told, RULES);
  const orders = ordersThatMayExplain(internal, before.lines);
  const lookUps = new Map(orders.map((one) => [namedOrderKey(one), answer]));
  const inferred = inferFills(internal, told, { orders, lookUps });
  const fills = inferred.map((one) => one.fill);
  const after = reconcile(internal, told, { ...RULES, inferred: fills });
  return { inferred, before, after, better: isBetter(after.lines, before.lines) };
}

const CLOSED = { outcome: 'closed', status: 'filled' } as const;
const SPOT: Scene = {
  known: order({ quantity: '2', price: '110' }),
  held: { balances: [balance()] },
  truth: { balances: [balance({ total: '790' }), balance({ asset: 'BTC', total: '2' })] },
  answer: { ...CLOSED, filled: '2', cost: '210' },
};

test('a spot order that was filled without a trade report explains both of its assets', () => {
  const { inferred, after, better } = proposed(SPOT);
  assert.ok(better);
  assert.deepEqual(
    inferred.map(({ fill: { quantity, price, side }, because }) => [
      quantity,
      price,
      side,
      because,
    ]),
    [
      [
        '2',
        '105',
        'buy',
        'the venue says of order mine-1 that 2 of it were filled for 210; trades tell of 0 for 0',
      ],
    ],
  );
  assert.deepEqual(
    after.lines.map(({ item, verdict, inferred: by }) => [item, verdict, by]),
    [
      ['BTC', 'explained', '2'],
      ['USDT', 'explained', '-210'],
    ],
  );
  assert.deepEqual(after.state.appliedFills, { alpha: [] }, 'it is no trade that was reported');
});

test('of what trades tell in part, only the rest is inferred, at the price that it had', () => {
  const part = fill({ venueOrderId: 'v-1', quantity: '1', price: '100', timeMs: 900 });
  const { inferred, after } = proposed({ ...SPOT, truth: { ...SPOT.truth, fills: [part] } });
  assert.deepEqual(
    inferred.map(({ fill: { quantity, price } }) => [quantity, price]),
    [['1', '110']],
  );
  assert.ok(after.lines.every(({ verdict }) => verdict === 'explained'));
});

test('nothing is inferred of an order that proves no price, or says no more than its trades', () => {
  const none = (change: Partial<Scene>) => proposed({ ...SPOT, ...change }).inferred.length === 0;
  assert.ok(none({ answer: { ...CLOSED, filled: '2' } }), 'the venue tells no price');
  assert.ok(none({ answer: { ...CLOSED, filled: '0', cost: '0' } }), 'nothing was filled');
  assert.ok(none({ answer: { outcome: 'absent' } }));
  assert.ok(none({ known: order({ filled: '1' }) }), 'of what was filled before no trade is here');
  assert.ok(none({ known: order({ venueOrderId: null }) }), 'no trade could be tied to it');
  assert.ok(none({ known: order({ conditional: true }) }), 'its trigger makes another order');
  const whole = fill({ venueOrderId: 'v-1', quantity: '2', price: '105', timeMs: 900 });
  assert.ok(none({ truth: { balances: [balance({ total: '1' })], fills: [whole] } }));
});

test('what does not come out by it is not called better', () => {
  const elsewhere = {
    balances: [balance({ total: '500' }), balance({ asset: 'BTC', total: '9' })],
  };
  const { inferred, better } = proposed({ ...SPOT, truth: elsewhere });
  assert.deepEqual([inferred.length, better], [1, false]);
});

test('a contract is explained by its average; the result of what it closed stays unknown', () => {
  const gamma = { venue: 'gamma', instrument: PERPETUAL, side: 'sell' } as const;
  const { inferred, after, better } = proposed({
    known: order({ ...gamma, quantity: '2' }),
    held: { positions: [position()], risk: { dailyPnl: '5', breakerLatched: false } },
    truth: { positions: [] },
    answer: { ...CLOSED, filled: '2', average: '61000', cost: '122' },
  });
  assert.ok(better);
  assert.equal(inferred[0]?.fill.price, '61000');
  assert.equal(after.state.risk.dailyPnl, null);
});

const parts = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 90, max: 110 })),
  {
    minLength: 1,
    maxLength: 6,
  },
);

test('whichever trades of an order are lost, its own figures give back exactly what they moved', () => {
  fc.assert(
    fc.property(parts, fc.nat(63), (rows, lost) => {
      const all = rows.map(([quantity, price], index): Fill =>
        fill({
          tradeId: `t-${index}`,
          venueOrderId: 'v-1',
          quantity: `${quantity}`,
          price: `${price}`,
          timeMs: 600 + index,
        }),
      );
      const sum = (of: (row: [number, number]) => number) =>
        rows.reduce((total, row) => total + of(row), 0);
      const [filled, cost] = [sum(([quantity]) => quantity), sum(([a, b]) => a * b)];
      const { after, inferred } = proposed({
        known: order({ quantity: '100' }),
        held: { balances: [balance({ total: '10000' })] },
        truth: {
          balances: [
            balance({ total: `${10_000 - cost}` }),
            balance({ asset: 'BTC', total: `${filled}` }),
          ],
          fills: all.filter((_, index) => (lost & (1 << index)) === 0),
        },
        answer: { ...CLOSED, filled: `${filled}`, cost: `${cost}` },
      });
      assert.ok(after.lines.every(({ verdict }) => verdict === 'explained'));
      assert.equal(inferred.length, all.some((_, index) => (lost & (1 << index)) !== 0) ? 1 : 0);
    }),
    { numRuns: 200 },
  );
});
