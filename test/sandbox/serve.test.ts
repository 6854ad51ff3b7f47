/** `npm run sandbox` says what there is and what to do next, and the README's fault works on it. */
import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { createVenueAdmin } from '../../sandbox/venues/admin-client.js';
import { nodeCommand } from '../../workers/processes/self.js';
import { eventually } from './engine/rig.js';

const [NODE, ...SERVE] = nodeCommand(new URL('../../sandbox/serve.ts', import.meta.url).href);
const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** Until it has said its last line. */
async function greeting(t: TestContext, last: string, args: string[] = []): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'relight-serve-'));
  const child = spawn(NODE, [...SERVE, '--folder', folder, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  t.after(async () => {
    child.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 9 });
  });
  await eventually('it greets', async () => said.includes(last));
  return said;
}

test('the sandbox names its venues and what to try', { timeout: 180_000 }, async (t) => {
  const said = await greeting(t, 'questions ');
  for (const venue of ['binance', 'binanceusdm', 'coinbase', 'kraken', 'krakenfutures']) {
    assert.match(said, new RegExp(`^(venues)? +${venue} +http://127\\.0\\.0\\.1:\\d+$`, 'm'));
  }
  for (const command of ['positions', 'orders', 'reconcile', 'watch']) {
    assert.match(said, new RegExp(`npx relight ${command} .*--config \\S+relight.yaml`), command);
  }
  const admin = /^admin +(\S+)$/m.exec(said)?.[1];
  assert.ok(admin !== undefined);
  const [, path, body] = /^curl ADMIN(\/\S+) -d '(.*)'/m.exec(README) ?? [];
  const answer = await fetch(`${admin}${path}`, { method: 'POST', body: body ?? '' });
  assert.equal(answer.status, 200, await answer.text());
  const [fault] = (await createVenueAdmin(admin).faults()).left;
  assert.deepEqual(fault, JSON.parse(body ?? ''));
});

test(
  'without an engine there are venues, keys and what to read',
  { timeout: 180_000 },
  async (t) => {
    const said = await greeting(t, 'npx relight orders', ['--no-engine']);
    assert.doesNotMatch(said, /pid|reconcile/);
    const [, secrets = ''] = /^keys +(\S+):/m.exec(said) ?? [];
    assert.ok(readdirSync(secrets).includes('kraken.secret'));
    const [, config = ''] = /npx relight positions --config (\S+)/.exec(said) ?? [];
    const [node, ...relight] = nodeCommand(
      new URL('../../workers/relight.mjs', import.meta.url).href,
    );
    const args = [...relight, 'positions', '--json', '--config', config];
    const { stdout } = await promisify(execFile)(node ?? '', args);
    assert.match(stdout, /"BTC"/);
  },
);

test('what is not understood is said in a line with the usage, and help names the end of it', () => {
  const started = (...args: string[]) =>
    spawnSync(NODE, [...SERVE, ...args], { encoding: 'utf8', timeout: 60_000 });
  for (const args of [['--nope'], ['--orders', 'x']]) {
    const { status, stderr } = started(...args);
    assert.deepEqual([status, /^ +at /m.test(stderr)], [2, false]);
    assert.match(stderr, /^npm run sandbox -- /m);
  }
  const help = started('--help');
  assert.equal(help.status, 0);
  assert.match(help.stderr, /until Ctrl-C/);
});
