/**
 * What a command costs before it does anything: CPU of `relight --help` and of `relight status`,
 * built, against CPU of Node itself, and of one question by Temporal's client alone, under which none that asks
 * a server can come. CPU and not time, because the machine has other work.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { findTemporalCli, startEmbeddedTemporal } from '../../clients/temporal/embedded/index.js';
import { SEARCH_ATTRIBUTES } from '../../workflows/search-attributes.js';
import { bundleBrief } from '../../workers/build/brief.js';
import { makeTestKeys } from '../workflows/fakes/keys.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RELIGHT = join(ROOT, 'workers', 'relight.mjs');
const RUNS = 9;

/** CPU in seconds, of the user and of the system together: medians. */
export interface StartUpCosts {
  node: number;
  help: number;
  status: number;
  /** Of Temporal's client alone. */
  client: number;
}

export async function measureStartUp(): Promise<StartUpCosts> {
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'inherit' });
  const folder = mkdtempSync(join(tmpdir(), 'relight-start-up-'));
  const cliPath = await findTemporalCli({
    env: process.env,
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  const temporal = await startEmbeddedTemporal({
    dataDir: join(folder, 'temporal'),
    cliPath,
    searchAttributes: SEARCH_ATTRIBUTES,
    ui: false,
  });
  try {
    const config = writeConfig(folder, temporal.address);
    await makeTestKeys(join(folder, 'keys', 'messages'));
    return medians({
      client: ['--no-opt', await bundleClient(folder), temporal.address],
      node: ['-e', '0'],
      help: [RELIGHT, '--help'],
      status: [RELIGHT, 'status', '--config', config],
    });
  } finally {
    await temporal.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 9 });
  }
}

/** The example of the documents, with a server that is here. */
function writeConfig(folder: string, address: string): string {
  const example = readFileSync(join(ROOT, 'docs', 'example.relight.yaml'), 'utf8');
  const config = { ...(parse(example) as object), dataDir: folder, temporal: { address } };
  const path = join(folder, 'relight.yaml');
  writeFileSync(path, stringify(config));
  return path;
}

/** Bundled as the brief commands are. */
async function bundleClient(folder: string): Promise<string> {
  await bundleBrief(folder, join(ROOT, 'test', 'bench', 'fixtures', 'client-alone.ts'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  return join(folder, 'brief.js');
}

/** In turn, so that a busy minute falls on all of them. */
function medians(commands: Record<keyof StartUpCosts, string[]>): StartUpCosts {
  const names = Object.keys(commands) as (keyof StartUpCosts)[];
  const runs = Array.from({ length: RUNS }, () =>
    names.map((name) => [name, cpuOf(commands[name])] as const),
  ).flat();
  const median = (name: keyof StartUpCosts) =>
    runs
      .filter(([of]) => of === name)
      .map(([, cpu]) => cpu)
      .toSorted((a, b) => a - b)[Math.floor(RUNS / 2)] ?? NaN;
  return {
    node: median('node'),
    help: median('help'),
    status: median('status'),
    client: median('client'),
  };
}

/** As the shell has counted it for its child: bash says it in milliseconds. */
function cpuOf(args: string[]): number {
  // 3: the engine of the example is watched by nobody here.
  const script = '"$@" >/dev/null; code=$?; [ $code = 0 ] || [ $code = 3 ] || exit $code; times';
  const said = execFileSync('bash', ['-c', script, 'bash', process.execPath, ...args], {
    encoding: 'utf8',
  });
  const [, children = ''] = said.trim().split('\n');
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)];
  if (parts.length !== 2) throw new Error(`"times" of the shell said: ${said}`);
  return parts.reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}
