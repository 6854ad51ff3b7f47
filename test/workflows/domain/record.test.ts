/** The order of the steps is that of the procedure. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STEP_TITLES, STEPS } from '../../../workflows/domain/record.js';

test('goes through the steps of the procedure in its order, after containing the crash', () => {
  assert.deepEqual(
    STEPS.map((name) => STEP_TITLES[name]),
    [
      'Contain',
      'Analyse the crash',
      'Safety checks',
      'Load state',
      'Reconcile positions',
      'Recover orders',
      'Start and check health',
      'Risk checks',
      'Market conditions',
      'Resume trading step by step',
      'Report and notify',
    ],
  );
});

test('positions are reconciled and risk is checked before any trading', () => {
  const before = STEPS.slice(0, STEPS.indexOf('ramp'));
  for (const step of ['reconcile', 'recover_orders', 'start', 'risk', 'market'] as const) {
    assert.ok(before.includes(step), step);
  }
});
