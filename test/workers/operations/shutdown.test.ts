/** The kill switch does as much as it can: a real engine, real venues, and one thing broken. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { watchedRecordPath } from '../../../clients/detector/watched.js';
import { engineCommand } from '../../../sandbox/engine/launch.js';
import { startTicks } from '../../../sandbox/engine/process-identity.js';
import { shutdownNow } from '../../../workers/operations/shutdown.js';
import {
  createRig,
  ENGINE_ID,
  eventually,
  openOrderCount,
  ready,
  type Rig,
} from '../../sandbox/engine/rig.js';
import { configOf, engineFile } from '../config/rig-config.js';

const request = { engineId: ENGINE_ID, reason: 'test', keepOrders: false };

/** As an init system that knows nothing of Relight would start it. */
function launchUnmarked(t: TestContext, { dataDir }: Rig) {
  const command = { configFile: join(dataDir, 'engine.json'), epoch: '1', instanceId: 'unmarked' };
  const [program = '', ...args] = engineCommand(command);
  const env = { PATH: process.env['PATH'] ?? '' };
  const child = spawn(program, args, { cwd: dataDir, stdio: 'ignore', env });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  t.after(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { child, exited, pid: child.pid ?? 0 };
}

test(
  'stops engine and orders although latch, token and one venue fail',
  { timeout: 120_000 },
  async (t) => {
    const rig = await createRig(t);
    const engine = rig.launch();
    await ready(rig);
    const config = configOf(rig, { token: { file: join(rig.dataDir, 'token-of-control') } });
    mkdirSync(config.dataDir);
    writeFileSync(join(config.dataDir, 'fence'), 'a file where a folder has to be');
    rmSync(join(rig.dataDir, 'kraken.secret'));
    const before = await rig.admin.ledger();
    const onKraken = before.venues.kraken.openOrders.length;
    assert.ok(onKraken > 0);

    const answer = await shutdownNow(config, request);
    await engine.exited;
    assert.match(answer.latch.result, /^NOT ENGAGED: (ENOTDIR|EEXIST)/);
    assert.ok(answer.latch.failed);
    assert.match(
      answer.engine.result,
      /^killed; .*control\.token: the secret in file .* is missing/,
    );
    assert.ok(answer.engine.failed);
    const byVenue = new Map(answer.venues.map((venue) => [venue.venue, venue]));
    assert.match(byVenue.get('kraken')?.result ?? '', /FAILED.*venues\.kraken\.secret.*missing/);
    for (const venue of ['binance', 'binanceusdm', 'coinbase']) {
      assert.match(byVenue.get(venue)?.result ?? '', /^\d+ cancelled, 0 left$/);
      assert.equal(byVenue.get(venue)?.failed, false);
    }
    assert.equal(openOrderCount(await rig.admin.ledger()), onKraken);
    const secrets = Object.values(engineFile(rig).venues).flatMap((v) => [v.apiKey, v.secret]);
    for (const secret of secrets) assert.ok(!JSON.stringify(answer).includes(secret));
  },
);

test(
  'kills a hung engine that carries no mark, by the record of the detector',
  { timeout: 120_000 },
  async (t) => {
    const rig = await createRig(t);
    const { child, exited, pid } = launchUnmarked(t, rig);
    await ready(rig);
    const config = configOf(rig);
    const path = watchedRecordPath(config.dataDir, ENGINE_ID);
    mkdirSync(join(config.dataDir, 'watched'), { recursive: true });
    const instance = {
      instanceId: 'unmarked',
      pid,
      startTicks: startTicks(pid),
      build: 'b',
      epoch: 1,
    };
    writeFileSync(path, JSON.stringify({ instance, ended: 'no' }));
    child.kill('SIGSTOP');
    const answer = await shutdownNow(config, request);
    await exited;
    assert.equal(child.signalCode, 'SIGKILL');
    assert.deepEqual(answer.engine, { result: 'killed', failed: false });
    assert.deepEqual(answer.latch, { result: 'engaged', failed: false });
    assert.equal(openOrderCount(await rig.admin.ledger()), 0);
  },
);

test(
  'asks an engine that it cannot see, and then finds it not running',
  { timeout: 120_000 },
  async (t) => {
    const rig = await createRig(t);
    const { exited } = launchUnmarked(t, rig);
    await ready(rig);
    const config = configOf(rig);
    const answer = await shutdownNow(config, request);
    await eventually('it ended', () => exited.then(() => true));
    assert.match(answer.engine.result, /^stopped; its process was not visible/);
    assert.equal(answer.engine.failed, false);
    assert.equal(openOrderCount(await rig.admin.ledger()), 0);
    const again = await shutdownNow(config, request);
    assert.match(again.engine.result, /^was not running/);
    assert.equal(again.engine.failed, false);
  },
);

test(
  'says where to go when an engine answers, goes on, and cannot be seen',
  { timeout: 60_000 },
  async (t) => {
    const rig = await createRig(t);
    const health = { status: 'ok', instanceId: 'far', epoch: 1, uptimeMs: 1, trading: true };
    const far = createHttpServer((_request, response) => response.end(JSON.stringify(health)));
    await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
    t.after(() => far.close());
    const { port } = far.address() as AddressInfo;
    const answer = await shutdownNow(configOf(rig, { url: `http://127.0.0.1:${port}` }), request);
    const text = 'answers, but its process is not visible on this host: run this on engine-host';
    assert.deepEqual(answer.engine, { result: text, failed: true });
  },
);

test('cannot tell without the token, and says so', { timeout: 60_000 }, async (t) => {
  const rig = await createRig(t);
  const config = configOf(rig, { token: { env: 'RELIGHT_TEST_NO_SUCH_VARIABLE' } });
  const answer = await shutdownNow(config, request);
  assert.match(answer.engine.result, /^not seen: .*RELIGHT_TEST_NO_SUCH_VARIABLE is missing/);
  assert.ok(answer.engine.failed);
});
