/**
 * An engine that boots from its own last checkpoint, with what the crash left in it, and is told over HTTP what was
 * recovered: it reads its wallets again, and each position and each order that differs is told to it. The venues'
 * ledger says whether it then holds the truth, and what it traded afterwards.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runScenario } from '../../../sandbox/demo/run.js';
import { until } from '../../../sandbox/demo/processes.js';
import { scenarioOf } from '../../../sandbox/demo/scenarios.js';
import { assertNothingTwice, assertRecovered, world } from '../house.js';

const ORDERS = 12;

const held = (positions: readonly { instrument: string; quantity: string }[]) =>
  positions.map(({ instrument, quantity }) => `${instrument} ${Number(quantity)}`).sort();

test(
  'told item by item over HTTP, it holds what the ledger holds',
  { timeout: 400_000 },
  async (t) => {
    const here = await world(t, { orders: ORDERS, told: true });
    const run = await runScenario(here, scenarioOf('kill'), {
      orders: ORDERS,
      say: (line) => t.diagnostic(line),
      // Nothing of what it must hold is for people to enter: such a gate would stay open.
      leaveOpen: ['enter_by_hand'],
    });
    assertRecovered(run);
    const { record } = run;
    assert.ok(!record.gates.some(({ kind }) => kind === 'enter_by_hand'));
    const start = record.steps.find(({ name }) => name === 'start')?.detail ?? '';
    assert.match(start, /; 1 position set, \d+ orders imported; state equal$/);
    await assertNothingTwice(here);
    await until(
      'what it holds as it trades is the ledger’s: no fill of before is booked again',
      async () => {
        const { state } = await here.engineState();
        const { positions } = (await here.admin.ledger()).venues.binanceusdm;
        return JSON.stringify(held(state.positions)) === JSON.stringify(held(positions))
          ? true
          : null;
      },
    );
  },
);
