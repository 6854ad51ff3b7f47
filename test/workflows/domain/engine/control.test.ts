/** The bodies of the control surface: what an engine may answer, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ControlRefusal,
  EngineExposure,
  EngineStateAnswer,
  QuickHealth,
  RiskLimits,
} from '../../../../workflows/domain/engine/control.js';
import { balance, engineState } from '../builders.js';

const HEALTH = { healthy: true, hard: false, note: '', instanceId: 'maker-e3', epoch: 3 };

test('reads a quick health, and refuses one that leaves a verdict out', () => {
  assert.deepEqual(QuickHealth.parse(HEALTH), HEALTH);
  for (const field of Object.keys(HEALTH)) {
    assert.equal(QuickHealth.safeParse({ ...HEALTH, [field]: undefined }).success, false, field);
  }
});

test('does not take a word for a verdict', () => {
  assert.equal(QuickHealth.safeParse({ ...HEALTH, healthy: 'yes' }).success, false);
});

test('reads limits as decimal text, between 0 and 100 percent', () => {
  const limits = { percent: 50, limits: { maxPosition: '10.5' } };
  assert.deepEqual(RiskLimits.parse(limits), limits);
  for (const change of [{ percent: 101 }, { percent: -1 }, { limits: { maxPosition: 10.5 } }]) {
    assert.equal(RiskLimits.safeParse({ ...limits, ...change }).success, false);
  }
});

test('an exposure is decimal text', () => {
  assert.equal(EngineExposure.safeParse({ total: '12.5' }).success, true);
  assert.equal(EngineExposure.safeParse({ total: 12.5 }).success, false);
  assert.equal(EngineExposure.safeParse({ total: 'NaN' }).success, false);
});

test('a state that an engine answers is checked as a checkpoint is', () => {
  const answer = { sequence: 9, state: engineState({ balances: [balance()] }) };
  assert.deepEqual(EngineStateAnswer.parse(answer), answer);
  const broken = { ...answer, state: { ...answer.state, balances: [balance({ total: 'lots' })] } };
  assert.equal(EngineStateAnswer.safeParse(broken).success, false);
});

test('an engine refuses for one of the published reasons', () => {
  for (const error of ['stale_epoch', 'invalid', 'unauthorised', 'not_found']) {
    assert.equal(ControlRefusal.safeParse({ error, message: '' }).success, true);
  }
  assert.equal(ControlRefusal.safeParse({ error: 'mood', message: '' }).success, false);
});
