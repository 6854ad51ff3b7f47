/** The request budget: within the venues' limits, over all processes, and without needless waits. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import {
  banned,
  EMPTY,
  reserve,
  type BucketState,
} from '../../../../clients/exchange/budget/bucket.js';
import { bucketFile } from '../../../../clients/exchange/budget/bucket-file.js';
import type { RequestFacts } from '../../../../clients/exchange/budget/charge.js';
import { venueOf } from '../../../../clients/exchange/venues/index.js';
import type { VenueSettings } from '../../../../clients/exchange/index.js';
import type { VenueId } from '../../../../sandbox/venues/index.js';
import { openBench, rejectsAs, type Bench } from '../bench.js';
import { nodeCommand } from '../../../../workers/processes/self.js';

const run = promisify(execFile);
const [NODE, ...ASKING] = nodeCommand(new URL('./fixtures/asking.ts', import.meta.url).href);

let bench: Bench;
let folder: string;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relight-budget-'));
});
afterEach(async () => {
  await bench.admin.clearFaults();
  await rm(folder, { recursive: true, force: true, maxRetries: 9 });
});

function settings(venue: VenueId, maxWaitMs: number): VenueSettings {
  const budget = { folder, tier: 'starter', maxWaitMs } as const;
  return bench.settings(venue, { timeoutMs: 5_000, budget });
}

async function ask(given: VenueSettings, times: number): Promise<string[]> {
  const asked = JSON.stringify({ settings: given, times });
  const { stdout } = await run(NODE, [...ASKING, asked]);
  return JSON.parse(stdout) as string[];
}

test('two processes keep within one counter, by the count of the venue itself', async () => {
  const given = settings('kraken', 200);
  const startedMs = Date.now();
  const answers = (await Promise.all([ask(given, 12), ask(given, 12)])).flat();
  const { reads } = await bench.admin.requests();
  const most = 15 + Math.ceil(((Date.now() - startedMs) / 1000) * 0.33);
  const sent = reads.kraken.openOrders ?? 0;
  assert.ok(sent >= 13 && sent <= most, `${sent} requests, at most ${most}`);
  assert.equal(answers.filter((answer) => answer === 'read').length, sent);
  const refused = answers.filter((answer) => answer !== 'read');
  for (const why of refused) {
    assert.match(
      why,
      /^VenueUnreadable: kraken: open orders: our request budget at kraken is used/,
    );
  }
});

test('what one process is told by the venue, the others heed', async () => {
  const given = settings('binance', 300);
  await bench.admin.setFault({
    venue: 'binance',
    endpoint: 'openOrders',
    kind: 'rate-limit',
    count: 1,
    retryAfterS: 90,
  });
  assert.match((await ask(given, 1))[0] ?? '', /^VenueUnreadable/);
  const before = (await bench.admin.requests()).tallies.binance.requests;
  const { budget: _budget, ...terms } = given;
  const account = bench.account('binance', { ...terms, budget: given.budget });
  const said = await rejectsAs(account.openOrders(), ['VenueUnreadable']);
  assert.match(said, /binance has told us to stay away: banned for (8\d|90) s more/);
  assert.equal((await bench.admin.requests()).tallies.binance.requests, before);
});

test('a short hold is waited for, not failed', async () => {
  const venue = 'krakenfutures';
  const account = bench.account(venue, settings(venue, 10_000));
  await account.openOrders();
  const fault = { venue, endpoint: 'openOrders', kind: 'rate-limit', count: 1 } as const;
  await bench.admin.setFault({ ...fault, retryAfterS: 1 });
  await rejectsAs(account.openOrders(), ['VenueUnreadable']);
  assert.deepEqual(await account.openOrders(), []);
});

test('a write that had no place in the budget was not sent, and may be tried again', async () => {
  const account = bench.account('binance', settings('binance', 300));
  const order = await bench.place('binance', { id: 'rl-kept' });
  await account.openOrders();
  const fault = { venue: 'binance', endpoint: 'openOrders', kind: 'ban', count: 1 } as const;
  await bench.admin.setFault({ ...fault, retryAfterS: 120 });
  await rejectsAs(account.openOrders(), ['VenueUnreadable']);
  await rejectsAs(account.cancel(order), ['VenueUnreadable']);
  const { writes } = await bench.admin.requests();
  assert.ok(!writes.some(({ endpoint }) => endpoint === 'cancelOrder'));
  await bench.admin.cancelOrder({ venue: 'binance', clientOrderId: 'rl-kept' });
});

test('what stops something never waits behind reads', async () => {
  const account = bench.account('kraken', settings('kraken', 200));
  const order = await bench.place('kraken', { id: 'rl-stopped' });
  for (let i = 0; i < 13; i += 1) await account.openOrders();
  await rejectsAs(account.openOrders(), ['VenueUnreadable']);
  await account.cancel(order);
  assert.equal(await account.armDeadManSwitch(60_000), true);
  assert.equal(await account.armDeadManSwitch(0), true);
});

test('what stops something waits behind no queue of reads', async () => {
  const order = await bench.place('coinbase', { id: 'rl-urgent' });
  const patient = bench.account('coinbase', settings('coinbase', 20_000));
  const hasty = bench.account('coinbase', settings('coinbase', 200));
  await Promise.all([patient.openOrders(), hasty.openOrders()]);
  const reads = Promise.all(Array.from({ length: 45 }, () => patient.openOrders()));
  await rejectsAs(hasty.openOrders(), ['VenueUnreadable']);
  await hasty.cancel(order);
  await reads;
});

test('a broken bucket is a full one, and mends', async () => {
  await bench.account('coinbase', settings('coinbase', 5_000)).openOrders();
  const files = await readdir(folder);
  assert.equal(files.length, 2);
  for (const broken of [
    '',
    '{',
    '{"level":-1,"passed":0,"atMs":0,"bannedUntilMs":0}',
    '{"level":[0],"passed":0,"atMs":0}',
    'null',
  ]) {
    for (const file of files) await writeFile(join(folder, file), broken);
    await bench.account('coinbase', settings('coinbase', 5_000)).openOrders();
    for (const file of files) JSON.parse(await readFile(join(folder, file), 'utf8'));
  }
});

test('without a folder to write to, a process counts for itself', async () => {
  await chmod(folder, 0o500);
  const given = settings('kraken', 200);
  const budget = {
    folder: join(folder, 'a-file', 'below'),
    tier: 'starter',
    maxWaitMs: 200,
  } as const;
  await chmod(folder, 0o700);
  await writeFile(join(folder, 'a-file'), '');
  const startedMs = Date.now();
  const answers = await ask({ ...given, budget }, 40);
  const most = 13 + Math.ceil(((Date.now() - startedMs) / 1000) * 0.33);
  const read = answers.filter((answer) => answer === 'read').length;
  assert.ok(read >= 13 && read <= most, `${read} readings, at most ${most}`);
});

test('changes of one process come one after another, and one that fails holds none back', async () => {
  const file = bucketFile(join(folder, 'one.json'), { capacity: 10, perSecond: 1 });
  const addOne = (before: BucketState) => ({ state: { ...before, level: before.level + 1 } });
  const broken = () => {
    throw new Error('no');
  };
  const changes = Array.from({ length: 20 }, (_, at) =>
    at === 7 ? assert.rejects(file.change(broken), /no/) : file.change(addOne),
  );
  await Promise.all(changes);
  assert.equal((await file.read()).level, 19);
});

test('no file of a budget names a key', async () => {
  const given = settings('binance', 1_000);
  await bench.account('binance', given).openOrders();
  for (const file of await readdir(folder)) {
    const text = file + (await readFile(join(folder, file), 'utf8'));
    assert.ok(!text.includes(given.apiKey) && !text.includes(given.secret));
  }
});

/** What a snapshot asks, as ccxt weighs it. */
const SNAPSHOTS: Record<VenueId, [api: string, path: string, cost: number][]> = {
  binance: [
    ['private', 'openOrders', 16],
    ['private', 'myTrades', 4],
    ['private', 'myTrades', 4],
    ['private', 'account', 4],
    ['private', 'openOrders', 16],
  ],
  binanceusdm: [
    ['fapiPrivate', 'openOrders', 40],
    ['fapiPrivate', 'openAlgoOrders', 40],
    ['fapiPrivate', 'userTrades', 5],
    ['fapiPrivate', 'forceOrders', 50],
    ['fapiPrivateV3', 'positionRisk', 5],
    ['fapiPrivateV3', 'account', 5],
    ['fapiPrivate', 'openOrders', 40],
    ['fapiPrivate', 'openAlgoOrders', 40],
  ],
  coinbase: Array.from({ length: 5 }, () => ['v3 private', 'brokerage/accounts', 1]),
  kraken: [
    ['private', 'OpenOrders', 3],
    ['private', 'TradesHistory', 6],
    ['private', 'OpenPositions', 3],
    ['private', 'BalanceEx', 3],
    ['private', 'OpenOrders', 3],
  ],
  krakenfutures: [
    ['private', 'openorders', 1],
    ['private', 'fills', 1],
    ['history', 'account-log', 1],
    ['private', 'openpositions', 1],
    ['private', 'accounts', 1],
    ['private', 'openorders', 1],
  ],
};

