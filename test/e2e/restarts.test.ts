/**
 * Relight itself dies in the middle of a recovery: worker, agent, or Temporal server, each killed
 * with SIGKILL at several steps. The recovery goes on, and no order is sent or cancelled twice.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from 'node:path';
import { findEmbeddedTemporal } from '../../clients/temporal/embedded/index.js';
import { runScenario } from '../../sandbox/demo/run.js';
import { scenarioOf } from '../../sandbox/demo/scenarios.js';
import type { World } from '../../sandbox/demo/world.js';
import type { RecoveryRecord, StepName } from '../../workflows/domain/record.js';
import { assertNothingTwice, assertRecovered, pidOfPart, world } from './house.js';

const ORDERS = 12;
const KILLED_AT: readonly StepName[] = ['analyse', 'reconcile', 'start', 'ramp'];

type Victim = 'worker' | 'agent' | 'temporal';

async function pidOf(here: World, victim: Victim): Promise<number | null> {
  if (victim !== 'temporal') return pidOfPart(here, victim);
  return (await findEmbeddedTemporal(join(here.files.dataDir, 'temporal')))?.pid ?? null;
}

/** Kills the victim once at each of the steps, when the step has begun. */
function killAtSteps(here: World, victim: Victim, killed: StepName[]) {
  return async (record: RecoveryRecord): Promise<void> => {
    const step = record.steps.at(-1)?.name;
    const due = KILLED_AT.find((name) => name === step && !killed.includes(name));
    if (due === undefined) return;
    const pid = await pidOf(here, victim);
    if (pid === null) return;
    process.kill(pid, 'SIGKILL');
    killed.push(due);
  };
}

for (const victim of ['worker', 'agent', 'temporal'] as const) {
  test(
    `goes on after SIGKILL of the ${victim}, at several steps`,
    { timeout: 800_000 },
    async (t) => {
      const here = await world(t, { orders: ORDERS, containment: 'cancel_own_orders' });
      const killed: StepName[] = [];
      const run = await runScenario(here, scenarioOf('kill'), {
        orders: ORDERS,
        say: (line) => t.diagnostic(line),
        onLook: killAtSteps(here, victim, killed),
      });
      t.diagnostic(`${victim} killed at: ${killed.join(', ')}`);
      assert.ok(killed.length >= 2, `killed only at ${killed.join(', ')}`);
      assertRecovered(run);
      await assertNothingTwice(here);
    },
  );
}
