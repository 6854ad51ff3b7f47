/**
 * The test run, on a compiled copy: every test file in a process of its own, as many at a time as there are
 * cores; beside them, one at a time of each, the end-to-end worlds and the processes of Relight, which wait
 * much, told after the others. Arguments select files by part of their path. What failed stands in the
 * last lines.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  createReadStream,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { findTemporalCli } from '../clients/temporal/embedded/index.js';
import { compileCopy } from './compiled.js';

const TESTS = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(TESTS);
/** Whole worlds, and whole processes, which wait much for each other. */
const SLOW = ['e2e', 'workers'];
/** Of a file: one that hangs has failed, and the run goes on. The longest takes a third of it. */
const LONGEST_MS = 900_000;

const wanted = process.argv.slice(2);
const files = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => relative(ROOT, join(TESTS, name)))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort();

const temporalCli = await findTemporalCli({
  env: process.env,
  onProgress: (line) => process.stderr.write(`${line}\n`),
});

const folder = mkdtempSync(join(tmpdir(), 'relight-tests-'));
chmodSync(folder, 0o755); // one test is another user
const copy = join(folder, 'relight');
await compileCopy(ROOT, copy);

interface Batch {
  batch: string[];
  concurrency: number;
  /** Where its output goes. */
  out: 'inherit' | number;
}

/** What failed, a line each; none where all passed. */
async function run(name: string, { batch, concurrency, out }: Batch): Promise<string[]> {
  if (batch.length === 0) return [];
  const beganMs = performance.now();
  const words = join(folder, `${name}-last-words`);
  const args = [
    ...`--test --test-timeout=${LONGEST_MS} --test-concurrency=${concurrency}`.split(' '),
    ...'--test-reporter=tap --test-reporter-destination=stdout'.split(' '),
    '--test-reporter=./test/last-words.mjs',
    `--test-reporter-destination=${words}`,
    ...batch.map((file) => file.replace(/\.ts$/, '.js')),
  ];
  const runner = spawn(process.execPath, args, {
    cwd: copy,
    stdio: ['inherit', out, 'inherit'],
    env: { ...process.env, RELIGHT_TEMPORAL_CLI: temporalCli },
  });
  const [status] = (await once(runner, 'exit')) as [number | null];
  const seconds = Math.round((performance.now() - beganMs) / 1_000);
  process.stderr.write(`# ${name}: ${batch.length} files in ${seconds} s\n`);
  const lines = readFileSync(words, 'utf8').split('\n').filter(Boolean);
  const failures = lines.filter((line) => !line.startsWith('#'));
  const slowest = lines.filter((line) => line.startsWith('#'));
  if (batch.length > 1) process.stderr.write(`${slowest.join('\n')}\n`);
  if (status === 0) return [];
  return failures.length > 0 ? failures : [`the test runner ended with status ${status}`];
}

const isOf = (room: string) => (name: string) => name.startsWith(join('test', room, sep));
const isSlow = (name: string) => SLOW.some((room) => isOf(room)(name));
const slow = SLOW.map((room) => ({ room, output: join(folder, `${room}-output`) }));
const failed = await Promise.all([
  run('others', {
    batch: files.filter((name) => !isSlow(name)),
    concurrency: availableParallelism(),
    out: 'inherit',
  }),
  ...slow.map(({ room, output }) =>
    run(room, { batch: files.filter(isOf(room)), concurrency: 1, out: openSync(output, 'w') }),
  ),
]);
for (const { output } of slow) {
  await pipeline(createReadStream(output), process.stdout, { end: false });
}
rmSync(folder, { recursive: true });
for (const line of failed.flat()) process.stdout.write(`FAILED ${line}\n`);
process.exitCode = failed.flat().length === 0 ? 0 : 1;
