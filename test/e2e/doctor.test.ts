/** `relight doctor` as a process: on a world in which all is well, and on the same one when it is sick. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse, stringify } from 'yaml';
import { DoctorAnswer } from '../../clients/cli/answers/doctor.js';
import { untilTrading } from '../../sandbox/demo/crash.js';
import type { World } from '../../sandbox/demo/world.js';
import { relightCommand } from '../../workers/processes/self.js';
import { eventually } from '../sandbox/engine/rig.js';
import { world } from './house.js';

const [NODE, ...RELIGHT] = relightCommand('doctor');

async function doctor(configFile: string, ...args: string[]) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const command = [...RELIGHT, ...args, '--config', configFile];
    execFile(NODE, command, { timeout: 120_000 }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? 99 : 0;
      resolve({ code, stdout, stderr });
    });
  });
}

/** Beside the world's own file, which nobody else must see changed. */
function withHook({ files, folder }: World, url: string): string {
  writeFileSync(join(folder, 'hook'), url, { mode: 0o600 });
  const config = parse(readFileSync(files.relight, 'utf8')) as object;
  const notify = [{ kind: 'webhook', name: 'desk', url: { file: join(folder, 'hook') } }];
  const path = join(folder, 'with-hook.yaml');
  writeFileSync(path, stringify({ ...config, notify }));
  return path;
}

/** What the venues tell: nobody may have written there. */
async function writesAt({ admin }: World): Promise<number> {
  const { writes } = await admin.requests();
  return writes.filter(({ endpoint }) => endpoint !== 'placeOrder').length;
}

test('a healthy world is well, and a sick one is told so', { timeout: 540_000 }, async (t) => {
  const here = await world(t, { orders: 12 });
  await untilTrading(here, 12);
  await eventually(
    'it has written a checkpoint',
    () => readdirSync(here.files.checkpoints).length > 0,
  );
  let received = 0;
  const server = createServer((_request, response) => {
    received += 1;
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const config = withHook(here, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const writes = await writesAt(here);

  const well = await doctor(config, here.files.engineId, '--json', '--send-test-notice');
  const { checks } = DoctorAnswer.parse(JSON.parse(well.stdout));
  const bad = checks.filter(({ verdict }) => verdict === 'fault' || verdict === 'unverified');
  assert.deepEqual(bad, [], well.stderr);
  assert.equal(well.code, 0);
  assert.equal(received, 1);
  const ofEngine = checks.find(({ check }) => check === 'process');
  assert.equal(ofEngine?.found.startsWith(`pid ${here.engine.pid} `), true, ofEngine?.found);

  const untried = await doctor(config);
  assert.equal(untried.code, 5, untried.stdout);
  assert.match(untried.stdout, /^ {2}unverified {2}channels desk: .* was not tried\. Do: /m);
  assert.equal(received, 1);

  await here.admin.setKeyRights({ venue: 'kraken', trade: true, withdraw: true });
  writeFileSync(join(here.files.dataDir, 'keys', 'messages', 'ring.json'), '{}');
  const sick = await doctor(config);
  assert.equal(sick.code, 3);
  assert.match(sick.stdout, /^ {2}FAULT {7}key rights \S+ kraken: the key can WITHDRAW/m);
  assert.match(sick.stdout, /^ {2}FAULT {7}message keys|^ {2}warning {5}message keys/m);
  assert.equal(await writesAt(here), writes, 'it writes nothing at a venue');
});
