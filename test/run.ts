/**
 * The test run, on a compiled copy: every test file in a process of its own, one more at a time than there are cores,
 * because much of it waits; the heavy end-to-end ones last and two at a time, because each starts a
 * whole world. Arguments select files by part of their path. What failed stands in the last lines.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTemporalCli } from '../clients/temporal/embedded/index.js';
import { compileCopy } from './compiled.js';

const TESTS = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(TESTS);
const END_TO_END = join('test', 'e2e');
const WORLDS = 2;
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

/** What failed in a batch, a line each; none where it passed. */
function run(batch: string[], concurrency: number): string[] {
  if (batch.length === 0) return [];
  const failures = join(folder, 'failures');
  const args = [
    ...`--test --test-timeout=${LONGEST_MS} --test-concurrency=${concurrency}`.split(' '),
    ...'--test-reporter=tap --test-reporter-destination=stdout'.split(' '),
    '--test-reporter=./test/last-words.mjs',
    `--test-reporter-destination=${failures}`,
    ...batch.map((name) => name.replace(/\.ts$/, '.js')),
  ];
  const { status } = spawnSync(process.execPath, args, {
    cwd: copy,
    stdio: 'inherit',
    env: { ...process.env, RELIGHT_TEMPORAL_CLI: temporalCli },
  });
  if (status === 0) return [];
  const lines = readFileSync(failures, 'utf8').split('\n').filter(Boolean);
  return lines.length > 0 ? lines : [`the test runner ended with status ${status}`];
}

const light = run(
  files.filter((name) => !name.startsWith(END_TO_END)),
  availableParallelism() + 1,
);
const heavy = run(
  files.filter((name) => name.startsWith(END_TO_END)),
  WORLDS,
);
rmSync(folder, { recursive: true });
const failed = [...light, ...heavy];
for (const line of failed) process.stdout.write(`FAILED ${line}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
