/** The kill switch does as much as it can: a real engine, real venues, and one thing broken. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer as createHttpServer } from 'node:http';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { watchedRecordPath } from '../../../clients/detector/watched.js';
import { engineCommand } from '../../../sandbox/engine/launch.js';
import { startTicks } from '../../../sandbox/engine/process-identity.js';
import { emptyState, type Order } from '../../../workflows/domain/books/state.js';
import {
  CHECKPOINT_VERSION,
  encodeCheckpoint,
} from '../../../workflows/domain/engine/checkpoint.js';
import { orderOf } from '../../clients/exchange/bench.js';
import { stopForGood } from '../../../activities/procedures/stopping/stop-for-good.js';
import { noteAgent } from '../../../clients/host/data-folder.js';
import { placeHere, toldPlace } from '../../../clients/host/place.js';
import { engageHere } from '../../../workers/operations/stopping/latch.js';
import type { Config } from '../../../workers/config/schema.js';
import { SILENT } from '../../../workflows/domain/failure.js';
import { failure } from '../../../workflows/failure.js';
import type { FinalStopPorts } from '../../../activities/procedures/stopping/stop-for-good.js';
import { whyOf } from '../../../workers/operations/why.js';
import { shutdownNow } from '../../../workers/operations/stopping/shutdown.js';
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

/** As the command does it. */
async function shutdown(config: Config) {
  return shutdownNow(config, {
    ...request,
    latch: await engageHere({ config, away: null }, request),
  });
}

/** Its agent has begun here, in this boot. */
async function agentWasHere({ dataDir, host }: Config): Promise<void> {
  mkdirSync(dataDir, { recursive: true });
  await noteAgent(dataDir, toldPlace(placeHere(host)));
}

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
  'stops engine and orders although latch, token, the keys of the store and one venue fail',
  { timeout: 360_000 },
  async (t) => {
    const rig = await createRig(t);
    const engine = rig.launch();
    await ready(rig);
    const config = configOf(rig, { token: { file: join(rig.dataDir, 'token-of-control') } });
    mkdirSync(config.dataDir);
    writeFileSync(join(config.dataDir, 'fence'), 'a file where a folder has to be');
    rmSync(join(rig.dataDir, 'kraken.secret'));
    const missing = { env: 'RELIGHT_TEST_OF_NO_STORE' };
    const bucket = {
      endpoint: 'https://s3.example.com',
      bucket: 'fleet',
      region: 'r',
      prefix: 'p',
    };
    const s3 = { ...bucket, timeoutMs: 1_000, accessKeyId: missing, secretAccessKey: missing };
    config.artifacts = { ...config.artifacts, folder: null, s3 };
    const before = await rig.admin.ledger();
    const onKraken = before.venues.kraken.openOrders.length;
    assert.ok(onKraken > 0);

    const answer = await shutdown(config);
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
  { timeout: 360_000 },
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
    const answer = await shutdown(config);
    await exited;
    assert.equal(child.signalCode, 'SIGKILL');
    assert.deepEqual(answer.engine, { result: 'killed', failed: false });
    assert.deepEqual(answer.latch, { result: 'engaged', failed: false });
    assert.equal(openOrderCount(await rig.admin.ledger()), 0);
  },
);

test(
  'asks an engine that it cannot see, says that it may live, and then finds it not running',
  { timeout: 360_000 },
  async (t) => {
    const rig = await createRig(t);
    const { exited } = launchUnmarked(t, rig);
    await ready(rig);
    const config = configOf(rig);
    await agentWasHere(config);
    const answer = await shutdown(config);
    await eventually('it ended', () => exited.then(() => true));
    assert.match(
      answer.engine.result,
      /^took the order .* NOT SEEN FROM HERE: THE ENGINE MAY LIVE: run this on engine-host/,
    );
    assert.equal(answer.engine.failed, true);
    assert.equal(openOrderCount(await rig.admin.ledger()), 0);
    const again = await shutdown(config);
    assert.match(again.engine.result, /^was not running/);
    assert.equal(again.engine.failed, false);
  },
);

test(
  'says where to go when an engine answers, goes on, and cannot be seen',
  { timeout: 180_000 },
  async (t) => {
    const rig = await createRig(t);
    const health = { status: 'ok', instanceId: 'far', epoch: 1, uptimeMs: 1, trading: true };
    const far = createHttpServer((_request, response) => response.end(JSON.stringify(health)));
    await new Promise<void>((resolve) => far.listen(0, '127.0.0.1', resolve));
    t.after(() => far.close());
    const { port } = far.address() as AddressInfo;
    const answer = await shutdown(configOf(rig, { url: `http://127.0.0.1:${port}` }));
    const text = 'answers, but its process is not visible on this host: run this on engine-host';
    assert.deepEqual(answer.engine, { result: text, failed: true });
  },
);

interface Unseen {
  control: () => Promise<never>;
  unreadable?: boolean;
  unseen?: string;
}

