/** The manual checklist: how one gets there, and the two ways out of it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { failure } from '../../workflows/failure.js';
import type { FailureKind } from '../../workflows/domain/failure.js';
import type { Fakes } from './fakes/engine.js';
import { MANUAL_MONITOR_MS, quickPolicy } from './fakes/policy.js';
import * as troubles from './fakes/troubles.js';
import { openWorld, type World } from './fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

function failing(kind: FailureKind) {
  return async (): Promise<never> => {
    throw failure(kind, `${kind} for the test`);
  };
}

/** The activity that fails for good, the failure, and whether an engine may run by then. */
const BROKEN: [keyof Fakes, FailureKind, boolean][] = [
  ['confirmDeath', 'EngineRefused', false],
  ['collectEvidence', 'EngineRefused', false],
  ['inspectCheckpoints', 'EngineRefused', false],
  ['reconcilePositions', 'ArtifactMissing', false],
  ['recoverOpenOrders', 'ArtifactMissing', false],
  ['writeRecoveredCheckpoint', 'StaleEpoch', false],
  ['startEngine', 'KillSwitchEngaged', true],
  ['startEngine', 'StaleEpoch', true],
  ['checkComprehensiveHealth', 'EngineRefused', true],
  ['verifyRiskLimits', 'EngineRefused', true],
  ['checkMarket', 'VenueRefused', true],
  ['applyStage', 'KillSwitchEngaged', true],
  ['watchEngine', 'EngineRefused', true],
];

describe('manual recovery', { concurrency: 8 }, () => {
  for (const [name, kind, engineRuns] of BROKEN) {
    test(`${kind} in ${name} opens the checklist with the reason and no engine`, async () => {
      const engine = world.engine({ fakes: { [name]: failing(kind) } });
      await engine.crash();
      const gate = await engine.gate('manual_recovery');
      assert.match(gate.question, new RegExp(`manual recovery: ${kind}: ${kind} for the test`));
      assert.equal(engine.callsOf('stopEngine').length, engineRuns ? 1 : 0);
      assert.equal((await engine.record()).steps.at(-1)?.status, 'failed');
    });
  }

  test('a failed health check stops the engine by force and opens the checklist', async () => {
    const checkComprehensiveHealth = async () => ({
      healthy: false,
      failed: ['feed: stale', 'the engine does not hold the recovered state'],
      checks: 7,
      engineDigest: 'ef'.repeat(32),
    });
    const engine = world.engine({ fakes: { checkComprehensiveHealth } });
    await engine.crash();
    const gate = await engine.gate('manual_recovery');
    assert.match(gate.question, /health check failed: feed: stale; the engine does not hold/);
    const [stop] = engine.callsOf('stopEngine');
    assert.equal(stop?.input['mode'], 'emergency');
    assert.equal(stop.input['instanceId'], `${engine.engineId}-e1`);
    assert.equal(engine.callsOf('measureExposure').length, 0);
    assert.equal(gate.evidence['stopped'], 'asked to stop; gone');
    assert.ok(Array.isArray(gate.evidence['checklist']));
  });

  test('an engine that cannot be stopped is said to be so', async () => {
    const fakes = {
      ...troubles.windows(troubles.hardFailure),
      stopEngine: failing('EngineRefused'),
    };
    const engine = world.engine({ fakes });
    await engine.crash();
    const gate = await engine.gate('manual_recovery');
    assert.match(String(gate.evidence['stopped']), /COULD NOT BE STOPPED: EngineRefused/);
  });

  test('approved, recovers again with a higher epoch and the long first window', async () => {
    const engine = world.engine({ fakes: troubles.windows(troubles.hardFailure, troubles.pass) });
    await engine.crash();
    await engine.approve('manual_recovery');
    const result = await engine.ended();
    assert.deepEqual(result, {
      outcome: 'recovered',
      epoch: 2,
      stopped: [`${engine.engineId}-e1`],
      unhandled: null,
    });
    const epochs = engine.callsOf('startEngine').map(({ input }) => input['epoch']);
    assert.deepEqual(epochs, [1, 2]);
    assert.equal(engine.callsOf('inspectCheckpoints').length, 2);
    assert.equal(engine.callsOf('reconcilePositions').length, 2);
    const stages = engine.callsOf('applyStage').map(({ input }) => input['stage']);
    const monitored = stages.map((stage) => (stage as { monitorMs: number }).monitorMs);
    assert.deepEqual(monitored, [0, MANUAL_MONITOR_MS, 0, 0]);
  });

  test('approved, is not asked again what a person has looked at already', async () => {
    const engine = world.engine({ fakes: troubles.crashCause('unknown') });
    await engine.crash();
    await engine.reject('automatic_recovery');
    await engine.approve('manual_recovery');
    assert.equal((await engine.ended()).outcome, 'recovered');
    const kinds = (await engine.record()).gates.map(({ kind }) => kind);
    assert.deepEqual(kinds, ['automatic_recovery', 'manual_recovery']);
  });

  test('rejected, ends halted with the engine stopped and a report', async () => {
    const engine = world.engine({ fakes: troubles.windows(troubles.hardFailure) });
    await engine.crash();
    await engine.reject('manual_recovery');
    assert.equal((await engine.ended()).outcome, 'halted');
    const record = await engine.record();
    assert.match(record.outcomeDetail, /emergency shutdown during the ramp/);
    assert.equal(engine.callsOf('stopEngine').length, 1);
    assert.deepEqual(engine.names().slice(-2), ['writeReport', 'notify']);
    assert.equal(engine.callsOf('notify').at(-1)?.input['severity'], 'critical');
  });

  test('a checkpoint that does not load leads to the exchanges, not to people', async () => {
    const engine = world.engine({ fakes: { loadCheckpoint: failing('CheckpointUnusable') } });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { stateSource, gates } = await engine.record();
    assert.equal(stateSource?.kind, 'exchanges');
    assert.match(stateSource.why, /latest\.ckpt did not load: CheckpointUnusable/);
    assert.deepEqual(gates, []);
  });

  test('containment that fails alarms and goes on', async () => {
    const policy = quickPolicy({ containment: 'cancel_own_orders' });
    const engine = world.engine({ fakes: { containRisk: failing('VenueRefused') }, policy });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.match((await engine.record()).containment?.detail ?? '', /failed: VenueRefused/);
    const titles = engine.callsOf('notify').map(({ input }) => String(input['title']));
    assert.match(titles.join('\n'), /containment failed/);
  });

  test('a report or a notice that fails changes no outcome', async () => {
    const fakes = { writeReport: failing('ArtifactMissing'), notify: failing('VenueRefused') };
    const engine = world.engine({ fakes: { ...fakes, ...troubles.volatile } });
    await engine.crash();
    await engine.approve('volatility');
    assert.equal((await engine.ended()).outcome, 'recovered');
    const last = (await engine.record()).steps.at(-1);
    assert.equal(last?.status, 'done');
    assert.match(last.detail, /the report could not be written: ArtifactMissing/);
  });
});
