/** When no shadow of an engine is taken, by a real server, real guardians and the host's own process table. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { watchedRecordPath } from '../../../../clients/detector/watched.js';
import { loadConfig } from '../../../../workers/config/load.js';
import { createWhyNot } from '../../../../workers/processes/shadows/why-not.js';
import { folderOf } from '../../../clients/host/processes.js';
import { shadowFound } from '../../../workflows/fakes/doubts.js';
import * as troubles from '../../../workflows/fakes/troubles.js';
import { eventually } from '../../../workflows/fakes/waiting.js';
import { openWorld, type World } from '../../../workflows/fakes/world.js';
import { writeConfig } from '../parts.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const configOf = (t: TestContext) => loadConfig(writeConfig(folderOf(t), {}));

test('none is taken while a recovery of the engine is open, and again when it has ended', async (t) => {
  const engine = world.engine({ fakes: { ...shadowFound, ...troubles.volatile } });
  const whyNot = createWhyNot(configOf(t), world.client);
  assert.equal(await whyNot(engine.engineId), null, 'nothing was ever reported of it');
  await engine.crash();
  await engine.gate('volatility');
  assert.equal(await whyNot(engine.engineId), 'it is being recovered');
  await engine.approve('volatility');
  await engine.ended();
  await eventually('its guardian knows', async () => (await whyNot(engine.engineId)) === null);
});

test('none is taken where its guardian cannot be asked', async (t) => {
  const client = { withDeadline: () => Promise.reject(new Error('away')) };
  const whyNot = createWhyNot(configOf(t), client as never);
  assert.equal(await whyNot('desk'), 'its guardian could not be asked');
});

test('none is taken of an engine of this host that has ended, whether it was reported or not', async (t) => {
  const config = configOf(t);
  const engine = world.engine({});
  const whyNot = createWhyNot(config, world.client);
  const child = spawn('sleep', ['600'], { stdio: 'ignore' });
  t.after(() => child.kill('SIGKILL'));
  const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8');
  const startTicks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  const instance = { instanceId: 'i1', pid: child.pid, startTicks, build: 'b', epoch: 0 };
  const path = watchedRecordPath(config.dataDir, engine.engineId);
  await mkdir(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify({ instance, ended: 'no' }));
  assert.equal(await whyNot(engine.engineId), null);
  child.kill('SIGKILL');
  await eventually('it is gone', async () => (await whyNot(engine.engineId)) !== null);
  assert.equal(await whyNot(engine.engineId), 'it does not live');
});
