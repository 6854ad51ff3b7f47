/** What does not prove who sent it changes nothing, by whichever road it comes. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { WorkflowFailedError, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, type Payload } from '@temporalio/common';
import { signedClient } from '../../../clients/temporal/connect.js';
import { crashUpdateId, decisionUpdateId, TASK_QUEUE } from '../../../workflows/ids.js';
import * as messages from '../../../workflows/messages.js';
import * as troubles from '../fakes/troubles.js';
import type { Engine } from '../fakes/engine.js';
import { OLGA, RITA, sign } from '../fakes/people.js';
import { makeTestKeys } from '../fakes/keys.js';
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

const HOLD = { reason: 'deployment', by: 'olga' };
const NOTHING_KNOWN = { epoch: 0, crashes: 0, hold: null, open: null };

async function known(engine: Engine) {
  const { epoch, crashTimesMs, hold, openIncident: open } = await engine.status();
  return { epoch, crashes: crashTimesMs.length, hold, open };
}

/** With keys of somebody else, who calls themselves as they like. */
async function clientOfStranger(role: 'control' | 'host' | 'operator') {
  const folder = await mkdtemp(join(tmpdir(), 'relight-stranger-'));
  const keys = await makeTestKeys(folder, world.host);
  const messagesOf = keys.of(role, role === 'host' ? world.host : undefined);
  await rm(folder, { recursive: true });
  return signedClient(messagesOf, { connection: world.connection });
}

function refusedUpdate(why: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof WorkflowUpdateFailedError, String(error));
    assert.ok(error.cause instanceof ApplicationFailure);
    assert.equal(error.cause.type, 'Unauthenticated');
    assert.match(error.cause.message, why);
    return true;
  };
}

describe('a forged update', { concurrency: 4 }, () => {
  for (const name of ['reportCrash', 'holdEngine', 'releaseHold']) {
    test(`${name} without a signature is refused`, async () => {
      const engine = world.engine();
      await engine.warmUp();
      const content = name === 'reportCrash' ? engine.noticeOf(0) : HOLD;
      const why = await attacker.update(engine.guardian.workflowId, name, [json(content)]);
      assert.match(why ?? '', new RegExp(`${name} is not signed`));
      assert.deepEqual(await known(engine), NOTHING_KNOWN);
    });

    test(`${name} of a stranger with keys of their own is refused`, async () => {
      const engine = world.engine();
      await engine.warmUp();
      const stranger = await clientOfStranger(name === 'reportCrash' ? 'host' : 'operator');
      const handle = stranger.workflow.getHandle(engine.guardian.workflowId);
      const content = name === 'reportCrash' ? engine.noticeOf(0) : HOLD;
      await assert.rejects(
        handle.executeUpdate(name, { args: [content] }),
        refusedUpdate(/a key that is not known/),
      );
      assert.deepEqual(await known(engine), NOTHING_KNOWN);
    });
  }

  test('of one host about another is refused, and its own is taken', async () => {
    const engine = world.engine();
    await engine.warmUp();
    const other = signedClient(world.keys.of('host', 'host-2'), {
      connection: world.connection,
    });
    const handle = other.workflow.getHandle(engine.guardian.workflowId);
    await assert.rejects(
      handle.executeUpdate(messages.reportCrash, { args: [engine.noticeOf(0)] }),
      refusedUpdate(/comes from host "host-2".*who may not/),
    );
    assert.deepEqual(await known(engine), NOTHING_KNOWN);
    assert.equal((await engine.reportAnew()).disposition, 'opened');
  });

  test('by a key of another role is refused', async () => {
    const engine = world.engine();
    await engine.warmUp();
    const ofOperator = world.operator.workflow.getHandle(engine.guardian.workflowId);
    await assert.rejects(
      ofOperator.executeUpdate(messages.reportCrash, { args: [engine.noticeOf(0)] }),
      refusedUpdate(/comes from operator/),
    );
    await assert.rejects(
      engine.guardian.executeUpdate(messages.holdEngine, { args: [HOLD] }),
      refusedUpdate(/comes from host/),
    );
    assert.deepEqual(await known(engine), NOTHING_KNOWN);
  });
});

