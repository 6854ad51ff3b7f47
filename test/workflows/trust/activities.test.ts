/** Nobody but the control plane has an activity done, and nobody but who did it says what came out. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { findTemporalCli } from '../../../clients/temporal/embedded/index.js';
import { hostTaskQueue } from '../../../workflows/ids.js';
import { never } from '../fakes/activities.js';
import { eventually } from '../fakes/waiting.js';
import { openWorld, type World } from '../fakes/world.js';
import { createAttacker, json, recordedOf, type Attacker } from './attacker.js';

let world: World;
let attacker: Attacker;
before(async () => {
  world = await openWorld();
  attacker = createAttacker(world);
});
after(async () => world.close());

describe('a forged request for an activity', { concurrency: 2 }, () => {
  test('by the command line of Temporal is refused', async () => {
    const engine = world.engine();
    const cli = await findTemporalCli({ env: process.env, onProgress: () => undefined });
    const input = { engineId: engine.engineId, instanceId: 'x', mode: 'emergency', epoch: 9 };
    const run = promisify(execFile)(cli, [
      'activity',
      'execute',
      `--address=${world.address}`,
      '--activity-id=forged',
      '--type=stopEngine',
      `--task-queue=${hostTaskQueue(world.host)}`,
      `--input=${JSON.stringify(input)}`,
      '--start-to-close-timeout=20s',
      '--schedule-to-close-timeout=30s',
    ]);
    await assert.rejects(run, ({ stdout }: { stdout: string }) => {
      assert.match(stdout, /the request for stopEngine is not signed/);
      return true;
    });
    assert.deepEqual(engine.calls, []);
  });

  test('that was recorded is refused in another run of the same workflow', async () => {
    const engine = world.engine();
    await engine.crash();
    await engine.ended();
    const { activities } = await recordedOf(engine.recovery);
    const start = activities.find(({ name }) => name === 'startEngine');
    assert.ok(start !== undefined);
    const calls = engine.calls.length;
    const taskQueue = 'of-the-attacker';
    const options = { type: 'evil', taskQueue, payloads: [] };
    const forged = await attacker.start(engine.workflowId, options);
    await attacker.schedule(taskQueue, { ...start, payloads: [start.payload] });
    const failed = await eventually('the request fails', async () => {
      const { events } = await forged.fetchHistory();
      return events?.flatMap((event) => event.activityTaskFailedEventAttributes ?? [])[0];
    });
    assert.equal(failed.failure?.applicationFailureInfo?.type, 'Unauthenticated');
    assert.match(failed.failure?.message ?? '', /sent by another run/);
    assert.equal(engine.calls.length, calls);
    await forged.terminate('for the test');
    world.forget(engine);
  });
});

describe('a forged result of an activity', { concurrency: 2 }, () => {
  /** Hangs until somebody else says what came out. */
  async function hanging(name: 'measureExposure' | 'verifyRiskLimits') {
    const engine = world.engine({
      fakes: { [name]: never },
    });
    await engine.crash();
    await engine.called(name);
    const { activities, results } = await recordedOf(engine.recovery);
    const running = activities.find((activity) => activity.name === name);
    assert.ok(running !== undefined);
    return { engine, id: running.id, results };
  }

  test('hands the recovery to people', async () => {
    const { engine, id } = await hanging('measureExposure');
    const forged = { kind: 'within', total: '1' };
    await attacker.complete(engine.workflowId, id, json(forged));
    const gate = await engine.gate('manual_recovery');
    assert.match(gate.question, /the result of measureExposure is not signed/);
    assert.equal(engine.callsOf('applyStage').length, 0);
    assert.equal((await engine.record()).refused?.count, 1);
  });

  test('that was recorded of another activity is no better', async () => {
    const { engine, id, results } = await hanging('verifyRiskLimits');
    const [recorded] = results;
    assert.ok(recorded !== undefined);
    await attacker.complete(engine.workflowId, id, recorded);
    const gate = await engine.gate('manual_recovery');
    assert.match(gate.question, /the result of verifyRiskLimits is signed for something else/);
    assert.equal(engine.callsOf('applyStage').length, 0);
  });
});
