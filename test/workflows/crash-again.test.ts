/** The new engine crashes while it is being recovered, or the recovery itself is told to end. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import { signedClient } from '../../clients/temporal/connect.js';
import { crashedAgain } from '../../workflows/messages.js';
import { rulesOf } from './fakes/activities.js';
import type { Engine, Fakes } from './fakes/engine.js';
import { RITA, sign } from './fakes/people.js';
import { quickPolicy } from './fakes/policy.js';
import * as troubles from './fakes/troubles.js';
import { eventually } from './fakes/waiting.js';
import { openWorld, type World } from './fakes/world.js';
import { assertRecoveredAgain, assertWriters, epochsStarted } from './recovery/recovered-again.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

/** The step in which the new engine dies, once. */
const DYING: [string, keyof Fakes][] = [
  ['while it starts', 'startEngine'],
  ['in its health check', 'checkComprehensiveHealth'],
  ['during the risk checks', 'measureExposure'],
  ['while a stage is granted', 'applyStage'],
  ['in a monitoring window', 'watchEngine'],
];

describe('a crash during the recovery', { concurrency: 8 }, () => {
  for (const [when, name] of DYING) {
    test(`${when} goes back to analysis in the same incident with a higher epoch`, async () => {
      const engine = world.engine();
      engine.replaceOnce(name, async () => {
        const receipt = await engine.crash(1);
        assert.equal(receipt.disposition, 'joined');
        return Context.current().cancelled; // an answer that never comes
      });
      await engine.crash();
      await assertRecoveredAgain(engine);
      // Whether a grant that never answered has come through, nobody knows.
      if (name !== 'applyStage') assertWriters(engine, { granted: name === 'watchEngine' });
    });
  }

  test('that makes a step fail first is told by its report, not taken to people', async () => {
    const engine = world.engine();
    engine.replaceOnce('watchEngine', async () => {
      setTimeout(() => void engine.crash(1), 300);
      return troubles.hardFailure;
    });
    await engine.crash();
    await assertRecoveredAgain(engine);
    assert.deepEqual((await engine.record()).gates, []);
  });

  test('withdraws an open gate, and a late answer to it is refused', async () => {
    const engine = world.engine({ fakes: { checkMarket: troubles.volatile.checkMarket! } });
    await engine.crash();
    const gate = await engine.gate('volatility');
    await engine.crash(1);
    await eventually('withdrawal', async () => {
      return (await engine.record()).gates[0]?.outcome === 'withdrawn';
    });
    const late = await engine.send(sign(gate, 'approve', RITA));
    assert.equal(late.accepted, false);
    await engine.gate('volatility', 2);
    assert.equal(engine.callsOf('applyStage').length, 0);
    assert.equal((await engine.send(sign(gate, 'approve'))).accepted, false);
    await engine.approve('volatility', { attempt: 2 });
    await assertRecoveredAgain(engine);
  });

  test('more than three times in five minutes asks a person', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await engine.crash(0);
    for (const epoch of [1, 2, 3]) {
      await engine.gate('volatility', epoch);
      await engine.crash(epoch);
    }
    const gate = await engine.gate('automatic_recovery');
    assert.match(gate.question, /repeated crashes: 4/);
    assert.deepEqual(epochsStarted(engine), [1, 2, 3]);
    await engine.approve('automatic_recovery');
    await engine.approve('volatility', { attempt: 4 });
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal((await engine.record()).crashCount, 4);
  });

  test('after a manual recovery asks a person again when it is one too many', async () => {
    const engine = world.engine({
      fakes: { ...troubles.crashCause('unknown'), ...troubles.volatile },
    });
    await engine.crash();
    await engine.reject('automatic_recovery');
    await engine.approve('manual_recovery');
    await engine.approve('automatic_recovery', { attempt: 2 });
    await engine.gate('volatility');
    await engine.crash(2);
    await engine.gate('automatic_recovery', 3);
    assert.deepEqual(epochsStarted(engine), [2]);
  });

  test('of an instance that the recovery stopped itself is no crash', async () => {
    const engine = world.engine({ fakes: troubles.windows(troubles.hardFailure, troubles.pass) });
    await engine.crash();
    await engine.gate('manual_recovery');
    assert.equal((await engine.crash(1)).disposition, 'duplicate');
    await engine.approve('manual_recovery');
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { crashes, crashCount } = await engine.record();
    assert.deepEqual([crashes.length, crashCount], [1, 1]);
  });

  test('that comes while the report is written opens the next incident', async () => {
    const engine = world.engine();
    engine.replaceOnce('writeReport', async () => {
      assert.equal((await engine.crash(1)).disposition, 'joined');
      return { pdf: 'recovery.pdf', json: 'recovery.json' };
    });
    await engine.crash();
    assert.equal((await engine.ended()).unhandled?.instance.instanceId, `${engine.engineId}-e1`);
    await engine.called('writeReport', 2);
    assert.deepEqual(epochsStarted(engine), [1, 2]);
  });
});