test('a snapshot at once takes no artificial wait at any venue', () => {
  for (const [venue, requests] of Object.entries(SNAPSHOTS)) {
    const { limits } = venueOf(venue).profile;
    const states = new Map<string, typeof EMPTY>();
    for (const [api, path, cost] of requests) {
      const signed = api !== 'public';
      const facts: RequestFacts = { api, path, params: {}, cost, signed, urgent: false };
      for (const charge of limits.charges(facts, { msPerCost: 50, tier: 'starter' })) {
        const before = states.get(charge.bucket) ?? EMPTY;
        const { state, waitMs } = reserve(
          before,
          charge.limit,
          { ...charge, urgent: false },
          1_000,
        );
        assert.equal(waitMs, 0, `${venue} ${path}`);
        states.set(charge.bucket, state);
      }
    }
  }
});

test('no stretch of time ever lets more through than the bucket holds and drains in it', () => {
  const step = fc.record({
    afterMs: fc.nat(5_000),
    cost: fc.integer({ min: 1, max: 40 }),
    urgent: fc.boolean(),
  });
  const shape = fc.record({
    // No request of a venue takes more at once than reads may.
    capacity: fc.integer({ min: 45, max: 400 }),
    perSecond: fc.integer({ min: 1, max: 100 }),
  });
  fc.assert(
    fc.property(shape, fc.array(step, { maxLength: 60 }), (limit, steps) => {
      let state = EMPTY;
      let nowMs = 1_000_000;
      const sent: { atMs: number; cost: number }[] = [];
      for (const { afterMs, cost, urgent } of steps) {
        nowMs += afterMs;
        const grant = reserve(state, limit, { cost, urgent }, nowMs);
        state = grant.state;
        sent.push({ atMs: nowMs + grant.waitMs, cost });
      }
      const inTurn = sent.toSorted((one, other) => one.atMs - other.atMs);
      for (const [at, first] of inTurn.entries()) {
        let spent = 0;
        for (const { atMs, cost } of inTurn.slice(at)) {
          spent += cost;
          // Waits are whole milliseconds.
          const drained = ((atMs - first.atMs + 1) / 1000) * limit.perSecond;
          assert.ok(spent <= limit.capacity + drained + 1e-6);
        }
      }
    }),
    { seed: 4, numRuns: 2000 },
  );
});

const READ = { cost: 1, urgent: false };

test('a ban ends when it was said to, and a clock that jumps does not make it last', () => {
  const limit = { capacity: 10, perSecond: 1 };
  const state = banned(EMPTY, limit, 30_000, 1_000_000);
  assert.deepEqual(reserve(state, limit, READ, 1_001_000).waitMs, 29_000);
  assert.equal(reserve(state, limit, READ, 1_031_000).waitMs, 0);
  const fromTheFuture = { ...EMPTY, atMs: 9e12, bannedUntilMs: 9e12 };
  assert.equal(reserve(fromTheFuture, limit, READ, 1_000_000).waitMs, 0);
});
