/**
 * The simulated server against the real one: the recorded scenarios run on both, and amount to the same; and what
 * the simulated one wrote down as history, the real core of Temporal replays with the workflows as they are.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from '@temporalio/worker';
import { loadWorkflowBundle } from '../../workers/processes/bundle.js';
import { LONG_TESTS } from '../needs.js';
import { SCENARIOS } from '../workflows/fakes/recording/scenarios.js';
import { openWorld } from '../workflows/fakes/world.js';
import { simulated } from './compared/simulated.js';
import { tell } from './compared/told.js';

/** All others with `RELIGHT_LONG_TESTS`. */
const FEW = ['happy-path', 'manual-skips-no-question', 'ramp-shut-down-then-manual', 'cancelled'];

const scenarios = SCENARIOS.filter(({ name }) => LONG_TESTS || FEW.includes(name));
const simulations = new Map(
  simulated(
    ['a'],
    scenarios.map(({ name }) => name),
  ).map((each) => [each.name, each]),
);
const world = await openWorld();
test.after(() => world.close());

for (const { name, run } of scenarios) {
  test(`${name} is the same on both servers`, async () => {
    const real = await tell(world.client, name, await run(world));
    const told = simulations.get(name) ?? assert.fail(`${name} was not simulated`);
    assert.deepEqual(told.story, real.story);
    assert.deepEqual(told.events, real.events);
  });

  test(`${name}, simulated, replays by the real core`, async () => {
    const { history, workflowId } =
      simulations.get(name) ?? assert.fail(`${name} was not simulated`);
    await replay(JSON.parse(history), workflowId);
  });
}

test('a simulated history without one of its steps does not replay', async () => {
  const { history, workflowId } = simulations.get('happy-path') ?? assert.fail('was not simulated');
  const told = JSON.parse(history) as { events: { eventType: string }[] };
  const at = told.events.findIndex(({ eventType }) =>
    eventType.endsWith('ACTIVITY_TASK_SCHEDULED'),
  );
  const without = { events: told.events.filter((_, index) => index !== at) };
  await assert.rejects(replay(without, workflowId));
});

async function replay(history: unknown, workflowId: string): Promise<void> {
  const workflowBundle = await loadWorkflowBundle();
  await Worker.runReplayHistory({ workflowBundle }, history, workflowId);
}
