/**
 * An engine with nothing but a pid file and a health URL is recovered from kill -9 to full trading, with a person's
 * confirmations; the oracle is the ledger, and /proc.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../../sandbox/demo/processes.js';
import { INSTRUCTIONS, openSmallWorld, type SmallWorld } from './small-engine.js';

const ORDER = { venue: 'kraken', instrument: 'BTC/USD', side: 'buy', quantity: '0.01' } as const;

test('a person starts it, sets its limits and switches it on; nothing else is touched', async (t) => {
  const world = await openSmallWorld(t);
  const { admin } = world;
  await admin.holdPrice();
  await admin.placeOrder({ ...ORDER, price: '1000', clientOrderId: 'sm-1' });
  await admin.placeOrder({ ...ORDER, price: '1001', clientOrderId: 'others-1' });
  const first = world.startByHand();
  await until('it is watched', async () => (world.watchedPid() === first.pid ? true : null));
  const before = await ordersAt(world);
  assert.equal(before.length, 2);

  first.kill('SIGKILL');
  const workflowId = await world.recovery();
  const second = await answered(world, workflowId);

  const record = (await world.record(workflowId)) ?? assert.fail('no record');
  assert.equal(record.outcome, 'recovered', record.outcomeDetail);
  assert.ok(existsSync(`/proc/${second}`), 'the new process lives');
  assert.equal(world.pidInFile(), second);
  assert.notEqual(second, first.pid);
  assert.equal(world.watchedPid(), second);
  assert.deepEqual(await ordersAt(world), before, 'no order was sent, cancelled or lost');
  const { writes } = await admin.requests();
  assert.deepEqual(writes, [], 'and nobody has tried');

  const kinds = record.gates.map(({ kind }) => kind);
  assert.deepEqual(
    kinds.filter((kind) => kind === 'instruction').length,
    3,
    'the start, and two stages',
  );
  assert.ok(kinds.includes('unverified_state'));
  const detail = record.steps.find(({ name }) => name === 'start')?.detail ?? '';
  assert.match(detail, new RegExp(`runs as pid ${second}, started by mei at `));
  assert.match(detail, /nothing of its state compared; UNVERIFIED: positions, orders/);
  for (const { percent, note } of record.ramp) {
    assert.match(note, new RegExp(`limit to ${percent} %.*confirmed by mei at .*, not verified`));
  }
  assert.deepEqual(
    record.integration?.map(({ capability, standing }) => `${capability} ${standing}`),
    [
      'death replaced',
      'hang replaced',
      'instance replaced',
      'start by_hand',
      'boot replaced',
      'quickHealth replaced',
      'comprehensiveHealth replaced',
      'state unverified',
      'stateDigest unverified',
      'riskLimits not_offered',
      'setLimits by_hand',
      'enableStrategies by_hand',
      'shutdown replaced',
      'ownership replaced',
    ],
  );
});

/** As a person would: does what is asked, then says so. Gives the pid of what was started. */
async function answered(world: SmallWorld, workflowId: string): Promise<number> {
  let started: number | null = null;
  await until(
    'the recovery has ended',
    async () => {
      const record = await world.record(workflowId);
      if (record !== null && record.outcome !== 'running') return true;
      const gate = await world.gate(workflowId);
      if (gate === null) return null;
      const { instructions } = gate.evidence as { instructions?: string[] };
      if (instructions?.includes(INSTRUCTIONS.start) === true && started === null) {
        assert.equal(world.isDead(), true, 'asked for only when nothing of it lives');
        started = world.startByHand().pid ?? null;
      }
      await sleep(50);
      await world.answer(workflowId, gate, 'approve').catch(() => undefined);
      return null;
    },
    { everyMs: 200 },
  );
  return started ?? assert.fail('nobody was asked to start it');
}

async function ordersAt({ admin }: SmallWorld) {
  const { kraken } = (await admin.ledger()).venues;
  return kraken.openOrders.map(({ venueOrderId, clientOrderId, filled, status }) => {
    return { venueOrderId, clientOrderId, filled, status };
  });
}
