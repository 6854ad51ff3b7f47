/**
 * The test run, on a compiled copy: every test file in a process of its own, one more at a time than there are
 * cores, those that wait most first; beside them the heavy end-to-end ones, of which each starts a whole
 * world: one at a time, told after the others. Arguments select files by part of their path. What failed
 * stands in the last lines.
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
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { findTemporalCli } from '../clients/temporal/embedded/index.js';
import { compileCopy } from './compiled.js';

const TESTS = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(TESTS);
const END_TO_END = join('test', 'e2e');
/** Whole processes, which wait much for each other. */
const WAITING = join('test', 'workers');
const WORLDS = 1;
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
compileCopy(ROOT, copy);

interface Batch {
  batch: string[];
  concurrency: number;
  /** Where its output goes. */
  out: 'inherit' | number;
}

/** What failed, a line each; none where all passed. */
async function run(name: string, { batch, concurrency, out }: Batch): Promise<string[]> {
  if (batch.length === 0) return [];
  const failures = join(folder, `${name}-failures`);
  const args = [
    ...`--test --test-timeout=${LONGEST_MS} --test-concurrency=${concurrency}`.split(' '),
    ...'--test-reporter=tap --test-reporter-destination=stdout'.split(' '),
    '--test-reporter=./test/last-words.mjs',
    `--test-reporter-destination=${failures}`,
    ...batch.map((file) => file.replace(/\.ts$/, '.js')),
  ];
  const runner = spawn(process.execPath, args, {
    cwd: copy,
    stdio: ['inherit', out, 'inherit'],
    env: { ...process.env, RELIGHT_TEMPORAL_CLI: temporalCli },
  });
  const [status] = (await once(runner, 'exit')) as [number | null];
  if (status === 0) return [];
  const lines = readFileSync(failures, 'utf8').split('\n').filter(Boolean);
  return lines.length > 0 ? lines : [`the test runner ended with status ${status}`];
}

const isHeavy = (name: string) => name.startsWith(END_TO_END);
const isWaiting = (name: string) => name.startsWith(WAITING);
const others = files.filter((name) => !isHeavy(name));
const heavyOutput = join(folder, 'heavy-output');
const [light, heavy] = await Promise.all([
  run('light', {
    batch: [...others.filter(isWaiting), ...others.filter((name) => !isWaiting(name))],
    concurrency: availableParallelism() + 1,
    out: 'inherit',
  }),
  run('heavy', {
    batch: files.filter(isHeavy),
    concurrency: WORLDS,
    out: openSync(heavyOutput, 'w'),
  }),
]);
await pipeline(createReadStream(heavyOutput), process.stdout, { end: false });
rmSync(folder, { recursive: true });
const failed = [...light, ...heavy];
for (const line of failed) process.stdout.write(`FAILED ${line}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