/** What the kill switch says of an engine that is not seen here and whose control does this. */
function stopUnseen({ control, unreadable = false, unseen }: Unseen) {
  const host = {
    clock: { nowMs: () => Date.now() },
    control: () => ({ shutdown: control, quickHealth: control }),
    whyUnseen: async () => unseen ?? null,
    processes: {
      ofEngine: async () => {
        if (unreadable) throw Object.assign(new Error('for the test'), { code: 'EACCES' });
        return [];
      },
    },
  };
  const pace = { sleep: async (ms: number) => delay(ms), why: whyOf };
  const engine = { engineId: 'desk', hostName: 'engine-host' };
  return stopForGood(host as unknown as FinalStopPorts, engine, pace);
}

test('an error, a late answer, a table that cannot be read or another place is no engine that does not run', async () => {
  const fails = (detail?: object) => async (): Promise<never> => {
    throw failure('EngineUnreachable', 'for the test', detail);
  };
  const unclear = await stopUnseen({ control: fails() });
  assert.match(
    unclear.result,
    /^COULD NOT TELL whether it runs: .*THE ENGINE MAY LIVE: look on engine-host.*for the test/,
  );
  assert.equal(unclear.failed, true);
  const blind = await stopUnseen({ control: fails(SILENT), unreadable: true });
  assert.match(blind.result, /^COULD NOT TELL whether it runs: .*EACCES/);
  assert.equal(blind.failed, true);
  const unseen = await stopUnseen({ control: fails(SILENT), unseen: 'of another boot' });
  assert.equal(
    unseen.result,
    'NOT SEEN FROM HERE (of another boot): THE ENGINE MAY LIVE: run this on engine-host',
  );
  assert.deepEqual([unseen.failed, unseen.isItsPlace], [true, false]);
  const silent = await stopUnseen({ control: fails(SILENT) });
  assert.match(silent.result, /^was not running/);
  assert.deepEqual([silent.failed, silent.isItsPlace], [false, true]);
});

test('cannot tell without the token, and says so', { timeout: 180_000 }, async (t) => {
  const rig = await createRig(t);
  const config = configOf(rig, { token: { env: 'RELIGHT_TEST_NO_SUCH_VARIABLE' } });
  const answer = await shutdown(config);
  assert.match(
    answer.engine.result,
    /^COULD NOT TELL .*look on engine-host.*RELIGHT_TEST_NO_SUCH_VARIABLE is missing/,
  );
  assert.ok(answer.engine.failed);
});

async function placeByHand({ admin }: Rig, clientOrderId: string): Promise<Order> {
  const order = { venue: 'kraken', instrument: 'BTC/USD', side: 'buy' } as const;
  return orderOf(
    'kraken',
    await admin.placeOrder({ ...order, quantity: '0.125', price: '40123.4', clientOrderId }),
  );
}

async function openByHand({ admin }: Rig): Promise<(string | null)[]> {
  const { openOrders } = (await admin.ledger()).venues.kraken;
  return openOrders.map(({ clientOrderId }) => clientOrderId).filter((id) => id?.includes('hand'));
}

test(
  'orders that a recovery adopted are cancelled too; where the books cannot be read, that is said',
  { timeout: 180_000 },
  async (t) => {
    const rig = await createRig(t);
    const config = configOf(rig);
    await agentWasHere(config);
    const folder = join(rig.dataDir, 'recovered');
    mkdirSync(folder);
    writeFileSync(join(folder, 'recovered-e4.ckpt'), 'half of a checkpoint');
    await placeByHand(rig, 'hand-others');
    const adopted = await placeByHand(rig, 'hand-adopted');
    const doubting = (await shutdown(config)).venues;
    const doubted = doubting.find(({ venue }) => venue === 'kraken');
    const { venueOrderId } = adopted;
    const named = `BTC/USD (id ${venueOrderId}, client id hand-adopted)`;
    assert.match(
      doubted?.result ?? '',
      /none of its recovered .* ADOPTED ORDERS MAY BE LEFT AMONG/,
    );
    assert.ok(doubted?.result.includes(named) === true, doubted?.result);
    assert.ok(doubted?.orders?.maybeAdopted.includes(named) === true);
    assert.equal(doubted?.orders?.maybeAdopted.length, 2);
    assert.equal(doubted?.failed, true);
    // Where nothing of others rests, nothing that was adopted can.
    const clear = doubting.find(({ venue }) => venue === 'coinbase');
    assert.deepEqual([clear?.failed, clear?.orders?.maybeAdopted], [false, []]);
    const header = { version: CHECKPOINT_VERSION, engineId: ENGINE_ID, instanceId: 'e3', epoch: 3 };
    const checkpoint = {
      header: { ...header, sequence: 1, takenAtNs: `${Date.now()}000000` },
      state: { ...emptyState(), orders: [adopted] },
    };
    writeFileSync(join(folder, 'recovered-e3.ckpt'), encodeCheckpoint(checkpoint));
    const { venues } = await shutdown(config);
    const kraken = venues.find(({ venue }) => venue === 'kraken');
    assert.equal(kraken?.result, '1 cancelled, 0 left, 1 of others untouched');
    assert.equal(kraken.failed, false);
    assert.deepEqual(await openByHand(rig), ['hand-others']);
  },
);
