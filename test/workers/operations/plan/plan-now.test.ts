/** `relight plan` on a real engine and real venues: what it tells is what was done to them, and it leaves nothing behind. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { PlanAnswer, type PlanStep } from '../../../../clients/cli/answers/plan.js';
import { TemporalUnreachable } from '../../../../clients/temporal/unreachable.js';
import { planNow } from '../../../../workers/operations/plan/index.js';
import type { Config } from '../../../../workers/config/schema.js';
import { createRig, ENGINE_ID, ready, type Rig } from '../../../sandbox/engine/rig.js';
import { configOf } from '../../config/rig-config.js';

const nobody = async () => {
  throw new TemporalUnreachable('none is here');
};

async function planOf(config: Config) {
  return PlanAnswer.parse(await planNow(config, ENGINE_ID, nobody));
}

function stepOf({ steps }: PlanAnswer, step: PlanStep['step']): PlanStep {
  return steps.find((one) => one.step === step) ?? assert.fail(`no step ${step}`);
}

function withExposure(config: Config, maxExposure: string): Config {
  const own = config.engines[ENGINE_ID] ?? assert.fail();
  const policy = { ...own.policy, risk: { ...own.policy.risk, maxExposure } };
  return { ...config, engines: { [ENGINE_ID]: { ...own, policy } } };
}

/** What rests by the oracle's word, of whichever venue. */
async function restingAt({ admin }: Rig): Promise<string[]> {
  const { venues } = await admin.ledger();
  return Object.values(venues)
    .flatMap(({ openOrders }) => openOrders.map(({ clientOrderId }) => String(clientOrderId)))
    .sort();
}

test('a living engine: what would go on alone, and nothing is left behind', async (t) => {
  const rig = await createRig(t);
  const engine = rig.launch();
  await ready(rig);
  await rig.admin.holdPrice();
  const before = await restingAt(rig);
  const config = withExposure(configOf(rig), '1000000000');
  const plan = await planOf(config);
  assert.deepEqual(
    [...new Set(plan.living?.map(({ pid }) => pid))].includes(engine.pid ?? 0),
    true,
  );
  assert.equal(plan.source?.kind, 'checkpoint');
  assert.deepEqual(
    plan.steps.flatMap(({ asks }) => asks),
    [],
  );
  assert.deepEqual(
    plan.steps.filter(({ unread }) => unread.length > 0).map(({ step }) => step),
    ['safety'],
    'only the guardian could not be asked',
  );
  assert.ok(before.length > 0);
  const open = plan.orders.filter(({ fate }) => fate === 'still_open');
  assert.deepEqual(open.map(({ clientOrderId }) => clientOrderId).sort(), before);
  assert.deepEqual(await restingAt(rig), before);
  assert.equal(existsSync(config.dataDir), false, 'it makes no folder');
});

test('a dead engine: each gate that would be asked, of whom, and what could not be read', async (t) => {
  const rig = await createRig(t);
  const engine = rig.launch();
  await ready(rig);
  await rig.admin.holdPrice();
  const state = await rig.state();
  const [first] = state.orders;
  assert.ok(first);
  engine.kill('SIGKILL');
  await engine.exited;
  await rig.happen('/cancel', { venue: first.venue, clientOrderId: first.clientOrderId });
  await rig.admin.transfer({ venue: 'coinbase', asset: 'BTC', amount: '-0.5' });
  await rig.admin.setFault({ venue: 'kraken', endpoint: '*', kind: 'server-error' });
  const whole = configOf(rig);
  const approvers = [
    { name: 'mei', roles: ['risk'], keys: [] },
    { name: 'lee', roles: ['desk'], keys: [] },
  ];
  const plan = await planOf({ ...withExposure(whole, '1'), approvers });
  assert.deepEqual(plan.living, []);
  const { asks } = stepOf(plan, 'reconcile');
  assert.deepEqual(
    asks.map(({ gate }) => gate),
    ['venues_unreadable', 'discrepancies'],
  );
  assert.match(asks[0]?.why ?? '', /^kraken: /);
  assert.match(asks[1]?.why ?? '', /coinbase BTC -0\.5/);
  assert.deepEqual(asks[1]?.able, ['mei']);
  assert.deepEqual(
    plan.differing.filter(({ verdict }) => verdict === 'unexplained').map(({ item }) => item),
    ['BTC'],
  );
  assert.match(stepOf(plan, 'recover_orders').unread.join(), /kraken/);
  const fate = plan.orders.find(({ clientOrderId }) => clientOrderId === first.clientOrderId)?.fate;
  assert.equal(fate, 'cancelled');
  assert.deepEqual(
    stepOf(plan, 'risk').asks.map(({ gate }) => gate),
    ['exposure'],
  );
});

test('an engine of another host is not looked for here, and its venues are read', async (t) => {
  const rig = await createRig(t);
  rig.launch();
  await ready(rig);
  const whole = configOf(rig);
  const own = whole.engines[ENGINE_ID] ?? assert.fail();
  const plan = await planOf({ ...whole, engines: { [ENGINE_ID]: { ...own, host: 'away' } } });
  assert.equal(plan.living, null);
  assert.equal(plan.source, null);
  assert.match(
    stepOf(plan, 'load_state').unread.join(),
    /it lives on away: run relight plan there/,
  );
  assert.ok(plan.orders.length > 0 && plan.orders.every(({ fate }) => fate === null));
});
