/**
 * The test run, on a compiled copy. Arguments select files by part of their path. What took longest and what
 * failed stands in the last lines, since what stores a long output may cut its middle.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTemporalCli } from '../clients/temporal/embedded/index.js';
import { bundleWorkflows, compileCopy } from './compiled.js';
import { unitsOf } from './pool/units.js';

const TESTS = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(TESTS);

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
if (wanted.length === 0) await bundleWorkflows(copy);

const units = join(folder, 'units.json');
writeFileSync(
  units,
  JSON.stringify(unitsOf(files, (file) => readFileSync(join(ROOT, file), 'utf8'))),
);
const pool = spawn(process.execPath, [join('test', 'pool', 'pool.js'), units], {
  cwd: copy,
  stdio: 'inherit',
  env: { ...process.env, RELIGHT_TEMPORAL_CLI: temporalCli },
});
const [status] = (await once(pool, 'exit')) as [number | null];
rmSync(folder, { recursive: true });
process.exitCode = status ?? 1;
