/** A recovery that ends otherwise than by its own word: told, made safe, and gone on with by people. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { lookAtGuardian } from '../../../clients/temporal/guardians.js';
import { openGateOf, recordOf, sendDecision } from '../../../clients/temporal/recoveries.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import { recoveryWorkflowId } from '../../../workflows/ids.js';
import type { RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import { rulesOf } from '../fakes/activities.js';
import type { Engine } from '../fakes/engine.js';
import { RITA, sign } from '../fakes/people.js';
import { quickPolicy } from '../fakes/policy.js';
import * as troubles from '../fakes/troubles.js';
import { eventually } from '../fakes/waiting.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

function next(engine: Engine, times = 2) {
  const workflowId = recoveryWorkflowId(`${engine.incidentId}~${times}`);
  const handle = world.client.workflow.getHandle(workflowId);
  const gate = async (kind: string): Promise<GateRequest> =>
    eventually(`gate ${kind} of ${workflowId}`, async () => {
      const open = await openGateOf(world.client, workflowId).catch(() => null);
      return open?.kind === kind ? open : undefined;
    });
  const answer = async (kind: string, how: 'approve' | 'reject') =>
    sendDecision(world.client, workflowId, sign(await gate(kind), how, RITA));
  return { workflowId, handle, gate, answer, record: () => recordOf(world.client, workflowId) };
}

describe('a recovery that is terminated', { concurrency: 8 }, () => {
  test('is told to people, who may go on with it, by a higher epoch', async () => {
    const engine = world.engine({ fakes: troubles.discrepancies });
    await engine.crash();
    await engine.gate('discrepancies');
    await engine.recovery.terminate();
    const second = next(engine);
    const { question } = await second.gate('manual_recovery');
    assert.match(question, /recovery\/.* was terminated; nothing of it goes on by itself/);
    await eventually('the notice', async () =>
      engine
        .callsOf('notify')
        .some(({ input }) => input['severity'] === 'critical' && input['state'] === 'asked'),
    );
    assert.equal(engine.callsOf('startEngine').length, 0);
    await second.answer('manual_recovery', 'approve');
    await second.answer('discrepancies', 'approve');
    const end = (await second.handle.result()) as { outcome: string };
    assert.equal(end.outcome, 'recovered');
    const started = engine.callsOf('startEngine').map(({ input }) => Number(input['epoch']));
    assert.equal(started.length, 1);
    assert.ok((started[0] ?? 0) > 1, 'the first had epoch 1');
    const past = (await engine.status()).past.map(({ outcome }) => outcome);
    assert.deepEqual(past, ['failed', 'recovered']);
  });

  test('while the engine trades has the engine stopped and its orders cancelled', async () => {
    const stages = [
      { percent: 50, strategies: 'low', soakMs: 0, monitorMs: 60_000 },
      { percent: 100, strategies: 'all', soakMs: 0, monitorMs: 0 },
    ];
    const engine = world.engine({ policy: quickPolicy({ ramp: { stages } }) });
    await engine.crash();
    await engine.called('watchEngine');
    await engine.recovery.terminate();
    const second = next(engine);
    const { evidence } = await second.gate('manual_recovery');
    const stopped = engine.callsOf('stopEngine').map(({ input }) => input['instanceId']);
    assert.deepEqual(stopped, [`${engine.engineId}-e1`]);
    assert.equal(engine.callsOf('containRisk').at(-1)?.input['action'], 'cancel_own_orders');
    assert.match(String(evidence['orders']), /cancelled/);
    await second.answer('manual_recovery', 'reject');
    const end = (await second.handle.result()) as { outcome: string };
    assert.equal(end.outcome, 'halted');
    assert.equal(engine.callsOf('applyStage').length, 1);
  });

  test('before it traded leaves the orders as they are', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await engine.crash();
    await engine.gate('volatility');
    const before = engine.callsOf('containRisk').length;
    await engine.recovery.terminate();
    const second = next(engine);
    assert.equal((await second.gate('manual_recovery')).evidence['orders'], 'left as they are');
    assert.equal(engine.callsOf('stopEngine').length, 1);
    assert.equal(engine.callsOf('containRisk').length, before);
    await second.answer('manual_recovery', 'reject');
    await second.handle.result();
  });

  test('is gone on with though somebody has taken the id of what goes on', async () => {
    const engine = world.engine({ fakes: troubles.discrepancies });
    await engine.crash();
    await engine.gate('discrepancies');
    await world.client.workflow.start('recoverEngine', {
      workflowId: next(engine).workflowId,
      taskQueue: 'of-nobody',
      args: [],
    });
    await engine.recovery.terminate();
    const third = next(engine, 3);
    await third.gate('manual_recovery');
    await third.answer('manual_recovery', 'reject');
    await third.handle.result();
  });

  test('again after it traded still has the orders cancelled', async () => {
    const stages = [{ percent: 100, strategies: 'all', soakMs: 0, monitorMs: 60_000 }];
    const engine = world.engine({ policy: quickPolicy({ ramp: { stages } }) });
    await engine.crash();
    await engine.called('watchEngine');
    await engine.recovery.terminate();
    const second = next(engine);
    await second.gate('manual_recovery');
    await second.handle.terminate();
    const third = next(engine, 3);
    const { evidence } = await third.gate('manual_recovery');
    assert.match(String(evidence['orders']), /cancelled/);
    // What the second one had only begun to stop may live, and is stopped again.
    const stopped = engine.callsOf('stopEngine').map(({ input }) => input['instanceId']);
    assert.equal(stopped.filter((id) => id === `${engine.engineId}-e1`).length, 2);
    await third.answer('manual_recovery', 'reject');
    await third.handle.result();
  });

  test('again and again is gone on with each time', async () => {
    const engine = world.engine({ fakes: troubles.discrepancies });
    await engine.crash();
    await engine.gate('discrepancies');
    await engine.recovery.terminate();
    const second = next(engine);
    await second.gate('manual_recovery');
    await second.handle.terminate();
    const third = next(engine, 3);
    await third.gate('manual_recovery');
    await third.answer('manual_recovery', 'reject');
    assert.equal(((await third.handle.result()) as { outcome: string }).outcome, 'halted');
  });
});

describe('a recovery that is stuck on its code', { concurrency: 8 }, () => {
  test('is told, ended, its engine stopped, and gone on with by people', async () => {
    const { watchRecovery, endRecovery } = world.follow;
    const engine = world.engine({
      fakes: {
        ...troubles.windows(troubles.hardFailure, troubles.pass),
        watchRecovery,
        endRecovery,
      },
    });
    // No question can be asked by such rules, so the workflow's own code fails.
    const { gates: _gates, ...policy } = quickPolicy();
    engine.replaceOnce('loadRules', async () => rulesOf({ policy: policy as RecoveryPolicy }));
    await engine.crash();
    const second = next(engine);
    const { question } = await second.gate('manual_recovery');
    assert.match(question, /was stuck \(its workflow task has failed .* has been ended/);
    const title = `${engine.engineId}: its recovery is STUCK`;
    await eventually('it is told', async () =>
      engine.callsOf('notify').some(({ input }) => input['title'] === title),
    );
    await second.answer('manual_recovery', 'reject');
    await second.handle.result();
    world.forget(engine); // the first can be asked nothing any more
  });

  test('waits for people, and is not taken for one', async () => {
    const { watchRecovery } = world.follow;
    const engine = world.engine({ fakes: { ...troubles.volatile, watchRecovery } });
    await engine.crash();
    await engine.approve('volatility');
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal(engine.callsOf('endRecovery').length, 0);
  });
});

describe('a guardian that is terminated', { concurrency: 8 }, () => {
  const knowing = () => {
    const { watchRecovery, recallGuardian } = world.follow;
    return { watchRecovery, recallGuardian };
  };

  test('leaves its recovery to the next, with the epoch and all that it knew', async () => {
    const engine = world.engine({ fakes: { ...troubles.volatile, ...knowing() } });
    await engine.crash(4);
    const incidentId = `${engine.engineId}/${engine.engineId}-e4`;
    const workflowId = recoveryWorkflowId(incidentId);
    const open = async (attempt: number) =>
      eventually('the question', async () => {
        const gate = await openGateOf(world.client, workflowId);
        return gate?.attempt === attempt ? gate : null;
      });
    await open(1);
    await engine.guardian.terminate('for the test');
    await engine.warmUp();
    const status = await eventually('its memory', async () => {
      const now = await engine.status().catch(() => null);
      return now?.openIncident === null ? null : now;
    });
    assert.deepEqual([status.epoch, status.openIncident?.workflowId], [5, workflowId]);
    assert.equal((await engine.crash(5)).disposition, 'joined');
    await sendDecision(world.client, workflowId, sign(await open(2), 'approve'));
    const { past, epoch } = await eventually('its end', async () => {
      const now = await engine.status();
      return now.openIncident === null && now;
    });
    assert.deepEqual([past.map(({ outcome }) => outcome), epoch], [['recovered'], 6]);
    const told = engine.callsOf('notify').map(({ input }) => String(input['text']));
    assert.ok(told.some((text) => /was terminated \(for the test\).* it goes on with/.test(text)));
  });

  test('with its recovery is gone on with all the same', async () => {
    const engine = world.engine({ fakes: { ...troubles.volatile, ...knowing() } });
    await engine.crash();
    await engine.gate('volatility');
    await engine.guardian.terminate();
    await engine.recovery.terminate('for the test');
    await engine.warmUp();
    const second = next(engine);
    const { question } = await second.gate('manual_recovery');
    assert.match(question, /was terminated \(for the test\); nothing of it goes on/);
    await second.answer('manual_recovery', 'reject');
    await second.handle.result();
  });

  test('keeps its hold, and the crashes during it', async () => {
    const engine = world.engine({ fakes: knowing() });
    await engine.warmUp();
    await engine.hold({ reason: 'deployment', by: 'olga' });
    await engine.crash();
    await engine.guardian.terminate();
    await engine.warmUp();
    assert.equal((await engine.crash(1)).disposition, 'held');
    const { hold, held } = await engine.status();
    assert.deepEqual([hold?.reason, held?.length], ['deployment', 2]);
  });
});

describe('a guardian', () => {
  test('is looked at without being asked: there, gone, or a stranger under its id', async () => {
    const [engine, taken] = [world.engine(), world.engine()];
    const look = async ({ engineId }: Engine) => lookAtGuardian(world.client, engineId);
    assert.deepEqual(await look(engine), { kind: 'none' });
    await engine.warmUp();
    assert.equal((await look(engine)).kind, 'ours');
    await engine.guardian.terminate();
    assert.deepEqual(await look(engine), { kind: 'none' });
    const { workflowId } = taken.guardian;
    await world.client.workflow.start('mine', { workflowId, taskQueue: 'of-nobody', args: [] });
    const found = await look(taken);
    assert.equal(found.kind, 'stranger');
    assert.match(JSON.stringify(found), /did not start.*terminate it.*close Temporal's port/);
  });
});

describe('a guardian that is cancelled', () => {
  test('still takes reports, and leaves its recovery alone', async () => {
    const engine = world.engine({ fakes: troubles.discrepancies });
    await engine.warmUp();
    await engine.guardian.cancel();
    await engine.crash();
    await engine.gate('discrepancies');
    await engine.guardian.cancel();
    await engine.approve('discrepancies');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });
});