describe('a recorded message', { concurrency: 4 }, () => {
  test('of a death keeps no report of the next one from being heard', async () => {
    const engine = world.engine();
    await engine.crash();
    await engine.ended();
    const [update] = (await recordedOf(engine.guardian)).updates;
    const next = crashUpdateId(engine.noticeOf(1).report);
    const why = await attacker.update(
      engine.guardian.workflowId,
      'reportCrash',
      [update?.payload ?? json({})],
      next,
    );
    assert.match(why ?? '', /came under the id of another death/);
    assert.equal((await engine.crash(1)).disposition, 'opened');
  });

  test('of a decision keeps no other one from being counted', async () => {
    const engine = world.engine({ fakes: troubles.crashCause('unknown') });
    await engine.crash();
    const gate = await engine.gate('automatic_recovery');
    const [first, second] = [sign(gate, 'approve', OLGA), sign(gate, 'approve', RITA)];
    const under = (id: string) => attacker.update(engine.workflowId, 'decide', [json(first)], id);
    assert.match((await under(decisionUpdateId(second))) ?? '', /under the id of another one/);
    assert.equal(
      await under(decisionUpdateId(first)),
      null,
      'anybody may carry what proves itself',
    );
    await engine.send(second);
    await engine.ended();
  });

  async function held(): Promise<{ engine: Engine; payload: Payload }> {
    const engine = world.engine();
    await engine.warmUp();
    await engine.hold(HOLD);
    const [update] = (await recordedOf(engine.guardian)).updates;
    assert.ok(update !== undefined);
    return { engine, payload: update.payload };
  }

  test('does not come back as another message', async () => {
    const { engine, payload } = await held();
    const why = await attacker.update(engine.guardian.workflowId, 'releaseHold', [payload]);
    assert.match(why ?? '', /was sent as "holdEngine", not as "releaseHold"/);
    assert.deepEqual((await engine.status()).hold, HOLD);
  });

  test('does not come back as itself', async () => {
    const { engine, payload } = await held();
    await engine.release(HOLD);
    const why = await attacker.update(engine.guardian.workflowId, 'holdEngine', [payload]);
    assert.match(why ?? '', /has been taken before/);
    assert.equal((await engine.status()).hold, null);
  });

  test('means nothing to another workflow', async () => {
    const { payload } = await held();
    const other = world.engine();
    await other.warmUp();
    const why = await attacker.update(other.guardian.workflowId, 'holdEngine', [payload]);
    assert.match(why ?? '', /signed for something else/);
    assert.equal((await other.status()).hold, null);
  });

  test('means nothing to a guardian that has lost its memory, if it is of before', async () => {
    const { engine, payload } = await held();
    const edited = { ...payload, data: Buffer.from(JSON.stringify({ ...HOLD, by: 'mallory' })) };
    const why = await attacker.update(engine.guardian.workflowId, 'holdEngine', [edited]);
    assert.match(why ?? '', /changed since/);
  });

  test('of the guardian to its recovery is not taken twice, nor by another recovery', async () => {
    const crashing = world.engine({ fakes: troubles.crashCause('unknown') });
    await crashing.crash();
    await crashing.gate('automatic_recovery');
    await crashing.crash(1);
    await crashing.gate('automatic_recovery', 2);
    const [signal] = (await recordedOf(crashing.recovery)).signals;
    assert.equal(signal?.name, 'crashedAgain');
    const other = world.engine({ fakes: troubles.crashCause('unknown') });
    await other.crash();
    await other.gate('automatic_recovery');
    for (const engine of [crashing, other]) {
      const before = (await engine.record()).crashes.length;
      await attacker.signal(engine.workflowId, 'crashedAgain', [signal.payload]);
      const { refused, crashes } = await eventually('it is told', async () => {
        const record = await engine.record();
        return record.refused === undefined ? undefined : record;
      });
      assert.equal(crashes.length, before);
      assert.match(refused?.last.why ?? '', /taken before|signed for something else/);
    }
  });
});

