/** A command loads what it needs, and runs the built code where nothing has changed since it was built. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import module from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { laterImportsOf, loadedBy } from '../module-graph.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const HEAVY = ['ccxt', 'pdfkit', '@temporalio/worker', 'fastify', 'systeminformation'].map(
  (name) => `package:${name}`,
);

/** In the order in which `relight status` comes upon them. */
const OF_STATUS = [
  'workers/config/load',
  'workers/operations/index',
  'clients/cli/actions/status',
  'workers/processes/temporal-client',
  'clients/temporal/embedded/find-server',
  'clients/temporal/connect',
  'workers/operations/recoveries',
];

function packagesOf(loaded: ReadonlySet<string>): string[] {
  return [...loaded].filter((target) => /^package:(?!node:)/.test(target)).toSorted();
}

test('relight --help loads the command line and nothing else', () => {
  assert.deepEqual(packagesOf(loadedBy('workers/main')), ['package:commander']);
});

test('relight status loads none of what only other commands need', () => {
  const loaded = loadedBy('workers/main', ...OF_STATUS);
  assert.deepEqual(
    HEAVY.filter((name) => loaded.has(name)),
    [],
  );
  assert.ok(loaded.has('package:@temporalio/client'), 'it is among it');
});

test('what relight status loads later is what is followed here', () => {
  const later = [
    'workers/main',
    'clients/cli/commands/status',
    'workers/operations/index',
    'workers/processes/temporal-client',
  ].flatMap((entry) => [...laterImportsOf(entry)]);
  assert.deepEqual(
    OF_STATUS.filter((entry) => !later.includes(entry)),
    [],
  );
});

/** In the order in which `relight shutdown` comes upon them, up to its first effect. */
const UP_TO_THE_LATCH = [
  'workers/config/load',
  'workers/operations/index',
  'clients/cli/actions/shutdown',
  'workers/operations/stopping/latch',
];

test('relight shutdown turns its latch before anything heavy is loaded', () => {
  const later = [
    'workers/main',
    'clients/cli/commands/engine',
    'workers/operations/index',
    'workers/operations/stopping/index',
  ];
  const all = new Set(later.flatMap((entry) => laterImportsOf(entry)));
  assert.deepEqual(
    UP_TO_THE_LATCH.filter((entry) => !all.has(entry)),
    [],
  );
  const loaded = loadedBy('workers/main', ...UP_TO_THE_LATCH);
  const heavy = [...HEAVY, 'package:@temporalio/client', 'package:@temporalio/activity'];
  assert.deepEqual(
    heavy.filter((name) => loaded.has(name)),
    [],
  );
});

test('a configuration is loaded without ccxt and without Temporal', () => {
  const packages = packagesOf(loadedBy('workers/config/load'));
  assert.deepEqual(
    packages.filter((name) => /ccxt|temporalio/.test(name)),
    [],
  );
});

const FOLDERS = ['workflows', 'activities', 'clients', 'workers'];

/** A checkout of one module, whose build says that it is one. */
function checkout(t: TestContext) {
  const root = mkdtempSync(join(tmpdir(), 'relight-entry-'));
  t.after(() => rmSync(root, { recursive: true, force: true, maxRetries: 9 }));
  const write = (name: string, text: string, atS: number) => {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    utimesSync(path, atS, atS);
  };
  for (const folder of FOLDERS) mkdirSync(join(root, folder));
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  write('workers/main.ts', "const from: string = 'source';\nconsole.log(from);\n", 900);
  cpSync(join(ROOT, 'workers', 'relight.mjs'), join(root, 'workers', 'relight.mjs'));
  utimesSync(join(root, 'workers', 'relight.mjs'), 900, 900);
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const run = (...args: string[]) =>
    execFileSync(process.execPath, [join(root, 'workers', 'relight.mjs'), ...args], {
      encoding: 'utf8',
    });
  /** All that is there, as of then. */
  const dated = (atS: number) => {
    for (const folder of FOLDERS) utimesSync(join(root, folder), atS, atS);
  };
  const builtAt = (atS: number) => write('dist/built', '', atS);
  return { root, write, run, builtAt, dated };
}

test('relight runs the source where nothing is built', (t) => {
  assert.equal(checkout(t).run(), 'source\n');
});

test('relight runs the built code where nothing has changed since it was built', (t) => {
  const { root, write, run, builtAt, dated } = checkout(t);
  write('clients/old.ts', 'export {};', 900);
  write('dist/workers/main.js', "console.log('built');", 1_000);
  write('dist/workers/brief.js', "console.log('brief');", 1_000);
  dated(900);
  assert.equal(run('up'), 'source\n', 'the build did not end');
  builtAt(1_000);
  assert.deepEqual([run('up'), run('status'), run()], ['built\n', 'brief\n', 'brief\n']);
  const keepsCompiled = 'enableCompileCache' in module;
  assert.equal(existsSync(join(root, 'dist', 'compiled')), keepsCompiled, 'nowhere else');
  write('clients/old.ts', 'export const changed = 1;', 1_001);
  assert.equal(run('up'), 'source\n', 'a file was changed since');
  builtAt(1_002);
  assert.equal(run('up'), 'built\n');
  write('clients/moved.ts', 'export {};', 10);
  assert.equal(run('up'), 'source\n', 'a file that is older came since');
  dated(900);
  write('package-lock.json', '{}', 1_003);
  assert.equal(run('status'), 'source\n', 'libraries that are in it were changed since');
});

test('a command whose reader is gone ends as by SIGPIPE, without a word; on a full disk it says so', () => {
  const relight = `"${process.execPath}" "${join(ROOT, 'workers/relight.mjs')}"`;
  const ended = (script: string) => spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  // What it reads from ends first, so that nobody reads once it writes.
  const gone = ended(`{ ${relight} completion bash; echo "ended with $?" >&2; } | true`);
  assert.equal(gone.stderr, 'ended with 141\n');
  const full = ended(`${relight} completion bash >/dev/full`);
  assert.match(full.stderr, /^Failed: its output cannot be written: ENOSPC.*\n$/);
  assert.equal(full.status, 1);
});
