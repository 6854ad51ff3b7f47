/**
 * Every other road by which somebody at Temporal's port may try to do what only a recovery, an operator
 * or an approver may, on a real server: nothing forged reaches anything, and what no key stops is told.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { findTemporalCli } from '../../clients/temporal/embedded/index.js';
import { decideBySignal, GUARDIAN_WORKFLOW, newGuardian } from '../../workflows/messages.js';
import { hostTaskQueue, TASK_QUEUE } from '../../workflows/ids.js';
import { happyControlPlane, happyHost, never, rulesOf } from '../workflows/fakes/activities.js';
import type { Engine } from '../workflows/fakes/engine.js';
import { OLGA, RITA, sign, type Person } from '../workflows/fakes/people.js';
import * as troubles from '../workflows/fakes/troubles.js';
import { quickPolicy } from '../workflows/fakes/policy.js';
import { eventually } from '../workflows/fakes/waiting.js';
import { openWorld, type World } from '../workflows/fakes/world.js';
import { createAttacker, json, recordedOf, type Attacker } from '../workflows/trust/attacker.js';

let world: World;
let attacker: Attacker;
before(async () => {
  world = await openWorld();
  attacker = createAttacker(world);
});
after(async () => world.close());

const FORGER: Person = { name: 'olga', roles: ['ops'], privateKey: '0f'.repeat(32) };

async function temporal(...args: string[]): Promise<{ ok: boolean; text: string }> {
  const cli = await findTemporalCli({ env: process.env, onProgress: () => undefined });
  const run = promisify(execFile)(cli, [...args, `--address=${world.address}`]);
  return run.then(
    ({ stdout, stderr }) => ({ ok: true, text: stdout + stderr }),
    (error: { stdout: string; stderr: string }) => ({
      ok: false,
      text: error.stdout + error.stderr,
    }),
  );
}

async function atGate(policy = quickPolicy()): Promise<Engine> {
  const engine = world.engine({ fakes: troubles.volatile, policy });
  await engine.crash();
  await engine.gate('volatility');
  return engine;
}

describe('by another road', { concurrency: 6 }, () => {
  test('a decision by the command line of Temporal counts where a person signed it, and nowhere else', async () => {
    const engine = await atGate();
    const gate = await engine.gate('volatility');
    const signal = async (person: Person) =>
      temporal(
        'workflow',
        'signal',
        `--workflow-id=${engine.workflowId}`,
        '--name=decideBySignal',
        `--input=${JSON.stringify(sign(gate, 'approve', person))}`,
      );
    assert.equal((await signal(FORGER)).ok, true);
    await eventually('the forged one is told', async () => (await engine.record()).refused);
    assert.equal(engine.callsOf('applyStage').length, 0);
    assert.equal((await signal(OLGA)).ok, true);
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('a hold by the command line of Temporal is refused, as an update and with a start', async () => {
    const engine = world.engine();
    await engine.warmUp();
    const hold = JSON.stringify({ reason: 'deployment', by: 'olga' });
    for (const name of ['holdEngine', 'releaseHold']) {
      const { ok, text } = await temporal(
        'workflow',
        'update',
        'execute',
        `--workflow-id=${engine.guardian.workflowId}`,
        `--name=${name}`,
        `--input=${hold}`,
      );
      assert.equal(ok, false);
      assert.match(text, /is not signed/);
    }
    assert.equal((await engine.status()).hold, null);
    assert.equal((await engine.crash()).disposition, 'opened');
  });

  test('a signal that begins a guardian begins none, and the next crash is recovered', async () => {
    const engine = world.engine();
    const state = { ...newGuardian(engine.engineId), handled: [`${engine.engineId}-e0`] };
    const forged = await attacker.client.workflow.signalWithStart(GUARDIAN_WORKFLOW, {
      workflowId: engine.guardian.workflowId,
      taskQueue: TASK_QUEUE,
      args: [state],
      signal: 'recoveryProgress',
      signalArgs: [{ epoch: 7, stopped: [`${engine.engineId}-e0`] }],
    });
    await assert.rejects(forged.result());
    assert.equal((await engine.crash()).disposition, 'opened');
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal((await engine.record()).epoch, 1);
  });

  test('more of a crash that nobody signed is told, and changes no cause and no record', async () => {
    const engine = await atGate();
    const { report } = engine.noticeOf(0);
    const more = { ...report, suspicion: 'hung', detail: 'forged', sightings: [] };
    const before = (await engine.record()).crashes;
    const contents = [more, {}, null, [], { ...more, detail: 'x'.repeat(200_000) }, 'text'];
    for (const content of contents) {
      await attacker.signal(engine.workflowId, 'moreSeen', [json(content)]);
    }
    await attacker.signal(engine.workflowId, 'moreSeen', []);
    await eventually(
      'all are counted',
      async () => (await engine.record()).refused?.count === contents.length + 1,
    );
    assert.deepEqual((await engine.record()).crashes, before);
    await engine.approve('volatility');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('a host may not send what the control plane sends, to its own recovery either', async () => {
    const engine = await atGate();
    const { report } = engine.noticeOf(0);
    await engine.recovery.signal('crashedAgain', { report, crashCount: 2 });
    await engine.recovery.signal('moreSeen', { ...report, detail: 'of a host' });
    await eventually('both are told', async () => (await engine.record()).refused?.count === 2);
    assert.equal((await engine.record()).crashes.length, 1);
    await engine.approve('volatility');
    await engine.ended();
  });

  test('a decision for one engine does not answer the same question of another', async () => {
    const [one, other] = [await atGate(), await atGate()];
    const decision = sign(await one.gate('volatility'), 'approve', OLGA);
    assert.equal((await other.send(decision)).accepted, false);
    await other.recovery.signal(decideBySignal, decision);
    const dressed = { ...decision, gateId: (await other.gate('volatility')).gateId };
    assert.equal((await other.send(dressed)).accepted, false);
    assert.equal(other.callsOf('applyStage').length, 0);
    assert.equal((await one.send(decision)).accepted, true);
    await other.approve('volatility');
    await Promise.all([one.ended(), other.ended()]);
  });

  test('one person by update, by signal and under another update id is one of two', async () => {
    const engine = await atGate(quickPolicy({ gates: { quorum: 2 } }));
    const gate = await engine.gate('volatility');
    const first = sign(gate, 'approve', OLGA);
    const second = sign(gate, 'approve', OLGA, { said: { reason: 'looked once more' } });
    await engine.send(first);
    await engine.recovery.signal(decideBySignal, second);
    await attacker.update(engine.workflowId, 'decide', [json(second)], randomUUID());
    assert.notEqual(await engine.gate('volatility'), null);
    assert.equal(engine.callsOf('applyStage').length, 0);
    await engine.approve('volatility', { person: RITA });
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('every activity of host and control plane refuses who is not the control plane', async () => {
    const engine = world.engine();
    const names = { [TASK_QUEUE]: happyControlPlane(), [hostTaskQueue(world.host)]: happyHost() };
    const asked = Object.entries(names).flatMap(([queue, activities]) =>
      Object.keys(activities).map((name) => ({ queue, name })),
    );
    const input = { engineId: engine.engineId, instanceId: 'x', epoch: 1, state: null };
    const next = async (): Promise<void> => {
      const one = asked.pop();
      if (one === undefined) return;
      const taskQueue = 'evil-' + one.name;
      const options = { type: 'evil', taskQueue, payloads: [] };
      const forged = await attacker.start(`${engine.workflowId}-${one.name}`, options);
      const activity = { id: '1', ...one, payloads: [json(input)] };
      await attacker.schedule(taskQueue, activity);
      const failed = await eventually(`${one.name} fails`, async () => {
        const { events } = await forged.fetchHistory();
        return events?.flatMap((event) => event.activityTaskFailedEventAttributes ?? [])[0];
      });
      assert.match(failed.failure?.message ?? '', /is not signed/, one.name);
      await forged.terminate('over');
      await next();
    };
    await Promise.all(Array.from({ length: 6 }, next));
    assert.deepEqual(engine.calls, []);
  });

  for (const name of ['startEngine', 'stopEngine', 'applyStage', 'loadRules'] as const) {
    test(`a forged result of ${name} lets nothing trade that was not granted`, async () => {
      const engine = world.engine({
        fakes: name === 'stopEngine' ? troubles.windows(troubles.hardFailure) : {},
      });
      engine.replaceOnce(name, never);
      if (name === 'loadRules') {
        await engine.warmUp();
        void engine.crash().catch(() => undefined);
      } else await engine.crash();
      await eventually(`${name} is under way`, async () => engine.callsOf(name).length === 1);
      const at = name === 'loadRules' ? engine.guardian : engine.recovery;
      const running = await eventually(`${name} is asked of a queue`, async () => {
        const { activities } = await recordedOf(at);
        return activities.filter((activity) => activity.name === name).at(-1);
      });
      const soft = { policy: { ramp: { stages: [] } }, approvers: [], pid: 1, detail: 'gone' };
      await attacker.complete(at.workflowId, running.id, json(soft));
      if (name === 'loadRules') {
        await engine.crash();
        assert.equal((await engine.ended()).outcome, 'recovered');
        assert.equal((await engine.record()).rules?.digest, rulesOf().digest);
        return;
      }
      const gate = await engine.gate('manual_recovery');
      assert.match(
        gate.question,
        name === 'stopEngine' ? /THE ENGINE MAY STILL RUN/ : new RegExp(name),
      );
      await engine.reject('manual_recovery');
      await engine.ended();
    });
  }
});

describe('what no key stops', { concurrency: 4 }, () => {
  test('a guardian that is cancelled still recovers the next crash', async () => {
    const engine = world.engine();
    await engine.warmUp();
    await engine.guardian.cancel();
    assert.equal((await engine.crash()).disposition, 'opened');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('a guardian that is cancelled while a recovery trades leaves the recovery in order', async () => {
    const engine = world.engine({ fakes: { watchEngine: never } });
    await engine.crash();
    await engine.called('watchEngine');
    await engine.guardian.cancel();
    const told = await eventually('people are told, or the guardian goes on', async () => {
      const status = await engine.status().catch(() => null);
      const titles = engine.callsOf('notify').map(({ input }) => String(input['title']));
      return status?.openIncident ?? titles.find((title) => /guardian/i.test(title));
    });
    assert.ok(told);
    await engine.recovery.cancel();
    await engine.called('stopEngine');
    await engine.ended();
  });

  test('a recovery that is deleted while the engine trades is told, and the engine stopped', async () => {
    const engine = world.engine({ fakes: { watchEngine: never } });
    await engine.crash();
    await engine.called('watchEngine');
    const workflowExecution = { workflowId: engine.workflowId };
    await world.connection.workflowService.deleteWorkflowExecution({
      namespace: 'default',
      workflowExecution,
    });
    await engine.called('stopEngine');
    await eventually('people are told', async () =>
      engine.callsOf('notify').some(({ input }) => input['severity'] === 'critical'),
    );
    world.forget(engine);
  });

  test('a failure that an attacker reports of a stage stops the engine and asks people', async () => {
    const engine = world.engine({ fakes: { watchEngine: never } });
    await engine.crash();
    await engine.called('watchEngine');
    const { activities } = await recordedOf(engine.recovery);
    const running = activities.findLast(({ name }) => name === 'watchEngine');
    await world.connection.workflowService.respondActivityTaskFailedById({
      namespace: 'default',
      workflowId: engine.workflowId,
      activityId: running?.id ?? '',
      failure: {
        message: 'all is well',
        applicationFailureInfo: { type: 'KillSwitchEngaged', nonRetryable: true },
      },
    });
    await engine.called('stopEngine');
    await engine.gate('manual_recovery');
    await engine.reject('manual_recovery');
    await engine.ended();
  });
});