describe('a forged signal', { concurrency: 4 }, () => {
  test('changes nothing, and is told', async () => {
    const engine = world.engine();
    await engine.warmUp();
    const progress = { epoch: 2 ** 53 - 1, stopped: [`${engine.engineId}-e0`] };
    await attacker.signal(engine.guardian.workflowId, 'recoveryProgress', [json(progress)]);
    await engine.guardian.signal(messages.recoveryProgress, progress);
    const refused = await eventually('both are told', async () => {
      const { refused: told } = await engine.status();
      return told?.count === 2 && told;
    });
    assert.match(refused.last.why, /comes from host "host-1"/);
    assert.deepEqual(await known(engine), NOTHING_KNOWN);
    // The instance that the forger called stopped crashes, and is recovered.
    assert.equal((await engine.crash()).disposition, 'opened');
    assert.equal((await engine.record()).epoch, 1);
  });

  test('to a recovery is told to people once, however many there are', async () => {
    const engine = world.engine({ fakes: troubles.crashCause('unknown') });
    await engine.crash();
    await engine.gate('automatic_recovery');
    const again = { report: engine.noticeOf(0).report, crashCount: 1 };
    for (let sent = 0; sent < 5; sent += 1) {
      await attacker.signal(engine.workflowId, 'crashedAgain', [json(again)]);
    }
    await eventually('all are counted', async () => (await engine.record()).refused?.count === 5);
    const titles = engine.callsOf('notify').map(({ input }) => String(input['title']));
    assert.equal(titles.filter((title) => title.includes('was refused')).length, 1);
    assert.equal((await engine.record()).crashes.length, 1);
    await engine.approve('automatic_recovery');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });
});

describe('a forged start', { concurrency: 4 }, () => {
  test('is closed with a reason', async () => {
    const engine = world.engine();
    const { workflowId } = engine.guardian;
    const state = { ...messages.newGuardian(engine.engineId), epoch: 999 };
    const payloads = [json(state)];
    const forged = await attacker.start(workflowId, {
      type: messages.GUARDIAN_WORKFLOW,
      taskQueue: TASK_QUEUE,
      payloads,
    });
    await assert.rejects(forged.result(), (error: unknown) => {
      assert.ok(error instanceof WorkflowFailedError);
      assert.match(error.cause?.message ?? '', /the start of engineGuardian is not signed/);
      return true;
    });
    // The place is free for the real one.
    assert.equal((await engine.crash()).disposition, 'opened');
    assert.equal((await engine.record()).epoch, 1);
  });

  test('with a memory is refused even of a host', async () => {
    const engine = world.engine();
    const state = { ...messages.newGuardian(engine.engineId), handled: [`${engine.engineId}-e0`] };
    const started = await world.client.workflow.start(messages.GUARDIAN_WORKFLOW, {
      workflowId: engine.guardian.workflowId,
      taskQueue: TASK_QUEUE,
      args: [state],
    });
    await assert.rejects(started.result(), /Workflow execution failed/);
    assert.equal((await engine.crash()).disposition, 'opened');
  });

  test('of a recovery is refused: by a stranger, by a host, by a recorded input', async () => {
    const real = world.engine();
    await real.crash();
    await real.ended();
    const { start } = await recordedOf(real.recovery);
    const input = JSON.parse(Buffer.from(start.data ?? []).toString('utf8')) as object;
    const options = { type: messages.RECOVERY_WORKFLOW, taskQueue: TASK_QUEUE };
    const calls = real.calls.length;
    // The same id: the recorded input verifies, and its parent is missing.
    for (const payloads of [[json(input)], [start], []]) {
      const forged = await attacker.start(real.workflowId, { ...options, payloads });
      await assert.rejects(forged.result(), /Workflow execution failed/);
    }
    const ofHost = await world.client.workflow.start(messages.RECOVERY_WORKFLOW, {
      workflowId: `${real.workflowId}-x`,
      taskQueue: TASK_QUEUE,
      args: [input],
    });
    await assert.rejects(ofHost.result(), /Workflow execution failed/);
    assert.equal(real.calls.length, calls);
    world.forget(real);
  });
});
