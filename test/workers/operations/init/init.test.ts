/** `relight init` as people run it: by flags, and at a terminal; the file is read by the product's own loader. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { findProcesses } from '../../../../workers/operations/init/processes.js';
import { loadConfig } from '../../../../workers/config/load.js';
import { nodeCommand } from '../../../../workers/processes/self.js';
import { whyNo } from '../../../needs.js';

const RELIGHT = nodeCommand(new URL('../../../../workers/main.ts', import.meta.url).href);

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'relight-init-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function init(folder: string, ...args: string[]) {
  const [node, ...main] = RELIGHT;
  const ended = spawnSync(node, [...main, 'init', ...args], { cwd: folder, encoding: 'utf8' });
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}

const VENUE = ['--venue', 'binance', '--instruments', 'binance=BTC/USDT,ETH/USDT'];
const PROGRAM = ['--yes', '--engine', 'alpha', ...VENUE, '--program', './engine.sh'];

test('by flags alone: a commented file that every command can read, and a key', (t) => {
  const folder = folderOf(t);
  const { code, stdout } = init(folder, ...PROGRAM, '--approver', 'mei', '--pid-file', 'alpha.pid');
  assert.equal(code, 0);
  assert.equal(stdout.split('\n').filter((line) => line.startsWith('  npx relight ')).length, 3);
  const path = join(folder, 'relight.yaml');
  const config = loadConfig(path);
  const engine = config.engines['alpha'] ?? assert.fail();
  assert.deepEqual(engine.orderIdPrefix, 'alpha-');
  assert.deepEqual(config.venues['binance']?.instruments, ['BTC/USDT', 'ETH/USDT']);
  assert.deepEqual(config.venues['binance']?.apiKey, { env: 'BINANCE_API_KEY' });
  assert.deepEqual(engine.control.start, [join(folder, 'engine.sh'), 'run']);
  assert.equal(config.approvers[0]?.name, 'mei');
  assert.equal(statSync(join(folder, 'mei.key')).mode & 0o777, 0o600);
  assert.equal(statSync(path).mode & 0o022, 0, 'nobody else may change it');
  const text = readFileSync(path, 'utf8');
  assert.ok(text.split('\n').filter((line) => line.trimStart().startsWith('#')).length > 10);
  const before = text;
  const again = init(folder, ...PROGRAM, '--approver', 'lee');
  assert.equal(again.code, 2);
  assert.match(again.stderr, /is there already, and is never overwritten/);
  assert.equal(readFileSync(path, 'utf8'), before);
  assert.equal(existsSync(join(folder, 'lee.key')), false);
});

test('the scripts of the procedure are found by their names, and one that lacks is left out', (t) => {
  const folder = folderOf(t);
  const scripts = join(folder, 'scripts');
  mkdirSync(scripts);
  for (const name of ['health_check.sh', 'get_internal_positions.sh', 'start_services.sh']) {
    writeFileSync(join(scripts, name), '#!/bin/sh\n', { mode: 0o755 });
  }
  const { code, stderr } = init(folder, '--yes', ...VENUE, '--scripts', 'scripts');
  assert.equal(code, 0, stderr);
  assert.match(stderr, /NOT THERE YET: commands riskLimits, setLimits, enableStrategies, shutdown/);
  const { control } = loadConfig(join(folder, 'relight.yaml')).engines['engine'] ?? assert.fail();
  assert.ok(control.kind === 'commands');
  const { quickHealth, shutdown } = control.commands;
  assert.deepEqual(quickHealth, {
    argv: [join(scripts, 'health_check.sh'), '--quick'],
    answers: 'exit',
  });
  assert.equal(shutdown, undefined, 'left out: the next weaker proof takes its place');
});

test('what is missing is named by its flag, and what is refused leaves nothing behind', (t) => {
  const folder = folderOf(t);
  const cases: [args: string[], told: RegExp][] = [
    [['--yes'], /--venue is missing/],
    [['--yes', '--venue', 'binnance'], /binnance is no exchange of ccxt/],
    [['--yes', ...VENUE], /--scripts, --program or --control-url is missing/],
    [[...PROGRAM, '--keys', 'binance=a1b2c3'], /name two, with a comma between/],
    [[...PROGRAM, '--keys', 'binance=a1b2c3,d4'], /the name of a variable in capitals is meant/],
    [[...PROGRAM, '--prefix', ''], /orderIdPrefix/],
  ];
  for (const [args, told] of cases) {
    const { code, stderr } = init(folder, ...args, '--approver', 'mei');
    assert.equal(code, 2, stderr);
    assert.match(stderr, told);
    assert.ok(!stderr.includes('a1b2c3'), 'what may be a key is not told');
    assert.deepEqual(
      [existsSync(join(folder, 'relight.yaml')), existsSync(join(folder, 'mei.key'))],
      [false, false],
    );
  }
});

test('a running process is found with its folder, its user and where it listens', async (t) => {
  const folder = folderOf(t);
  const mark = `relight-init-${process.pid}`;
  const code = `require('net').createServer().listen(0,'127.0.0.1',function(){console.log(this.address().port)})`;
  const child = spawn(process.execPath, ['-e', code, mark], { cwd: folder, stdio: 'pipe' });
  t.after(() => child.kill('SIGKILL'));
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  const found = await findProcesses(mark);
  assert.deepEqual(
    found.map(({ pid, cwd, executable, listens }) => ({ pid, cwd, executable, listens })),
    [
      {
        pid: child.pid,
        cwd: folder,
        executable: process.execPath,
        listens: [`port ${port.toString().trim()}`],
      },
    ],
  );
});

test(
  'at a terminal each question has its default, and a wrong answer is asked again',
  { skip: whyNo('script') },
  (t) => {
    const folder = folderOf(t);
    const line = [...RELIGHT, 'init'].map((word) => `'${word}'`).join(' ');
    const typed = [
      'alpha',
      '',
      'alpha.pid',
      'binnance',
      'binance',
      'BTC/USDT',
      '',
      'localhost:9000',
      'http://127.0.0.1:9000',
      '',
      'http://',
      'http://127.0.0.1:7070',
      './engine --no-trading',
      'mei',
      '',
    ];
    const { stdout } = spawnSync('script', ['-qec', line, '/dev/null'], {
      cwd: folder,
      input: `${typed.join('\n')}\n`,
      encoding: 'utf8',
    });
    assert.match(stdout, /URL in place of binance itself, of a sandbox or a gateway \[none\]/);
    assert.equal(stdout.split('is no URL, as http://HOST:PORT is').length, 3, 'one of each');
    assert.match(stdout, /Name of the engine \[engine\]/);
    assert.match(stdout, /binnance is no exchange of ccxt/);
    assert.match(stdout, /written: /, stdout);
    const config = loadConfig(join(folder, 'relight.yaml'));
    assert.deepEqual(Object.keys(config.engines), ['alpha']);
    assert.equal(config.venues['binance']?.url, 'http://127.0.0.1:9000');
    const { control } = config.engines['alpha'] ?? assert.fail();
    assert.ok(control.kind === 'http');
    assert.equal(control.url, 'http://127.0.0.1:7070');
    assert.equal(config.approvers[0]?.name, 'mei');
  },
);
