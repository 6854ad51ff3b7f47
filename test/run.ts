/**
 * The test run: every test file in a process of its own, one more at a time than there are cores,
 * because much of it waits; the heavy end-to-end ones last and two at a time, because each starts a
 * whole world. Arguments select files by part of their path.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTemporalCli } from '../clients/temporal/embedded/index.js';

const TESTS = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(TESTS);
const END_TO_END = join('test', 'e2e');
const WORLDS = 2;

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

function run(batch: string[], concurrency: number): boolean {
  if (batch.length === 0) return true;
  const args = ['--import', 'tsx', '--test', `--test-concurrency=${concurrency}`, ...batch];
  const { status } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, RELIGHT_TEMPORAL_CLI: temporalCli },
  });
  return status === 0;
}

const light = run(
  files.filter((name) => !name.startsWith(END_TO_END)),
  availableParallelism() + 1,
);
const heavy = run(
  files.filter((name) => name.startsWith(END_TO_END)),
  WORLDS,
);
process.exitCode = light && heavy ? 0 : 1;
