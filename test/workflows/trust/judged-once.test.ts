/** What was taken and what was refused stays so in every replay, whatever keys there are by then. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Worker } from '@temporalio/worker';
import type { WorkflowHandle } from '@temporalio/client';
import { loadWorkflowBundle } from '../../../workers/processes/bundle.js';
import { never } from '../fakes/activities.js';
import { decideBySignal } from '../../../workflows/messages.js';
import { sign } from '../fakes/people.js';
import * as troubles from '../fakes/troubles.js';
import { eventually } from '../fakes/waiting.js';
import { openWorld, type World } from '../fakes/world.js';
import { createAttacker, json } from './attacker.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

/** No codec: every payload looks as if nobody had signed it. */
async function replayWithoutKeys(handle: WorkflowHandle): Promise<void> {
  const workflowBundle = await loadWorkflowBundle();
  await Worker.runReplayHistory({ workflowBundle }, await handle.fetchHistory(), handle.workflowId);
}

test('a history replays without any key', async () => {
  const attacker = createAttacker(world);
  const engine = world.engine({ fakes: troubles.crashCause('unknown') });
  await engine.crash();
  await engine.gate('automatic_recovery');
  const again = { report: engine.noticeOf(1).report, crashCount: 1 };
  await attacker.signal(engine.workflowId, 'crashedAgain', [json(again)]);
  await engine.crash(1);
  await engine.gate('automatic_recovery', 2);
  await attacker.signal(engine.workflowId, 'crashedAgain', [json({})]);
  await attacker.signal(engine.guardian.workflowId, 'recoveryProgress', [json({})]);
  await eventually('all is told', async () => {
    const [record, status] = [await engine.record(), await engine.status()];
    return record.refused?.count === 2 && status.refused?.count === 1;
  });
  assert.equal((await engine.record()).crashes.length, 2);
  await engine.approve('automatic_recovery', { attempt: 2 });
  await engine.ended();
  await replayWithoutKeys(engine.recovery);
  await replayWithoutKeys(engine.guardian);
});

test('a start that was refused replays as refused', async () => {
  const attacker = createAttacker(world);
  const engine = world.engine();
  const options = { type: 'engineGuardian', taskQueue: 'relight', payloads: [json({})] };
  const forged = await attacker.start(engine.guardian.workflowId, options);
  await assert.rejects(forged.result());
  await replayWithoutKeys(forged);
});

test('a result that was refused replays as refused', async () => {
  const attacker = createAttacker(world);
  const engine = world.engine({ fakes: { measureExposure: never } });
  await engine.crash();
  await engine.called('measureExposure');
  const { events } = await engine.recovery.fetchHistory();
  const ids = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: event }) =>
    event?.activityType?.name === 'measureExposure' ? (event.activityId ?? '') : [],
  );
  await attacker.complete(engine.workflowId, ids[0] ?? '', json({}));
  await engine.reject('manual_recovery');
  assert.equal((await engine.ended()).outcome, 'halted');
  await replayWithoutKeys(engine.recovery);
});

test('a decision that was accepted by signal is not verified again, and one refused stays refused', async () => {
  const engine = world.engine({ fakes: troubles.volatile });
  await engine.crash();
  const gate = await engine.gate('volatility');
  const good = sign(gate, 'approve');
  const bad = { ...good, said: { ...good.said, reason: 'another reason' } };
  await engine.recovery.signal(decideBySignal, bad);
  await eventually('the bad one is told', async () => (await engine.record()).refused?.count === 1);
  await engine.recovery.signal(decideBySignal, good);
  await engine.ended();
  const history = await engine.recovery.fetchHistory();
  // As if keys, rules or words had changed since: by them, each verdict would be the other one.
  const signals = (history.events ?? []).flatMap((event) => {
    const signal = event.workflowExecutionSignaledEventAttributes;
    return signal?.signalName === 'decideBySignal' ? [signal] : [];
  });
  const [first, second] = signals.map(({ input }) => input?.payloads?.[0]);
  assert.ok(first && second);
  [first.data, second.data] = [second.data ?? null, first.data ?? null];
  const workflowBundle = await loadWorkflowBundle();
  await Worker.runReplayHistory({ workflowBundle }, history, engine.workflowId);
});
