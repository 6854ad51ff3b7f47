/** The manual checklist: how one gets there, and the two ways out of it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { failure } from '../../workflows/failure.js';
import type { FailureKind } from '../../workflows/domain/failure.js';
import type { Fakes } from './fakes/engine.js';
import { markdownWords } from '../../workflows/domain/content/markdown.js';
import { run } from '../clients/cli/run.js';
import { dyingEngine } from './fakes/dying-engine.js';
import { OLGA } from './fakes/people.js';
import { MANUAL_MONITOR_MS, quickPolicy } from './fakes/policy.js';
import * as troubles from './fakes/troubles.js';
import { eventually } from './fakes/waiting.js';
import { standingOf } from '../clients/cli/fixtures/standings.js';
import { openWorld, type World } from './fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

function failing(kind: FailureKind) {
  return async (): Promise<never> => {
    throw failure(kind, `${kind} for the test`);
  };
}

const TWO_CHECKPOINTS: Fakes = {
  inspectCheckpoints: async () =>
    ['latest.ckpt', 'previous.ckpt'].map((name, age) => ({
      name,
      valid: true,
      ageMs: 900 + age,
      sequence: 41 - age,
      errors: [],
      warnings: [],
    })),
};

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
      assert.match(gate.question, new RegExp(`stopped: ${kind}: ${kind} for the test`));
      assert.equal(engine.callsOf('stopEngine').length, engineRuns ? 1 : 0);
      assert.equal((await engine.record()).steps.at(-1)?.status, 'failed');
    });
  }

  test('a start that fails tells how the engine ended in record, question, notice and status', async (t) => {
    const engine = world.engine({ fakes: dyingEngine(t) });
    await engine.crash();
    const gate = await engine.gate('manual_recovery');
    const said =
      `EngineDied: ${engine.engineId}-e1 exited with status 7; the last line of its log: ` +
      'no *license* for 2 engines, token=[redacted]; no process of it is here any more';
    assert.equal(gate.question.split(' Why it stopped: ')[1], said);
    assert.equal(gate.evidence['why'], said);
    const record = await engine.record();
    assert.deepEqual(record.steps.at(-1)?.detail, said);
    assert.equal(engine.callsOf('startEngine').length, 1);
    await eventually('people are told', async () =>
      engine
        .callsOf('notify')
        .some(({ input }) => String(input['text']).includes(markdownWords(said))),
    );
    const guardian = await engine.status();
    const status = { engineId: engine.engineId, guardian, recovery: record, gate };
    const shown = {
      ...status,
      standing: standingOf('waiting'),
      unread: [],
      killSwitches: [],
      killSwitch: { engaged: false, reason: '' },
    };
    const { stdout } = await run(
      t,
      { status: async () => shown },
      'status',
      '--engine',
      engine.engineId,
    );
    assert.equal(stdout.split(said).length - 1, 2, stdout); // in the question, and at the step
    await engine.reject('manual_recovery');
    assert.equal((await engine.ended()).outcome, 'halted');
    assert.ok((await engine.record()).outcomeDetail.includes(said));
  });

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
    assert.match(gate.question, new RegExp(`MAY STILL RUN: ${engine.engineId}-e1`));
    assert.doesNotMatch(gate.onReject, /stays stopped/);
    const titles = () => engine.callsOf('notify').map(({ input }) => String(input['title']));
    await eventually('an alarm', async () => titles().some((title) => /MAY STILL RUN/.test(title)));
  });

  test('an engine that could not be stopped is not taken for gone in the next attempt', async () => {
    const fakes = {
      ...troubles.windows(troubles.hardFailure),
      stopEngine: failing('EngineRefused'),
    };
    const engine = world.engine({ fakes });
    await engine.crash();
    await engine.gate('manual_recovery');
    engine.replaceOnce('confirmDeath', failing('EngineRefused'));
    await engine.approve('manual_recovery');
    const again = await engine.gate('manual_recovery', 2);
    assert.match(again.question, new RegExp(`MAY STILL RUN: ${engine.engineId}-e1`));
    const stopped = engine.callsOf('stopEngine').map(({ input }) => input['instanceId']);
    assert.deepEqual(stopped, [`${engine.engineId}-e1`, `${engine.engineId}-e1`]);
  });

  test('rejected while the engine may still run, stops it once more and says what came of it', async () => {
    const fakes = {
      ...troubles.windows(troubles.hardFailure),
      stopEngine: failing('EngineRefused'),
    };
    const engine = world.engine({ fakes });
    await engine.crash();
    await engine.reject('manual_recovery');
    assert.equal((await engine.ended()).outcome, 'halted');
    assert.equal(engine.callsOf('stopEngine').length, 2);
    assert.match((await engine.record()).outcomeDetail, /COULD NOT BE STOPPED: EngineRefused/);
  });

  test('approved, recovers again with a higher epoch and the long first window', async () => {
    const engine = world.engine({ fakes: troubles.windows(troubles.hardFailure, troubles.pass) });
    await engine.crash();
    await engine.approve('manual_recovery');
    const { deaths, ...result } = await engine.ended();
    assert.equal(deaths?.length, 1);
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
    assert.deepEqual(monitored, [0, MANUAL_MONITOR_MS, 0, MANUAL_MONITOR_MS]);
  });

  test('approved, skips no later question: what is still in doubt is asked again', async () => {
    const engine = world.engine({ fakes: troubles.crashCause('unknown') });
    await engine.crash();
    await engine.reject('automatic_recovery');
    await engine.approve('manual_recovery');
    await engine.gate('automatic_recovery', 2);
    assert.equal(engine.callsOf('reconcilePositions').length, 0);
    await engine.approve('automatic_recovery', { attempt: 2 });
    assert.equal((await engine.ended()).outcome, 'recovered');
    const kinds = (await engine.record()).gates.map(({ kind }) => kind);
    assert.deepEqual(kinds, ['automatic_recovery', 'manual_recovery', 'automatic_recovery']);
  });

  test('is the question of the risk role, whoever else may answer gates', async () => {
    const engine = world.engine({ fakes: troubles.crashCause('unknown') });
    await engine.crash();
    await engine.reject('automatic_recovery');
    const byOps = await engine.approve('manual_recovery', { person: OLGA });
    assert.ok(!byOps.accepted);
    assert.match(byOps.reason, /"olga" has roles ops; the gate asks for risk/);
    assert.equal((await engine.approve('manual_recovery')).accepted, true);
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

  test('a damaged checkpoint without a previous one leads to the exchanges, where policy has it so', async () => {
    const engine = world.engine({
      fakes: { loadCheckpoint: failing('CheckpointUnusable') },
      policy: quickPolicy({ checkpoint: { onCorrupt: 'reconstruct' } }),
    });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { stateSource, gates } = await engine.record();
    assert.equal(stateSource?.kind, 'exchanges');
    assert.match(stateSource.why, /latest\.ckpt did not load: CheckpointUnusable/);
    assert.deepEqual(gates, []);
  });

  test('a damaged checkpoint leads to the previous good one', async () => {
    const engine = world.engine({
      fakes: TWO_CHECKPOINTS,
      policy: quickPolicy({ checkpoint: { onCorrupt: 'reconstruct' } }),
    });
    engine.replaceOnce('loadCheckpoint', failing('CheckpointUnusable'));
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { stateSource } = await engine.record();
    assert.equal(stateSource?.name, 'previous.ckpt');
    assert.match(stateSource.why, /latest\.ckpt did not load: CheckpointUnusable/);
    assert.equal(engine.callsOf('reconstructState').length, 0);
  });

  for (const setting of ['onCorrupt', 'onMissing'] as const) {
    test(`a damaged checkpoint asks a person where policy says so in ${setting}`, async () => {
      const neither = { onCorrupt: 'reconstruct', onMissing: 'reconstruct' };
      const engine = world.engine({
        fakes: { loadCheckpoint: failing('CheckpointUnusable') },
        policy: quickPolicy({ checkpoint: { ...neither, [setting]: 'ask' } }),
      });
      await engine.crash();
      await engine.gate('automatic_recovery');
      assert.equal(engine.callsOf('reconstructState').length, 0);
      await engine.approve('automatic_recovery');
      assert.equal((await engine.ended()).outcome, 'recovered');
      assert.equal((await engine.record()).stateSource?.kind, 'exchanges');
    });
  }

  test('a checkpoint that could not be read leads to people, not to the exchanges', async () => {
    const engine = world.engine({ fakes: { loadCheckpoint: failing('ConfigurationInvalid') } });
    await engine.crash();
    const gate = await engine.gate('manual_recovery');
    assert.match(gate.question, /ConfigurationInvalid for the test/);
    assert.equal(engine.callsOf('reconstructState').length, 0);
  });

  test('containment that fails alarms and goes on', async () => {
    const policy = quickPolicy({ containment: 'cancel_own_orders' });
    const engine = world.engine({ fakes: { containRisk: failing('VenueRefused') }, policy });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.match(
      (await engine.record()).containment?.detail ?? '',
      /failed at every venue: VenueRefused/,
    );
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
