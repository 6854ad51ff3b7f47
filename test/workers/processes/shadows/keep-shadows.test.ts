/** Shadows as workers keep them: who writes, how often, and what it costs, by the venues' own count. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createShadows } from '../../../../clients/artifacts/shadows.js';
import { createFolderBlobs } from '../../../../clients/artifacts/folder.js';
import { disk } from '../../../../clients/files/disk.js';
import { createVenues } from '../../../../clients/exchange/index.js';
import { Shadows, type Keeping } from '../../../../workers/processes/shadows/keep-shadows.js';
import { openControlPlane, type ControlPlane } from '../../../activities/ports.js';
import { folderOf } from '../../../clients/host/processes.js';

const SETTINGS = { everyMs: 1_000, keep: 5, absurdQuantity: '1000000' };

interface Machine {
  host: string;
  dataDir?: string;
  whyNot?: () => string | null;
}

/** A worker of that machine, at the store that all of them share. */
function worker(
  t: TestContext,
  { ports, folder }: ControlPlane,
  { host, dataDir = folderOf(t), whyNot = () => null }: Machine,
) {
  const told: string[] = [];
  const log = (level: string) => (_of: unknown, text: string) => told.push(`${level} ${text}`);
  const logger = { info: log('info'), warn: log('warn') } as unknown as Keeping['logger'];
  const shared = createFolderBlobs(folder, { files: disk, isShared: true });
  const keeping: Keeping = {
    config: { host, dataDir, engines: {} },
    logger,
    ports: { ...ports, shadows: createShadows(shared) },
    whyNot: async () => whyNot(),
  };
  const shadows = new Shadows(keeping, 'desk', SETTINGS);
  t.after(() => shadows.stop());
  const { signal } = new AbortController();
  const list = () => keeping.ports.shadows.list('desk');
  return { shadows, take: () => shadows.take(signal), told, list, keeping };
}

async function requestsOf({ bench }: ControlPlane): Promise<number> {
  return (await bench.admin.requests()).tallies.binance.requests;
}

test('two workers of two machines: one writes, and the other one pays for nothing', async (t) => {
  const plane = await openControlPlane(t, ['binance']);
  const [a, b] = [worker(t, plane, { host: 'one' }), worker(t, plane, { host: 'two' })];
  await a.take();
  const before = await requestsOf(plane);
  assert.equal(await b.take(), 'quiet');
  assert.equal(await requestsOf(plane), before, 'no request for the one whose turn it is not');
  await a.take();
  const writers = new Set((await a.list()).map(({ writer }) => writer));
  assert.deepEqual([writers.size, (await b.list()).length], [1, 2]);
});

test('two workers of one machine: one writes until it ends, and then the other one does', async (t) => {
  const plane = await openControlPlane(t, ['binance']);
  const of = { host: 'one', dataDir: folderOf(t) };
  const [a, b] = [worker(t, plane, of), worker(t, plane, of)];
  await a.take();
  await b.take();
  assert.equal((await a.list()).length, 1);
  await a.shadows.stop();
  await b.take();
  assert.equal((await a.list()).length, 2);
});

test('a writer of another machine that has been silent for long is followed', async (t) => {
  const plane = await openControlPlane(t, ['binance']);
  const ahead = { ...plane, ports: { ...plane.ports } };
  const a = worker(t, plane, { host: 'one' });
  await a.take();
  ahead.ports.clock = { nowMs: () => Date.now() + 3_600_000 };
  const b = worker(t, ahead, { host: 'two' });
  await b.take();
  assert.equal((await a.list()).length, 2);
});

test('where nothing moves it is asked ever seldomer, and one move brings it back', async (t) => {
  const plane = await openControlPlane(t, ['binance']);
  const { take, shadows } = worker(t, plane, { host: 'one' });
  const waits: number[] = [];
  const turn = async () => {
    await take();
    waits.push(await shadows.nextInMs());
  };
  for (let index = 0; index < 9; index += 1) await turn();
  await plane.bench.place('binance', { id: 'rl-moves' });
  await turn();
  await turn();
  const doubled = [1, 2, 4, 8, 16, 32, 60, 60, 60].map((s) => s * 1_000);
  assert.deepEqual(waits, [...doubled, 1_000, 2_000]);
});

test('nothing is asked while the engine is being recovered, and at once when it lives again', async (t) => {
  const plane = await openControlPlane(t, ['binance']);
  let why: string | null = 'it is being recovered';
  const { take, list, shadows } = worker(t, plane, { host: 'one', whyNot: () => why });
  const before = await requestsOf(plane);
  await take();
  assert.equal(await requestsOf(plane), before);
  assert.equal(await shadows.nextInMs(), SETTINGS.everyMs);
  why = null;
  await take();
  assert.equal((await list()).length, 1);
});

test('a venue that stays away is said once, when it lasts, and that it is over', async (t) => {
  const plane = await openControlPlane(t, ['binance']);
  const { take, told } = worker(t, plane, { host: 'one' });
  const endpoint = 'openOrders';
  await plane.bench.admin.setFault({ venue: 'binance', endpoint, kind: 'server-error' });
  for (let index = 0; index < 2; index += 1) await take();
  assert.deepEqual(told, []);
  for (let index = 0; index < 3; index += 1) await take();
  assert.equal(told.length, 1);
  assert.match(told[0] ?? '', /^warn NO SHADOW/);
  await plane.bench.admin.clearFaults();
  await take();
  assert.match(told[1] ?? '', /^info shadows are written again/);
  assert.equal(told.length, 2);
});

test('what one reading has cost is paid back before the next, and a recovery’s reading comes first', async (t) => {
  const plane = await openControlPlane(t, ['binance']);
  const budget = { folder: folderOf(t), tier: 'starter', maxWaitMs: 5_000 };
  const venuesWith = (spare: boolean) => {
    const settings = plane.bench.settings('binance', { budget: { ...budget, spare } });
    return createVenues(new Map([['binance', settings]]), new Map([['desk', ['binance']]]));
  };
  const spare = { ...plane, ports: { ...plane.ports, venues: venuesWith(true) } };
  const { take, shadows } = worker(t, spare, { host: 'one' });
  assert.equal(await shadows.nextInMs(), SETTINGS.everyMs, 'nothing is owed before the first');
  await take();
  const owed = await shadows.nextInMs();
  assert.ok(owed > SETTINGS.everyMs, `${owed} ms`);
  // A reading that somebody waits for owes nothing, though it is of the same key and place.
  const [account] = venuesWith(false).ofEngine('desk');
  const startedMs = performance.now();
  await account?.openOrders();
  assert.equal(await account?.spareInMs?.(), 0);
  assert.ok(performance.now() - startedMs < owed, 'and waits for no debt');
});
