/**
 * A team that has exactly the procedure's scripts, recovered as a whole: a real engine killed with a position
 * and orders in the market. The ledger of the venue and the process table say what came of it.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { openGateOf } from '../../../clients/temporal/recoveries.js';
import { followRecovery, openedRecovery } from '../../../sandbox/demo/follow.js';
import { until } from '../../../sandbox/demo/processes.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import { assertNothingTwice } from '../house.js';
import { script, scriptedWorld, type ScriptedWorld } from './scripted-world.js';

const RESTING = 3;

async function ledgerOf({ admin }: ScriptedWorld) {
  return (await admin.ledger()).venues.binanceusdm;
}

async function heldAtVenue(here: ScriptedWorld): Promise<number> {
  return Number((await ledgerOf(here)).positions[0]?.quantity ?? 0);
}

function heldByEngine({ read }: ScriptedWorld): number {
  return Number(read('positions').split(' ')[2]);
}

/** It trades by itself, and its books are right. */
async function untilTrading(here: ScriptedWorld): Promise<void> {
  await until('the engine has a position and resting orders', async () => {
    const { openOrders } = await ledgerOf(here);
    const held = await heldAtVenue(here);
    return held > 0 && openOrders.length === RESTING && heldByEngine(here) === held ? true : null;
  });
}

/** SIGKILL; and while it is dead, an order of it is filled. */
async function killAndFill(here: ScriptedWorld): Promise<{ before: number; survivors: string[] }> {
  const pid = here.pid();
  const before = heldByEngine(here);
  const [first, ...rest] = (await ledgerOf(here)).openOrders;
  assert.ok(first !== undefined);
  // What it cannot see any more, though the recovery may begin at once.
  process.kill(pid, 'SIGSTOP');
  await here.admin.fillOrder({
    venue: 'binanceusdm',
    venueOrderId: first.venueOrderId,
    quantity: first.quantity,
  });
  process.kill(pid, 'SIGKILL');
  await until('it is gone', async () => (existsSync(`/proc/${pid}`) ? null : true));
  return { before, survivors: rest.map(({ venueOrderId }) => venueOrderId) };
}

async function startByHand(here: ScriptedWorld): Promise<void> {
  here.run('start_services.sh');
  await untilTrading(here);
  await until('the agent watches it', async () => {
    return (await here.watched())?.pid === here.pid() ? true : null;
  });
}

async function follow(
  here: ScriptedWorld,
  say: (line: string) => void,
  atGate: (gate: GateRequest) => Promise<void> = async () => undefined,
): Promise<RecoveryRecord> {
  const { world } = here;
  const workflowId = await openedRecovery(world);
  return followRecovery(world, workflowId, {
    leaveOpen: [],
    say,
    boundMs: 240_000,
    onLook: async () => {
      const gate = await openGateOf(world.client, workflowId).catch(() => null);
      if (gate !== null) await atGate(gate);
    },
  });
}

/** By the ledger and the process table: one engine, its own book right, nothing sent twice. */
async function assertTradesOn(here: ScriptedWorld, survivors: string[]): Promise<void> {
  const environment = readFileSync(`/proc/${here.pid()}/environ`, 'utf8');
  assert.match(environment, new RegExp(`RELIGHT_ENGINE=${here.world.files.engineId}`));
  await until('its book is the venue’s', async () => {
    return heldByEngine(here) === (await heldAtVenue(here)) ? true : null;
  });
  const { openOrders } = await ledgerOf(here);
  const ids = openOrders.map(({ venueOrderId }) => venueOrderId);
  assert.deepEqual(
    survivors.filter((id) => !ids.includes(id)),
    [],
    'an order of before is gone',
  );
  assert.equal(openOrders.length, RESTING, 'it sent what it had forgotten, or less than it should');
  await assertNothingTwice(here.world);
}

test(
  'scripts alone: people enter the exact list, and it trades on',
  { timeout: 400_000 },
  async (t) => {
    const here = await scriptedWorld(t, { checkpoints: { boot: 'import' } });
    await startByHand(here);
    const { before, survivors } = await killAndFill(here);
    const held = await heldAtVenue(here);
    assert.notEqual(held, before);
    const asked = new Map<string, GateRequest>();
    const record = await follow(
      here,
      (line) => t.diagnostic(line),
      async (gate) => {
        if (gate.kind === 'enter_by_hand' && !asked.has(gate.kind)) enterByHand(here, gate);
        asked.set(gate.kind, gate);
      },
    );
    assert.equal(record.outcome, 'recovered', JSON.stringify(record, null, 2));
    const shown = (asked.get('enter_by_hand')?.evidence['shown'] ?? []) as string[];
    assert.equal(shown.length, 1 + survivors.length, shown.join('\n'));
    assert.match(
      shown[0] ?? '',
      new RegExp(`position binanceusdm BTC/USDT:USDT: set to ${held} .*the engine says ${before}`),
    );
    for (const id of survivors) assert.ok(shown.some((line) => line.includes(`order ${id} `)));
    await assertTradesOn(here, survivors);
  },
);

/** As the person does who reads the list. */
function enterByHand(here: ScriptedWorld, { evidence }: GateRequest): void {
  for (const line of evidence['shown'] as string[]) {
    const position = /^position (\S+) (\S+): set to (\S+) at an average price of (\S+);/.exec(line);
    if (position !== null) here.put('positions', `${position.slice(1).join(' ')}\n`);
    const order = /^order (\S+) .* at (\S+): (\S+) (\w+) (\S+) at (\S+), filled (\S+):/.exec(line);
    if (order === null) continue;
    const [, id = '', venue = '', symbol = '', side = '', quantity = '', price = '', filled = ''] =
      order;
    const known = existsSync(`${here.home}/orders`) ? here.read('orders') : '';
    here.put('orders', `${known}${venue} ${id} ${symbol} ${side} ${price} ${quantity} ${filled}\n`);
  }
}

const WORDS = {
  updatePosition:
    'update_internal_position.sh --symbol {item} --quantity {quantity} --reason {reason}',
  importOrder:
    'import_order.sh --exchange {venue} --order-id {venueOrderId} --symbol {item} --side {side} ' +
    '--price {price} --quantity {quantity} --filled {filled}',
  openOrders: 'count_open_orders.sh',
  exposure: 'get_current_exposure.sh',
};

const IMPORTING = Object.fromEntries(
  Object.entries(WORDS).map(([name, words]) => {
    const [program = '', ...args] = words.split(' ');
    return [name, [script(program), ...args]];
  }),
);

test('with the scripts that import, no person is needed', { timeout: 400_000 }, async (t) => {
  const here = await scriptedWorld(t, {
    commands: IMPORTING,
    policy: { onUnverified: 'report' },
  });
  await startByHand(here);
  const { before, survivors } = await killAndFill(here);
  const held = await heldAtVenue(here);
  assert.notEqual(held, before);
  const record = await follow(here, (line) => t.diagnostic(line));
  assert.equal(record.outcome, 'recovered', JSON.stringify(record, null, 2));
  assert.deepEqual(record.gates, []);
  const detailOf = (step: string) => record.steps.find(({ name }) => name === step)?.detail ?? '';
  assert.match(detailOf('start'), /1 position set, 2 orders imported; positions equal; UNVERIFIED/);
  assert.match(detailOf('start'), /orders \(their count alone agrees: 2\)/);
  assert.match(detailOf('risk'), /by the engine's own figure \d+/);
  await assertTradesOn(here, survivors);
});
