/**
 * The defaults of the policy are the numbers of the procedure, and what is senseless is refused.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cause } from '../../../../workflows/domain/crash/cause/cause.js';
import { RecoveryPolicy } from '../../../../workflows/domain/policy/policy.js';

/** The numbers of the crash recovery procedure, each beside the words it stands in. */
const PROCEDURE: RecoveryPolicy = {
  containment: 'none',
  containmentAt: {},
  keepProtective: true,
  deadManSwitchMs: 60_000,
  // "5 second threshold"; "age > 10000 // 10 seconds"
  heartbeat: { healthyMs: 5_000, alarmMs: 10_000 },
  // "repeated crashes (> 3 in last 5 minutes)"
  crashLoop: { maxCrashes: 3, windowMs: 300_000, maxSameBug: 3, sameBugMs: 604_800_000 },
  // "NO (repeated crashes, data corruption, unknown cause)"
  automaticCauses: Cause.options.filter(
    (cause) => !/corruption|smashed|unannounced|never|unknown/.test(cause),
  ),
  // "Was Last Checkpoint Recent? (<5 seconds)"; "1 hour"; "abs(position.quantity) > 1000000"
  checkpoint: {
    freshMs: 5_000,
    oldMs: 3_600_000,
    absurdQuantity: '1000000',
    onCorrupt: 'ask',
    // "WARNING: No checkpoint found", RECOVERY_MODE="exchange"
    onMissing: 'reconstruct',
  },
  // "ABS_DIFF > 0.0001"; "STRICT_MODE=${1:---strict}"
  reconciliation: {
    tolerance: '0.0001',
    strict: true,
    fillOverlapMs: 60_000,
    // Ours: the procedure knows no dust, and reads the exchanges once.
    dustNotional: '0',
    recheckMs: 10_000,
    maxSnapshotAgeMs: 30_000,
  },
  // Ours: the procedure goes on with what the exchanges say, and knows no breaker.
  onUnverified: 'ask',
  orders: {
    onUnknown: 'ask',
    arrivalMs: 10_000,
    foreign: 'leave',
    staleDeviation: '0.05',
    onStale: 'report',
    onUnprotected: 'ask',
  },
  // "sleep 5 # Let services initialize"
  health: { readyWithinMs: 60_000, settleMs: 5_000, trading: 'off' },
  // "EXPOSURE > 1000000"
  risk: { maxExposure: '1000000', approvalBand: '0.02', limits: {}, breaker: 'engine' },
  // "VOLATILITY > 0.05"
  market: { maxVolatility: '0.05', windowMs: 3_600_000, whenClosed: 'wait', recheckMs: 60_000 },
  ramp: {
    // 50, 75, 100 percent; low, medium, all; "sleep 30"; "Monitoring for 60 seconds"
    stages: [
      { percent: 50, strategies: 'low', soakMs: 30_000, monitorMs: 60_000 },
      { percent: 75, strategies: 'medium', soakMs: 30_000, monitorMs: 0 },
      { percent: 100, strategies: 'all', soakMs: 0, monitorMs: 0 },
    ],
    // "for i in {1..12}; do sleep 5"
    checkEveryMs: 5_000,
    // "Monitor closely for 15 minutes"
    manualMonitorMs: 900_000,
    maxStepDowns: 1,
  },
  gates: {
    expiresAfterMs: 1_800_000,
    remindAfterMs: 300_000,
    quorum: 1,
    roles: ['ops', 'risk'],
    kinds: {},
  },
};

for (const section of Object.keys(PROCEDURE) as (keyof RecoveryPolicy)[]) {
  test(`the default of ${section} is the number of the procedure`, () => {
    assert.deepEqual(RecoveryPolicy.parse({})[section], PROCEDURE[section]);
  });
}

test('has no setting beyond those listed here', () => {
  assert.deepEqual(Object.keys(RecoveryPolicy.parse({})), Object.keys(PROCEDURE));
});

test('one setting changed leaves the others of its section at their defaults', () => {
  const { checkpoint } = RecoveryPolicy.parse({ checkpoint: { freshMs: 1 } });
  assert.deepEqual(checkpoint, { ...PROCEDURE.checkpoint, freshMs: 1 });
});

test('a policy read again is the same policy', () => {
  const policy = RecoveryPolicy.parse({ ramp: { maxStepDowns: 3 } });
  assert.deepEqual(RecoveryPolicy.parse(JSON.parse(JSON.stringify(policy))), policy);
});

const REFUSED: readonly [string, unknown][] = [
  ['a stage above 100 %', { ramp: { stages: [stage({ percent: 101 })] } }],
  ['a stage of 0 %', { ramp: { stages: [stage({ percent: 0 })] } }],
  ['a ramp without stages', { ramp: { stages: [] } }],
  ['checks without a pause', { ramp: { checkEveryMs: 0 } }],
  ['a quorum of nobody', { gates: { quorum: 0 } }],
  ['a gate that no role may answer', { gates: { roles: [] } }],
  ['a time below zero', { heartbeat: { alarmMs: -1 } }],
  ['a time that is not whole', { heartbeat: { alarmMs: 0.5 } }],
  ['money as a number', { risk: { maxExposure: 1000000 } }],
  ['a tolerance with an exponent', { reconciliation: { tolerance: '1e-4' } }],
  ['a setting that is misspelt', { risk: { maxExposre: '1000' } }],
  [
    'a setting of a stage that does not exist',
    { ramp: { stages: [{ ...stage({ percent: 50 }), x: 1 }] } },
  ],
  ['a section that does not exist', { rsk: {} }],
  ['exposure below zero', { risk: { maxExposure: '-1' } }],
  ['a limit below zero', { risk: { limits: { maxDailyLoss: '-1' } } }],
  ['a gate that expires at once', { gates: { expiresAfterMs: 0 } }],
  ['a time beyond 31 days', { health: { settleMs: 32 * 86_400_000 } }],
  ['a boot of more than half an hour', { health: { readyWithinMs: 1_800_001 } }],
  ['a cause twice', { automaticCauses: ['hang', 'hang'] }],
  ['a cause that does not exist', { automaticCauses: ['gremlins'] }],
];

function stage(change: { percent: number }) {
  return { strategies: 'low', soakMs: 0, monitorMs: 0, ...change };
}

for (const [what, policy] of REFUSED) {
  test(`refuses ${what}`, () => {
    assert.equal(RecoveryPolicy.safeParse(policy).success, false);
  });
}
