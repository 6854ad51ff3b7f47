/** What a plan says would be asked: each rule by which a recovery asks, and nothing of what could not be looked at. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cause } from '../../../../workflows/domain/crash/cause/cause.js';
import { countResolutions } from '../../../../workflows/domain/orders/resolution.js';
import { RecoveryPolicy } from '../../../../workflows/domain/policy/policy.js';
import {
  answeredBy,
  askingCauses,
  questionsOf,
  type Found,
} from '../../../../workflows/domain/readiness/planned.js';

const GOOD = {
  name: '7.ckpt',
  valid: true,
  ageMs: 1,
  sequence: 7,
  errors: [],
  warnings: [],
};
const NONE = { count: 0, shown: [], digest: '' };
const WARNINGS = { stale: NONE, unprotected: NONE, lost: NONE };
const COUNTS = { match: 1, explained: 0, unexplained: 0, unknown: 0 };
const COMPARED = {
  counts: COUNTS,
  fillsApplied: 0,
  flowsApplied: 0,
  forced: [],
  disputed: '',
  worst: [],
};
const CLEAN: Found = {
  crashCount: 1,
  checkpoints: [GOOD],
  unreadable: [],
  compared: COMPARED,
  breakerUnknown: false,
  orders: { counts: countResolutions([]), warnings: WARNINGS },
  untold: [],
  limits: { mismatches: [] },
  exposure: { kind: 'within', total: '5' },
  market: { kind: 'normal', highest: '0.01' },
};
const UNSEEN: Found = {
  ...CLEAN,
  checkpoints: null,
  compared: null,
  orders: null,
  limits: null,
  exposure: null,
  market: null,
};

function gates(found: Partial<Found>, policy: object = {}): string[] {
  return questionsOf({ ...CLEAN, ...found }, RecoveryPolicy.parse(policy)).map(({ gate }) => gate);
}

function ordersWith(kind: 'unknown' | 'foreign', warnings = WARNINGS): Found['orders'] {
  return { counts: { ...countResolutions([]), [kind]: 1 }, warnings };
}

test('what is clean asks nobody, and what could not be looked at is no question', () => {
  assert.deepEqual(gates({}), []);
  assert.deepEqual(questionsOf(UNSEEN, RecoveryPolicy.parse({})), []);
});

test('each finding asks at its own gate', () => {
  const one = { count: 1, shown: ['a stop'], digest: '' };
  const cases: [Partial<Found>, string[], object?][] = [
    [{ crashCount: 4 }, ['automatic_recovery']],
    [{ crashCount: 3 }, []],
    [{ checkpoints: [{ ...GOOD, valid: false, errors: ['torn'] }] }, ['automatic_recovery']],
    [{ checkpoints: [] }, []],
    [{ checkpoints: [] }, ['automatic_recovery'], { checkpoint: { onMissing: 'ask' } }],
    [{ unreadable: ['kraken: away'] }, ['venues_unreadable']],
    [{ compared: { ...COMPARED, counts: { ...COUNTS, unexplained: 1 } } }, ['discrepancies']],
    [
      { compared: { ...COMPARED, counts: { ...COUNTS, unexplained: 1 } } },
      [],
      { reconciliation: { strict: false } },
    ],
    [{ compared: { ...COMPARED, forced: ['kraken BTC 1'] } }, ['discrepancies']],
    [
      { compared: { ...COMPARED, unverified: { count: 1, figures: [], digest: '' } } },
      ['unverified_state'],
    ],
    [{ breakerUnknown: true }, ['unknown_breaker']],
    [{ orders: ordersWith('unknown') }, ['unknown_orders']],
    [{ orders: ordersWith('unknown') }, [], { orders: { onUnknown: 'treat_as_absent' } }],
    [{ orders: ordersWith('foreign') }, []],
    [{ orders: ordersWith('foreign') }, ['foreign_orders'], { orders: { foreign: 'ask' } }],
    [
      { orders: { counts: countResolutions([]), warnings: { ...WARNINGS, lost: one } } },
      ['unprotected_positions'],
    ],
    [
      { orders: { counts: countResolutions([]), warnings: { ...WARNINGS, stale: one } } },
      ['stale_orders'],
      { orders: { onStale: 'ask' } },
    ],
    [{ untold: ['orders'] }, ['unverified_state']],
    [{ untold: ['orders'] }, [], { onUnverified: 'report' }],
    [{ limits: { mismatches: [], refusal: 'no file' } }, ['risk_limits']],
    [
      { limits: { mismatches: [{ name: 'maxPosition', expected: '1', loaded: null }] } },
      ['risk_limits'],
    ],
    [{ limits: { mismatches: [], unlisted: ['maxPosition'] } }, ['risk_limits']],
    [{ limits: { mismatches: [], unlisted: ['maxPosition'] } }, [], { onUnverified: 'report' }],
    [{ exposure: { kind: 'high', total: '2', limit: '1' } }, ['exposure']],
    [{ exposure: { kind: 'unknown', unpriced: ['x'] } }, ['exposure']],
    [{ market: { kind: 'volatile', highest: '1', limit: '0.05' } }, ['volatility']],
    [{ market: { kind: 'unknown', what: ['binance'] } }, ['volatility']],
    [{ market: { kind: 'closed', venues: ['binance'] } }, []],
    [
      { market: { kind: 'closed', venues: ['binance'] } },
      ['market_closed'],
      { market: { whenClosed: 'ask' } },
    ],
  ];
  for (const [found, expected, policy] of cases) {
    assert.deepEqual(gates(found, policy), expected, JSON.stringify([found, policy]));
  }
});

test('which causes ask is known before the crash, and that all do where policy trusts none', () => {
  const policy = RecoveryPolicy.parse({});
  assert.ok(askingCauses(policy, Cause.options).includes('heap_corruption'));
  assert.ok(!askingCauses(policy, Cause.options).includes('segfault'));
  const [question] = questionsOf(CLEAN, RecoveryPolicy.parse({ automaticCauses: [] }));
  assert.deepEqual([question?.gate, question?.why], ['automatic_recovery', 'any cause']);
});

test('a question names those who may answer it', () => {
  const approvers = [
    { name: 'mei', roles: ['risk'] },
    { name: 'lee', roles: ['ops'] },
    { name: 'kim', roles: ['desk'] },
  ];
  const { able, expiresAfterMs } = answeredBy('exposure', RecoveryPolicy.parse({}), approvers);
  assert.deepEqual([able, expiresAfterMs], [['mei', 'lee'], 1_800_000]);
  const open = answeredBy('venues_unreadable', RecoveryPolicy.parse({}), []);
  assert.deepEqual([open.able, open.expiresAfterMs], [[], null]);
});
