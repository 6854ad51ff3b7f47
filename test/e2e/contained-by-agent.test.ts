/**
 * With Temporal dead the agent contains a crash; when Temporal is back its report is delivered from the spool, the
 * recovery runs to its end, and nothing is done twice.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findEmbeddedTemporal } from '../../clients/temporal/embedded/index.js';
import { untilTrading } from '../../sandbox/demo/crash.js';
import { followRecovery, openedRecovery } from '../../sandbox/demo/follow.js';
import { until } from '../../sandbox/demo/processes.js';
import { cancels, working } from '../workers/processes/containing/world.js';
import { assertNothingTwice, world } from './house.js';

const ORDERS = 8;

test('what the agent contained is told to the recovery, and done once', async (t) => {
  const policy = { containment: 'cancel_own_orders', byAgent: true } as const;
  const here = await world(t, { orders: ORDERS, ...policy });
  const { engineId, dataDir } = here.files;
  const inMemory = (name: string) => join(dataDir, 'containment', `${engineId}${name}.json`);
  await untilTrading(here, ORDERS);
  await until('the guardian has handed its rules down', async () =>
    existsSync(inMemory('.rules')) ? true : null,
  );
  const server = await findEmbeddedTemporal(join(dataDir, 'temporal'));
  assert.ok(server !== undefined);
  process.kill(here.up.pid, 'SIGSTOP'); // nobody brings the server back for now
  process.kill(server.pid, 'SIGKILL');
  here.engine.kill('SIGKILL');

  const kept = inMemory(`--${here.engine.instanceId}`);
  const contained = await until('the agent has contained', async () => {
    const memory = JSON.parse(readFileSync(kept, 'utf8')) as { contained: { atMs: number } | null };
    return memory.contained;
  });
  assert.deepEqual(await working(here.admin), []);
  const byAgent = await cancels(here.admin);
  assert.ok(byAgent.size >= ORDERS);
  const spool = join(dataDir, 'spool');
  assert.equal(readdirSync(spool).length, 1);

  process.kill(here.up.pid, 'SIGCONT');
  const record = await followRecovery(here, await openedRecovery(here), {
    leaveOpen: [],
    say: (line) => t.diagnostic(line),
  });
  assert.equal(record.outcome, 'recovered');
  const at = new Date(contained.atMs).toISOString();
  const detail = record.containment?.detail ?? '';
  assert.ok(detail.startsWith(`by the agent of sandbox at the death, ${at}: `), detail);
  assert.equal(detail.split('binance: ').length, 2, `contained again: ${detail}`);
  await assertNothingTwice(here);
  for (const [order, times] of byAgent) assert.equal(times, 1, order);
  assert.deepEqual([...(await cancels(here.admin)).keys()], [...byAgent.keys()]);
  assert.equal(record.crashes.length, 1);
  assert.deepEqual(readdirSync(spool), []);
});