describe('a crash at the end of a recovery', { concurrency: 8 }, () => {
  test('leaves no report and no notice behind that is under way', async () => {
    let told = false;
    const engine = world.engine();
    engine.replaceOnce('writeReport', async () => {
      await engine.crash(1);
      return { pdf: 'recovery.pdf', json: 'recovery.json' };
    });
    engine.replaceOnce('notify', async () => {
      await delay(500);
      told = true;
      return { undelivered: [] };
    });
    await engine.crash();
    await engine.ended();
    assert.ok(told);
    assert.equal((await engine.record()).steps.at(-1)?.status, 'done');
  });

  test('waits for its report only so long, which is written and told all the same', async () => {
    const engine = world.engine();
    engine.replaceOnce('writeReport', async () => {
      await engine.crash(1);
      await engine.called('startEngine', 2);
      return { pdf: 'recovery.pdf', json: 'recovery.json' };
    });
    await engine.crash();
    await engine.ended();
    assert.equal((await engine.record()).steps.at(-1)?.status, 'done');
    const told = engine.callsOf('notify').map(({ input }) => input['dedupKey']);
    assert.ok(told.includes(`${engine.incidentId}:outcome:recovered`), told.join());
    assert.deepEqual(epochsStarted(engine), [1, 2]);
  });

  test('of an engine that people started by hand is recovered, though they end this one', async () => {
    const engine = world.engine({ fakes: troubles.windows(troubles.hardFailure, troubles.pass) });
    await engine.crash();
    await engine.gate('manual_recovery');
    assert.equal((await engine.crash(9)).disposition, 'joined');
    await engine.reject('manual_recovery', { attempt: 2 });
    const { outcome, unhandled } = await engine.ended();
    assert.equal(outcome, 'halted');
    assert.equal(unhandled?.instance.instanceId, `${engine.engineId}-e9`);
    await engine.called('startEngine', 2);
    assert.deepEqual(epochsStarted(engine), [1, 10]);
  });

  test('of an engine that people started by hand is recovered, though this one is cancelled', async () => {
    const engine = world.engine({ fakes: troubles.windows(troubles.hardFailure, troubles.pass) });
    await engine.crash();
    await engine.gate('manual_recovery');
    await engine.crash(9);
    await engine.recovery.cancel();
    assert.equal((await engine.ended()).outcome, 'cancelled');
    await engine.called('startEngine', 2);
    assert.deepEqual(epochsStarted(engine), [1, 10]);
  });

  test('while the manual question is open has it asked anew, with the crash, and told', async () => {
    const engine = world.engine({ fakes: troubles.windows(troubles.hardFailure, troubles.pass) });
    await engine.crash();
    const first = await engine.gate('manual_recovery');
    await engine.crash(9);
    const { question, evidence, evidenceHash, onReject } = await engine.gate('manual_recovery', 2);
    assert.ok(question.startsWith(first.question));
    assert.match(question, /it has CRASHED AGAIN since: .*-e9 on host-1 at 2/);
    assert.match(onReject, /-e9 is then recovered from as an incident of its own/);
    const [since] = evidence['crashesSince'] as { instanceId: string }[];
    assert.equal(since?.instanceId, `${engine.engineId}-e9`);
    assert.equal((await engine.send(sign(first, 'approve', RITA))).accepted, false);
    const command = `${engine.engineId}-e0/manual_recovery --evidence ${evidenceHash}`;
    const told = () =>
      engine.callsOf('notify').filter(({ input }) => String(input['text']).includes(command));
    await eventually('it is told', async () => told().length === 1);
    await engine.approve('manual_recovery', { attempt: 2 });
    const { outcome, unhandled } = await engine.ended();
    assert.deepEqual([outcome, unhandled], ['recovered', null]);
  });

  test('that comes with a cancellation is recovered from after it', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await engine.crash();
    await engine.gate('volatility');
    const control = signedClient(world.keys.of('control'), { connection: world.connection });
    const { report } = engine.noticeOf(9);
    await world.withoutWorkers(async () => {
      const recovery = control.workflow.getHandle(engine.workflowId);
      await recovery.signal(crashedAgain, { report, crashCount: 2 });
      await engine.recovery.cancel();
    });
    const { outcome, unhandled } = await engine.ended();
    assert.deepEqual(
      [outcome, unhandled?.instance.instanceId],
      ['cancelled', `${engine.engineId}-e9`],
    );
    await engine.called('startEngine', 2);
    assert.deepEqual(epochsStarted(engine), [1, 10]);
  });

  test('is recovered by the rules of the time when it is opened', async () => {
    const engine = world.engine({ fakes: troubles.windows(troubles.hardFailure, troubles.pass) });
    await engine.crash();
    await engine.gate('manual_recovery');
    const policy = quickPolicy({ containment: 'cancel_own_orders' });
    engine.replace('loadRules', async () => rulesOf({ policy }));
    await engine.crash(9);
    await engine.reject('manual_recovery', { attempt: 2 });
    await engine.called('startEngine', 2);
    const contained = engine.callsOf('containRisk').map(({ input }) => input['action']);
    assert.equal(contained.at(-1), 'cancel_own_orders');
    assert.deepEqual(epochsStarted(engine), [1, 10]);
  });
});

