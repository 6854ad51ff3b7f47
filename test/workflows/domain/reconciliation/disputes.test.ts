/** Of many disputed figures, people see the weightiest first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { byWeight, isDisputed } from '../../../../workflows/domain/reconciliation/disputes.js';
import {
  reconcile,
  type ReconciliationLine,
} from '../../../../workflows/domain/reconciliation/reconciliation.js';
import { balance, engineState, fill, PERPETUAL, position } from '../builders.js';
import { readable, snapshot, unreadable } from '../builders.js';
import { magnitude, toText, toUnits } from '../exact.js';

const SHOWN = 20;

function names(lines: readonly ReconciliationLine[]): string[] {
  return lines.map(({ venue, item }) => `${venue} ${item}`);
}

/** Thirty small differences, early in the alphabet, and what weighs more, late in it. */
function manyDisputes(): ReconciliationLine[] {
  const small = Array.from({ length: 30 }, (_, index) =>
    balance({ asset: `A${String(index).padStart(2, '0')}`, total: String(index + 1) }),
  );
  const forced = fill({ venue: 'yankee', instrument: PERPETUAL, side: 'sell', quantity: '2' });
  const { lines } = reconcile(
    engineState({
      balances: [...small, balance({ asset: 'ZEC', total: '3' }), balance({ venue: 'zulu' })],
      positions: [position({ venue: 'xray', quantity: '500' }), position({ venue: 'yankee' })],
    }),
    snapshot(
      readable('alpha', {
        marks: Object.fromEntries(small.map(({ asset }) => [`${asset}/USDT`, '1'])),
      }),
      readable('xray', { marks: { [PERPETUAL]: '60000' } }),
      readable('yankee', { fills: [{ ...forced, forced: 'liquidation' }] }),
      unreadable('zulu'),
    ),
    { tolerance: '0.0001', cashAssets: ['USDT'] },
  );
  return lines.filter(isDisputed);
}

test('of many disputed figures the weightiest come first, wherever their names come', () => {
  const lines = manyDisputes();
  assert.equal(lines.length, 34);
  const shown = names(byWeight(lines).slice(0, SHOWN));
  assert.deepEqual(shown.slice(0, 6), [
    'zulu USDT',
    'alpha ZEC',
    `yankee ${PERPETUAL}`,
    `xray ${PERPETUAL}`,
    'alpha A29',
    'alpha A28',
  ]);
});

test('without a worth the larger number of lots comes first, then the name', () => {
  const spec = { quantityStep: '0.5', priceTick: null, minNotional: null };
  const told = { contractSize: '1', inverse: false };
  const instruments = ['B', 'C', 'D'].map((asset) => {
    return { instrument: `${asset}/USDT`, ...spec, ...told };
  });
  const assets = [
    balance({ asset: 'A', total: '1' }),
    balance({ asset: 'B', total: '2' }),
    balance({ asset: 'C', total: '7' }),
    balance({ asset: 'D', total: '2' }),
  ];
  const { lines } = reconcile(
    engineState({ balances: assets }),
    snapshot(readable('alpha', { instruments })),
    { tolerance: '0.0001' },
  );
  assert.deepEqual(names(byWeight(lines)), ['alpha A', 'alpha C', 'alpha B', 'alpha D']);
});

test('the order is the same whatever theirs was, and no lighter line is before a heavier', () => {
  const amounts = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 21, maxLength: 60 });
  fc.assert(
    fc.property(amounts, (units) => {
      const lines = units.map(
        (n, index) =>
          ({
            venue: 'alpha',
            account: 'main',
            item: `A${index}`,
            exchange: '0',
            notional: toText(BigInt(n), 2),
            lots: '0',
            forced: '0',
          }) as ReconciliationLine,
      );
      const ranked = byWeight(lines);
      assert.deepEqual(byWeight(lines.toReversed()), ranked);
      const sizes = ranked.map(({ notional }) => magnitude(toUnits(notional ?? '0')));
      assert.deepEqual(
        sizes,
        sizes.toSorted((a, b) => (a === b ? 0 : a < b ? 1 : -1)),
      );
    }),
    { numRuns: 1000, seed: 20 },
  );
});
