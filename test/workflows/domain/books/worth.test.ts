/** What a figure is worth, what counts as a lot, and what is dust. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  reconcile,
  type ReconciliationOptions,
} from '../../../../workflows/domain/reconciliation/reconciliation.js';
import type { ReadableVenue } from '../../../../workflows/domain/books/snapshot.js';
import type { InstrumentSpec } from '../../../../workflows/domain/books/state.js';
import { worthOf } from '../../../../workflows/domain/books/worth.js';
import { balance, engineState, PERPETUAL, position, readable, snapshot } from '../builders.js';

const PLACE = { venue: 'alpha', account: 'main' };

function spec(change: Partial<InstrumentSpec> = {}): InstrumentSpec {
  return {
    instrument: PERPETUAL,
    quantityStep: '0.001',
    priceTick: null,
    minNotional: null,
    contractSize: '1',
    inverse: false,
    ...change,
  };
}

function worth(truth: Partial<ReadableVenue>) {
  return worthOf(snapshot(readable('alpha', truth)), ['USDT', 'USD']);
}

test('a position is worth its contracts at the mark, an inverse one what they say', () => {
  const at = (instrument: string) => ({ ...PLACE, instrument });
  const { positionNotional } = worth({
    marks: { [PERPETUAL]: '60000', 'BTC/USD:BTC': '60000', 'ETH/USDT:USDT': '3000' },
    instruments: [
      spec({ contractSize: '0.01' }),
      spec({ instrument: 'BTC/USD:BTC', contractSize: '100', inverse: true }),
    ],
  });
  assert.equal(positionNotional(at(PERPETUAL), '-2'), '-1200');
  assert.equal(positionNotional(at('BTC/USD:BTC'), '7'), '700');
  assert.equal(positionNotional(at('ETH/USDT:USDT'), '2'), '6000');
  assert.equal(positionNotional(at('X/USDT:USDT'), '2'), null);
});

test('cash is worth itself, another asset the highest of its prices in cash', () => {
  const of = (asset: string) => ({ ...PLACE, asset });
  const marks = { 'BTC/USDT': '60000', 'BTC/USD': '60100', 'ETH/BTC': '0.05' };
  const { balanceNotional } = worth({ marks });
  assert.equal(balanceNotional(of('USDT'), '-3.5'), '-3.5');
  assert.equal(balanceNotional(of('BTC'), '2'), '120200');
  assert.equal(balanceNotional(of('ETH'), '1'), null);
  assert.equal(balanceNotional({ ...of('BTC'), venue: 'beta' }, '2'), null);
});

test('lots are steps of the instrument, and of an asset the smallest step that trades it', () => {
  const { positionLots, balanceLots } = worth({
    instruments: [
      spec(),
      spec({ instrument: 'BTC/USDT', quantityStep: '0.01' }),
      spec({ instrument: 'BTC/USD', quantityStep: '0.00001' }),
      spec({ instrument: 'ETH/USD', quantityStep: null }),
    ],
  });
  assert.equal(positionLots({ ...PLACE, instrument: PERPETUAL }, '-0.0025'), '-2.5');
  assert.equal(balanceLots({ ...PLACE, asset: 'BTC' }, '0.0001'), '10');
  assert.equal(balanceLots({ ...PLACE, asset: 'ETH' }, '1'), null);
  assert.equal(positionLots({ ...PLACE, instrument: 'X/USD' }, '1'), null);
});

/** Two contracts inside, and as many more at the venue as asked. */
function verdictOf(more: string, options: Partial<ReconciliationOptions>, mark = '50000') {
  const quantity = `2.${more}`;
  const { lines } = reconcile(
    engineState({ positions: [position({ ...PLACE })] }),
    snapshot(
      readable('alpha', {
        positions: [position({ ...PLACE, quantity })],
        marks: { [PERPETUAL]: mark },
      }),
    ),
    { tolerance: '0.0001', cashAssets: ['USDT'], ...options },
  );
  return lines[0]?.verdict;
}

test('a rest worth no more than the limit is dust, a hundred-millionth more is not', () => {
  const options = { dustNotional: '10' };
  assert.equal(verdictOf('0002', options), 'dust');
  assert.equal(verdictOf('00020000000001', options), 'unexplained');
});

test('no limit, no dust', () => {
  assert.equal(verdictOf('0002', {}), 'unexplained');
  assert.equal(verdictOf('0002', { dustNotional: '0' }), 'unexplained');
});

test('a mark of zero is no price: nothing is dust by it', () => {
  assert.equal(verdictOf('0002', { dustNotional: '10' }, '0'), 'unexplained');
  assert.equal(verdictOf('0002', { dustNotional: '0' }, '0.00'), 'unexplained');
});

test('what has no mark, or none in cash, is never dust', () => {
  assert.equal(verdictOf('0002', { dustNotional: '10', cashAssets: [] }), 'unexplained');
  assert.equal(verdictOf('0002', { dustNotional: '10', cashAssets: ['USD'] }), 'unexplained');
  const { lines } = reconcile(
    engineState(),
    snapshot(readable('alpha', { balances: [balance({ asset: 'DOGE', total: '0.001' })] })),
    { tolerance: '0.0001', dustNotional: '1000000', cashAssets: ['USDT'] },
  );
  assert.deepEqual([lines[0]?.notional, lines[0]?.verdict], [null, 'unexplained']);
});

test('within the tolerance a rest matches, however much it is worth', () => {
  assert.equal(verdictOf('0001', {}, '999999999'), 'match');
});
