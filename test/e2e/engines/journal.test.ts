/**
 * Engines of the kits that are killed as they trade, their last orders still on their way: recovered to its end, each
 * order has the fate that the ledger has, whatever its id, and nothing was sent twice.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { ALL_KITS, type Kit } from '../../kits/programs.js';
import { recoverKilled } from './killed-kit.js';
import { INSTANCE } from './kit-world.js';

/** On a slow machine it trades for longer before it is seen, and notes more than are looked up at a venue. */
const LOOKED_UP = 1_000;

for (const kit of ALL_KITS) {
  test(`no order of a killed engine is without a fate: ${kit.language}`, { skip: kit.why }, (t) =>
    recover(t, kit),
  );
}

async function recover(t: TestContext, kit: Kit): Promise<void> {
  const say = (line: string) => t.diagnostic(line);
  const killed = await recoverKilled(t, kit, { livesMs: 500, say });
  const { record, compared, artifacts } = killed;
  assert.ok(record.orders !== null && killed.atDeath > 0);
  assert.deepEqual(compared.wrong, []);
  assert.ok(compared.questions === 0 || compared.noted > LOOKED_UP, 'asked only beyond the bound');
  assert.ok(compared.reached > 0 && compared.noted > compared.reached, JSON.stringify(compared));

  const { noted } = record.orders;
  assert.equal(noted?.count, compared.noted);
  assert.deepEqual(noted?.doubts, []);
  assert.ok((noted?.fates.never_arrived ?? 0) > 0);
  const detail = record.steps.findLast(({ name }) => name === 'recover_orders')?.detail ?? '';
  assert.match(detail, /; journal: \d+ intents, of which \d+ in the state, /);
  assert.equal(record.crashes[0]?.instance.instanceId, INSTANCE);
  const checkpoint = record.recoveredCheckpoint;
  assert.ok(checkpoint !== null);
  const state = await artifacts.get('engine-state', checkpoint.state);
  const resting = (await killed.ledger()).venues.binance.openOrders;
  assert.deepEqual(
    new Set(state.orders.map(({ clientOrderId }) => clientOrderId)),
    new Set(resting.map(({ clientOrderId }) => clientOrderId)),
    'the engine begins with the orders that rest',
  );
}
