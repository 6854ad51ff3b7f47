/** Which ends of processes Relight has ordered itself: kept for a while, for that process, and no longer. */
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createOrderedStops, orderedStopsFolder } from '../../../clients/host/ordered-stops.js';
import { composeHost } from '../../../workers/compose/host.js';
import { loadConfig } from '../../../workers/config/load.js';
import { writeConfig } from '../../workers/processes/parts.js';
import { folderOf, run } from './processes.js';

const engine = { pid: 41, startTicks: '900' };

test('an order is of one process, and counts until it is taken back or old', async (t) => {
  const folder = join(folderOf(t), 'stops');
  const stops = createOrderedStops(folder);
  assert.equal(await stops.isOrdered(engine), false);
  await stops.note(engine);
  assert.equal(await createOrderedStops(folder).isOrdered(engine), true, 'another process asks');
  assert.equal(await stops.isOrdered({ ...engine, startTicks: '901' }), false);
  await stops.forget(engine);
  assert.equal(await stops.isOrdered(engine), false);
  const nowMs = Number(process.hrtime.bigint() / 1_000_000n);
  for (const atMs of [nowMs - 61_000, nowMs + 60_000, 'damaged', '']) {
    writeFileSync(join(folder, '41-900'), String(atMs));
    const isNow = await stops.isOrdered(engine);
    assert.equal(isNow, false, String(atMs));
  }
  for (let pid = 1; pid <= 130; pid += 1) await stops.note({ pid, startTicks: '1' });
  assert.equal(readdirSync(folder).length, 100);
});

test('a folder that cannot be written keeps no stop from being ordered', async (t) => {
  const file = join(folderOf(t), 'file');
  writeFileSync(file, 'where the folder should be');
  const stops = createOrderedStops(join(file, 'stops'));
  await stops.note(engine);
  await stops.forget(engine);
  assert.equal(await stops.isOrdered(engine), false);
});

test('whoever stops by the ports of the host has noted it before', async (t) => {
  const folder = folderOf(t);
  const config = loadConfig(writeConfig(folder));
  const host = composeHost(config);
  const stops = createOrderedStops(orderedStopsFolder(config.dataDir));
  const killed = await run(t);
  await host.processes.kill(killed, 'SIGKILL');
  assert.equal(await killed.exited, 'SIGKILL');
  assert.equal(await stops.isOrdered(killed), true);
  const refusing = await run(t, { env: { RELIGHT_ENGINE: 'desk' } });
  const stamp = { epoch: 1, idempotencyKey: 'key' };
  await assert.rejects(async () => host.control('desk').shutdown?.('graceful', stamp)); // nobody listens there
  assert.equal(await stops.isOrdered(refusing), false);
});
