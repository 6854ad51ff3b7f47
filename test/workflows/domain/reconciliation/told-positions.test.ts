/** Positions that an engine tells beside those that it should hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  comparePositions,
  type ToldPositions,
} from '../../../../workflows/domain/reconciliation/told-positions.js';
import { position } from '../builders.js';

const BTC = position({ instrument: 'BTC/USDT:USDT', quantity: '0.5', averagePrice: '60000' });
const ETH = position({ instrument: 'ETH/USDT:USDT', quantity: '-2', averagePrice: '3000' });

function compare(told: Partial<ToldPositions>, expected: (typeof BTC)[]) {
  const whole = { positions: [], apart: [], isWhole: true, ...told };
  return comparePositions(whole, { positions: expected });
}

test('equal is equal by figure, whatever its notation, and a price within its tolerance', () => {
  const same = { ...BTC, quantity: '0.500', averagePrice: '60000.5' };
  const flat = { ...ETH, quantity: '0' };
  assert.deepEqual(compare({ positions: [same, flat] }, [BTC]), { differing: [], unverified: [] });
});

test('each difference is named with both figures', () => {
  const positions = [{ ...BTC, quantity: '0.4', averagePrice: '59000' }];
  const { differing, unverified } = compare({ positions }, [BTC, ETH]);
  assert.deepEqual(unverified, []);
  assert.match(
    differing.join('; '),
    /BTC\/USDT:USDT: quantity 0\.4, expected 0\.5, averagePrice 59000, expected 60000; \S+ ETH\/USDT:USDT: not held/,
  );
  assert.match(compare({ positions: [ETH] }, []).differing.join(), /held, and not in the recover/);
});

test('what could be of two venues or of two sides is compared with nothing, and said', () => {
  const apart = [{ instrument: ETH.instrument, why: 'two venues have it' }];
  assert.deepEqual(compare({ apart }, [ETH]), {
    differing: [],
    unverified: ['ETH/USDT:USDT (two venues have it)'],
  });
  const sides = [
    { ...BTC, side: 'long' as const },
    { ...BTC, side: 'short' as const },
  ];
  const { differing, unverified } = compare({ positions: [BTC] }, sides);
  assert.deepEqual(differing, []);
  assert.match(unverified.join(), /held by sides, which one figure does not tell/);
});

test('nothing told and nothing held is equal only where the engine says that this is all', () => {
  assert.deepEqual(compare({}, []).unverified, []);
  assert.equal(compare({ isWhole: false }, []).unverified.length, 1);
  assert.match(compare({ isWhole: false }, [BTC]).differing.join(), /not held/);
});
