/** Starts the server process: its command line, its log file, and nothing about being ready. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, rename, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writingIn } from '../../files/writing.js';
import { databasePath } from './database.js';
import { type ProcessIdentity, readStartTicks } from './process-identity.js';
import type { SearchAttributes } from './search-attributes.js';

/**
 * The server polls its queues at most 20 times a second per shard. Measured on 2 cores, without
 * and with these: a sequential activity 87 → 15 ms, a workflow from start to result 50 → 20 ms.
 * Visibility has to follow (33 → 2 ms), or a list lags behind the result it should show.
 * Production needs the same: docs/temporal/dynamic-config.yaml.
 */
const DYNAMIC_CONFIG: Readonly<Record<string, number>> = {
  'history.transferProcessorMaxPollRPS': 5_000,
  'history.timerProcessorMaxPollRPS': 5_000,
  'history.visibilityProcessorMaxPollRPS': 5_000,
};

/** WAL with a sync for every commit: what the server has acknowledged survives a kill. */
const PRAGMAS = ['journal_mode=WAL', 'synchronous=FULL'];

/** Begins each server's part of the log, so that an error quotes no earlier server. */
export const LOG_START_MARK = '--- relight starts a Temporal server';

const LOG_BYTES_MAX = 16 * 1024 * 1024;

interface LaunchRequest {
  cliPath: string;
  dataDir: string;
  port: number;
  /** Absent: no web UI. */
  uiPort: number | undefined;
  namespace: string;
  searchAttributes: SearchAttributes;
  logPath: string;
  detached: boolean;
}

export async function launchServer(request: LaunchRequest): Promise<ProcessIdentity> {
  const log = await writingIn(dirname(request.logPath), openLog(request.logPath));
  try {
    const child = spawn(request.cliPath, serverArguments(request), {
      // The server needs none of our environment, and TEMPORAL_* would change its behaviour.
      env: { HOME: process.env['HOME'] ?? request.dataDir },
      stdio: ['ignore', log.fd, log.fd],
      detached: request.detached,
    });
    await once(child, 'spawn');
    child.unref();
    if (!request.detached) endWithThisProcess(child);
    return await identify(child.pid);
  } finally {
    await log.close();
  }
}

/** Covers every end that runs exit handlers; after a SIGKILL the record finds the server again. */
function endWithThisProcess(child: ChildProcess): void {
  // Through the handle, which knows when the pid is no longer the server's.
  const kill = () => child.kill('SIGTERM');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
}

async function identify(pid: number | undefined): Promise<ProcessIdentity> {
  const startTicks = pid === undefined ? undefined : await readStartTicks(pid);
  if (pid === undefined || startTicks === undefined) {
    throw new Error('The Temporal server ended as soon as it was started.');
  }
  return { pid, startTicks };
}

function serverArguments(request: LaunchRequest): string[] {
  const ui = request.uiPort === undefined ? ['--headless'] : ['--ui-port', `${request.uiPort}`];
  return [
    ['server', 'start-dev', '--disable-config-file', '--disable-config-env'],
    ['--ip', '127.0.0.1', '--port', `${request.port}`, ...ui, '--ui-disable-news-fetch'],
    ['--db-filename', databasePath(request.dataDir), '--namespace', request.namespace],
    repeat('--sqlite-pragma', PRAGMAS),
    repeat('--dynamic-config-value', toPairs(DYNAMIC_CONFIG)),
    repeat('--search-attribute', toPairs(request.searchAttributes)),
  ].flat();
}

function toPairs(values: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(values).map(([name, value]) => `${name}=${String(value)}`);
}

function repeat(flag: string, values: readonly string[]): string[] {
  return values.flatMap((value) => [flag, value]);
}

async function openLog(path: string): Promise<FileHandle> {
  await keepLogSmall(path);
  const log = await open(path, 'a');
  try {
    await log.appendFile(`${LOG_START_MARK} ${new Date().toISOString()}\n`);
    return log;
  } catch (error) {
    await log.close();
    throw error;
  }
}

async function keepLogSmall(path: string): Promise<void> {
  const size = await stat(path).then(
    (found) => found.size,
    () => 0,
  );
  if (size > LOG_BYTES_MAX) await rename(path, `${path}.1`);
}
