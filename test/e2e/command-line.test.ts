/** The product as people use it: `npm start`, and `relight` in another terminal. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '../../sandbox/demo/processes.js';
import { DemoResult } from '../../sandbox/demo/result.js';
import { untilTrading } from '../../sandbox/demo/crash.js';
import { ShutdownAnswer } from '../../clients/cli/answers/shutdown.js';
import { bundleBrief } from '../../workers/build/brief.js';
import { nodeCommand } from '../../workers/processes/self.js';
import { world } from './house.js';

const DEMO = nodeCommand(new URL('../../sandbox/demo.ts', import.meta.url).href);
const RELIGHT = nodeCommand(new URL('../../workers/relight.mjs', import.meta.url).href);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

async function relight(...args: string[]): Promise<Ended> {
  return run(RELIGHT, args);
}

/** The brief commands as they are built. */
async function briefRelight(t: TestContext, cwd: string = ROOT) {
  const root = mkdtempSync(join(tmpdir(), 'relight-brief-'));
  t.after(() => rmSync(root, { recursive: true, force: true, maxRetries: 9 }));
  await bundleBrief(join(root, 'dist', 'workers'));
  cpSync(join(ROOT, 'package.json'), join(root, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const command = [process.execPath, join(root, 'dist', 'workers', 'brief.js')] as const;
  return async (...args: string[]) => run(command, args, cwd);
}

async function run(
  [node, ...first]: readonly [string, ...string[]],
  args: readonly string[],
  cwd: string = ROOT,
) {
  return new Promise<Ended>((resolve) => {
    const options = { cwd, timeout: 180_000, maxBuffer: 1 << 28 };
    execFile(node, [...first, ...args], options, (error, stdout, stderr) => {
      resolve({
        code: typeof error?.code === 'number' ? error.code : error ? 99 : 0,
        stdout,
        stderr,
      });
    });
  });
}

function startDemo(t: TestContext, ...args: string[]) {
  const cwd = mkdtempSync(join(tmpdir(), 'relight-demo-'));
  const child = spawn(DEMO[0], [...DEMO.slice(1), ...args], { cwd });
  const seen = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (seen.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (seen.stderr += chunk.toString()));
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code) => resolve(code ?? 99));
  });
  t.after(async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(cwd, { recursive: true, force: true, maxRetries: 9 });
  });
  return { cwd, seen, ended };
}

test(
  'high exposure waits, and `relight approve` from elsewhere resumes it',
  { timeout: 720_000 },
  async (t) => {
    const { cwd, seen, ended } = startDemo(t, '--scenario', 'high-exposure', '--json');
    const brief = await briefRelight(t, cwd);
    const command = await until(
      'the demo says how to approve',
      async () => /npx relight (approve \S+ .*)/.exec(seen.stderr)?.[1] ?? null,
      { boundMs: 150_000 },
    );
    const args = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(
      (match) => match[1] ?? match[2] ?? '',
    );
    const wrong = args.map((arg) => (arg === 'on-call' ? 'nobody' : arg));
    const refused = await brief(...wrong);
    assert.equal(refused.code, 3);
    assert.match(refused.stderr, /not among the configured approvers/);
    const approved = await brief(...args);
    assert.equal(approved.code, 0, approved.stderr);
    assert.match(approved.stdout, /approved/);
    assert.equal(await ended, 0, seen.stderr);
    const result = DemoResult.parse(JSON.parse(seen.stdout));
    assert.equal(result.outcome, 'recovered');
    assert.equal(result.ledger?.equal, true);
    const gate = result.gates.find(({ kind }) => kind === 'exposure');
    assert.deepEqual(gate?.approvers, ['on-call']);
  },
);

test(
  '`npm start -- --json` prints one document of the published schema',
  { timeout: 720_000 },
  async (t) => {
    const { seen, ended } = startDemo(t, '--scenario', 'kill', '--json', '--orders', '16');
    assert.equal(await ended, 0, seen.stderr);
    const result = DemoResult.parse(JSON.parse(seen.stdout));
    assert.equal(result.scenario, 'kill');
    assert.ok(
      result.report !== null && readFileSync(result.report).subarray(0, 5).toString() === '%PDF-',
    );
    assert.ok((result.history?.events ?? 0) > 50);
  },
);

test('bad flags get one clear error and exit code 2', { timeout: 180_000 }, async (t) => {
  const { seen, ended } = startDemo(t, '--scenario', 'meteor');
  assert.equal(await ended, 2);
  assert.match(seen.stderr, /segfault/);
  assert.equal(seen.stdout, '');
});

test(
  'the kill switch stops engine and orders with Temporal dead',
  { timeout: 540_000 },
  async (t) => {
    const here = await world(t, { orders: 12 });
    await untilTrading(here, 12);
    const config = ['--config', here.files.relight];
    const manual = { venue: 'binance', instrument: 'BTC/USDT', side: 'buy' } as const;
    await here.admin.placeOrder({
      ...manual,
      price: '100',
      quantity: '1',
      clientOrderId: 'by-hand',
    });
    const brief = await briefRelight(t);
    const status = await brief('status', '--json', ...config);
    assert.equal(status.code, 0, status.stderr);
    const compared = await relight('reconcile', '--json', ...config);
    assert.equal(compared.code, 0, compared.stderr + compared.stdout);
    const verified = await relight('checkpoint', 'verify', '--json', ...config);
    assert.equal((JSON.parse(verified.stdout) as { valid: boolean }).valid, true);

    await here.up.stop(); // Temporal, worker and agent are gone
    const shutdown = await relight('shutdown', '--reason', 'test', '--json', ...config);
    assert.equal(shutdown.code, 0, shutdown.stderr + shutdown.stdout);
    const cleared = ShutdownAnswer.parse(JSON.parse(shutdown.stdout)).venues;
    const cancelled = cleared.flatMap(({ orders }) => orders?.cancelled ?? []);
    assert.ok(cancelled.length >= 10 && cancelled.every((id) => id.startsWith('rl-')));
    const atBinance = cleared.find(({ venue }) => venue === 'binance')?.orders;
    assert.deepEqual([atBinance?.left, atBinance?.ofOthers], [[], 1]);
    await until('the engine is gone', async () =>
      existsSync(`/proc/${here.engine.pid}/fd/0`) ? null : true,
    );
    const ledger = await here.admin.ledger();
    const left = Object.values(ledger.venues).flatMap(({ openOrders }) =>
      openOrders.map(({ clientOrderId }) => clientOrderId),
    );
    assert.deepEqual(left, ['by-hand'], 'our orders are gone, the one made by hand stays');
    const away = await relight('status', ...config);
    assert.equal(away.code, 4, 'no server is named and none runs');
  },
);

test('a configuration with a mistake names field, value and remedy', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'relight-config-'));
  t.after(() => rmSync(folder, { recursive: true, force: true, maxRetries: 9 }));
  const missing = await relight('status', '--config', join(folder, 'none.yaml'));
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /cannot be read \(ENOENT\).*--config FILE/s);
});
