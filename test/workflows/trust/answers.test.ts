/** Nobody acts on an answer that the control plane has not signed for this very question. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { UnverifiedAnswer } from '../../../clients/temporal/messages/client-calls.js';
import { guardianStatusOf, openGateOf } from '../../../clients/temporal/recoveries.js';
import { guardianWorkflowId } from '../../../workflows/ids.js';
import * as messages from '../../../workflows/messages.js';
import * as troubles from '../fakes/troubles.js';
import { openWorld, type World } from '../fakes/world.js';
import { createAttacker, json, type Attacker } from './attacker.js';

let world: World;
let attacker: Attacker;
before(async () => {
  world = await openWorld();
  attacker = createAttacker(world);
});
after(async () => world.close());

describe('a forged answer', { concurrency: 2 }, () => {
  test('to a query is believed by no client', async () => {
    const engineId = 'of-the-attacker';
    const taskQueue = 'queries-of-the-attacker';
    const workflowId = guardianWorkflowId(engineId);
    await attacker.start(workflowId, { type: 'evil', taskQueue, payloads: [] });
    const answers = [
      json(messages.newGuardian(engineId)),
      json({ answers: { name: 'guardianStatus', id: null }, value: {} }),
      json(
        {},
        { 'relight-by': JSON.stringify({ by: { role: 'control', host: null, keyId: 'x' } }) },
      ),
    ];
    for (const answer of answers) {
      const answered = attacker.answerNext(taskQueue, answer);
      await assert.rejects(guardianStatusOf(world.client, engineId), UnverifiedAnswer);
      await answered;
    }
    await world.client.workflow.getHandle(workflowId).terminate();
  });

  test('that was recorded is not believed again', async () => {
    const engine = world.engine({ fakes: troubles.crashCause('unknown') });
    await engine.crash();
    await engine.gate('automatic_recovery');
    const { queryResult } = await attacker.query(engine.workflowId, 'openGate');
    const [answer] = queryResult?.payloads ?? [];
    assert.ok(answer !== undefined);
    await engine.recovery.terminate('for the test');
    const taskQueue = 'old-answers';
    const evil = await attacker.start(engine.workflowId, { type: 'evil', taskQueue, payloads: [] });
    const answered = attacker.answerNext(taskQueue, answer);
    await assert.rejects(openGateOf(world.client, engine.workflowId), (error: unknown) => {
      assert.ok(error instanceof UnverifiedAnswer);
      assert.match(error.message, /answers another question of that name: do not act on it/);
      return true;
    });
    await answered;
    await evil.terminate();
    world.forget(engine);
  });
});
