/**
 * Finds a Temporal CLI, or gets one: named by the user, on the path, cached, downloaded, built.
 *
 * A CLI that the user named and that does not work is an error, never a reason to take another.
 * What lands in the cache is moved there whole, so a reader never sees half a binary.
 */
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildCli } from './build-cli.js';
import {
  CLI_VERSION,
  type Environment,
  findOnPath,
  firstLine,
  isExecutable,
  type ObtainRequest,
  refusalOf,
} from './cli-binary.js';
import { downloadCli } from './download-cli.js';
import { writingIn } from '../../files/writing.js';
import { exclusively } from '../../host/exclusive.js';

export interface FindTemporalCliOptions {
  env: Environment;
  /** A line for a person, now and then, while a download or a build is under way. */
  onProgress: (line: string) => void;
  /** Default: `relight` under `$XDG_CACHE_HOME`, or under `~/.cache`. */
  cacheDir?: string;
  /** Ways to get a CLI that is not there yet. Default: both, in this order. */
  obtain?: readonly Way[];
}

type Way = 'download' | 'build';

export class TemporalCliNotFound extends Error {
  override readonly name = 'TemporalCliNotFound';
}

const OBTAIN_TIMEOUT_MS = 30 * 60_000;

/** The path of a Temporal CLI that runs. */
export async function findTemporalCli(options: FindTemporalCliOptions): Promise<string> {
  const named = options.env['RELIGHT_TEMPORAL_CLI'];
  if (named !== undefined && named !== '') return insistOn(named);

  const tried = ['RELIGHT_TEMPORAL_CLI: not set'];
  const onPath = await findOnPath('temporal', options.env);
  const cached = cachedCliPath(options);
  for (const [place, path] of [
    ['"temporal" on PATH', onPath],
    ['cache', cached],
  ] as const) {
    const refusal = await refusalOfCandidate(path);
    if (refusal === undefined && path !== undefined) return path;
    tried.push(`${place}: ${refusal}`);
  }
  return obtain(cached, tried, options);
}

export function cachedCliPath({ env, cacheDir }: Pick<FindTemporalCliOptions, 'env' | 'cacheDir'>) {
  const caches = env['XDG_CACHE_HOME'] ?? join(env['HOME'] ?? homedir(), '.cache');
  return join(cacheDir ?? join(caches, 'relight'), `temporal-cli-${CLI_VERSION}`, 'temporal');
}

async function insistOn(path: string): Promise<string> {
  const refusal = await refusalOf(path);
  if (refusal === undefined) return path;
  throw new TemporalCliNotFound(`RELIGHT_TEMPORAL_CLI names ${path}, which ${refusal}.`);
}

async function refusalOfCandidate(path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return 'not found';
  if (!(await isExecutable(path))) return `nothing at ${path}`;
  const refusal = await refusalOf(path);
  return refusal === undefined ? undefined : `${path} ${refusal}`;
}

async function obtain(cached: string, tried: string[], options: FindTemporalCliOptions) {
  const folder = dirname(cached);
  await writingIn(folder, mkdir(folder, { recursive: true }));
  const onWait = () => options.onProgress('Another process is fetching the Temporal CLI: waiting.');
  return exclusively(cached, { timeoutMs: OBTAIN_TIMEOUT_MS, onWait }, async () => {
    // Whoever held the lock before may have put it there.
    if ((await refusalOfCandidate(cached)) === undefined) return cached;
    for (const way of options.obtain ?? ['download', 'build']) {
      try {
        const { env, onProgress } = options;
        await WAYS[way]({ env, onProgress, target: cached });
        const refusal = await refusalOf(cached);
        if (refusal === undefined) return cached;
        tried.push(`${way}: the result ${refusal}`);
      } catch (error) {
        tried.push(`${way}: ${firstLine(error)}`);
      }
    }
    throw new TemporalCliNotFound(explain(tried, cached));
  });
}

const WAYS: Readonly<Record<Way, (request: ObtainRequest) => Promise<void>>> = {
  download: downloadCli,
  build: buildCli,
};

function explain(tried: readonly string[], cached: string): string {
  return [
    'No Temporal server to run with: the Temporal CLI was not found and could not be fetched.',
    'Tried:',
    ...tried.map((line) => `  - ${line}`),
    'Any one of these helps:',
    '  - use a server that is already there: set TEMPORAL_ADDRESS to its host:port;',
    '  - install the Temporal CLI (https://docs.temporal.io/cli) so that "temporal" is on PATH;',
    '  - set RELIGHT_TEMPORAL_CLI to the path of a Temporal CLI;',
    `  - copy one to ${cached};`,
    '  - allow access to https://temporal.download, or set RELIGHT_TEMPORAL_CLI_URL to a copy',
    `    of its ${CLI_VERSION} archive (tar.gz);`,
    '  - install Go 1.26.4 or newer with access to a module proxy, and Relight builds it.',
  ].join('\n');
}
