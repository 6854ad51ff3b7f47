/**
 * The test run: every test file in a process of its own, the heavy end-to-end ones last and one at
 * a time, because each starts a whole world. Arguments select files by part of their path.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTemporalCli } from '../clients/temporal/embedded/index.js';

const TESTS = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(TESTS);
const END_TO_END = join('test', 'e2e');

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
  2,
);
const heavy = run(
  files.filter((name) => name.startsWith(END_TO_END)),
  1,
);
process.exitCode = light && heavy ? 0 : 1;