describe('a cancelled recovery', { concurrency: 8 }, () => {
  async function assertCancelled(engine: Engine): Promise<void> {
    assert.equal((await engine.ended()).outcome, 'cancelled');
    assert.equal((await engine.record()).outcome, 'cancelled');
    assert.equal(engine.callsOf('writeReport').length, 1);
    const { past } = await eventually('the guardian', async () => {
      const status = await engine.status();
      return status.openIncident === null && status;
    });
    assert.equal(past[0]?.outcome, 'cancelled');
  }

  test('stops the engine that runs and writes a report', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await engine.crash();
    await engine.gate('volatility');
    await engine.recovery.cancel();
    await assertCancelled(engine);
    assert.equal(engine.callsOf('stopEngine').length, 1);
    assert.equal((await engine.record()).gates[0]?.outcome, 'withdrawn');
  });

  test('stops nothing where no engine was started', async () => {
    const engine = world.engine({ fakes: troubles.crashCause('unknown') });
    await engine.crash();
    await engine.gate('automatic_recovery');
    await engine.recovery.cancel();
    await assertCancelled(engine);
    assert.equal(engine.callsOf('stopEngine').length, 0);
  });

  test('ends in the same way while the manual checklist is open', async () => {
    const engine = world.engine({ fakes: troubles.windows(troubles.hardFailure) });
    await engine.crash();
    await engine.gate('manual_recovery');
    await engine.recovery.cancel();
    await assertCancelled(engine);
    assert.equal(engine.callsOf('stopEngine').length, 1);
  });

  test('is recovered all the same when all that is left is the report', async () => {
    const engine = world.engine();
    engine.replaceOnce('writeReport', async () => {
      await engine.recovery.cancel();
      return { pdf: 'recovery.pdf', json: 'recovery.json' };
    });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal(engine.callsOf('stopEngine').length, 0);
  });
});
