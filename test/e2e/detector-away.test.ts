/** The engine dies while nobody looks, or while Temporal is away: the crash is not lost. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findEmbeddedTemporal } from '../../clients/temporal/embedded/index.js';
import { untilTrading } from '../../sandbox/demo/crash.js';
import { followRecovery, openedRecovery } from '../../sandbox/demo/follow.js';
import { until } from '../../sandbox/demo/processes.js';
import { pidOfPart, world } from './house.js';

const ORDERS = 8;

test('finds a death that happened while the agent was dead', { timeout: 540_000 }, async (t) => {
  const here = await world(t, { orders: ORDERS });
  await untilTrading(here, ORDERS);
  const agent = pidOfPart(here, 'agent');
  assert.ok(agent !== null);
  process.kill(agent, 'SIGSTOP'); // sees nothing, and cannot be started anew while it "lives"
  here.engine.kill('SIGKILL');
  process.kill(agent, 'SIGKILL');
  const record = await followRecovery(here, await openedRecovery(here), {
    leaveOpen: [],
    say: (line) => t.diagnostic(line),
  });
  assert.equal(record.outcome, 'recovered');
  assert.equal(record.crashes[0]?.probe, 'watched_record');
});

test(
  'spools the report while Temporal is away, and delivers it',
  { timeout: 540_000 },
  async (t) => {
    const here = await world(t, { orders: ORDERS });
    await untilTrading(here, ORDERS);
    const server = await findEmbeddedTemporal(join(here.files.dataDir, 'temporal'));
    assert.ok(server !== undefined);
    process.kill(here.up.pid, 'SIGSTOP'); // nobody brings the server back for now
    process.kill(server.pid, 'SIGKILL');
    here.engine.kill('SIGKILL');
    const spool = join(here.files.dataDir, 'spool');
    await until('the report is spooled', async () => (readdirSync(spool).length > 0 ? true : null));
    process.kill(here.up.pid, 'SIGCONT');
    const record = await followRecovery(here, await openedRecovery(here), {
      leaveOpen: [],
      say: (line) => t.diagnostic(line),
    });
    assert.equal(record.outcome, 'recovered');
    await until('the spool is empty', async () => (readdirSync(spool).length === 0 ? true : null));
  },
);
