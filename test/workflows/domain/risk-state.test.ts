import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reconcile } from '../../../workflows/domain/reconciliation.js';
import { riskAfterFills } from '../../../workflows/domain/risk-state.js';
import { engineState, fill, PERPETUAL, readable, snapshot } from './builders.js';

const lost = fill({
  instrument: PERPETUAL,
  realizedPnl: '-120.5',
  fee: { asset: 'USDT', amount: '0.5' },
});
const RISK = { dailyPnl: '100', breakerLatched: true };

test('a loss since the checkpoint is in the daily result, its fee too, and the breaker stays', () => {
  assert.deepEqual(riskAfterFills(RISK, [lost]), { dailyPnl: '-21', breakerLatched: true });
});

test('a fee in another asset is no part of it, and spot fills realise nothing that is told', () => {
  const inCoins = { ...lost, fee: { asset: 'BNB', amount: '9' } };
  assert.equal(riskAfterFills(RISK, [inCoins]).dailyPnl, '-20.5');
  assert.equal(riskAfterFills(RISK, [fill()]).dailyPnl, '100');
});

test('a daily result that is not known stays unknown', () => {
  assert.equal(riskAfterFills({ ...RISK, dailyPnl: null }, [lost]).dailyPnl, null);
});

test('a reconciliation counts each fill once, and those that the state holds not again', () => {
  const venues = snapshot(readable('alpha', { fills: [lost, lost] }));
  const first = reconcile(engineState({ risk: RISK }), venues, { tolerance: '0.0001' });
  assert.equal(first.state.risk.dailyPnl, '-21');
  const again = reconcile(first.state, venues, { tolerance: '0.0001' });
  assert.equal(again.state.risk.dailyPnl, '-21');
});
