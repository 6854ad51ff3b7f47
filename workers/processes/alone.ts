/**
 * One `up`, one worker and one agent for each data folder of this machine, and none of them
 * without the `up` that started it: two agents would both act on one crash.
 */
import { realpath } from 'node:fs/promises';
import type { Logger } from 'pino';
import { disk } from '../../clients/files/disk.js';
import { makeOwnFolders } from '../../clients/files/folders.js';
import { exclusively, holdLock, LockHeld } from '../../clients/host/exclusive.js';
import { ConfigError } from '../config/error.js';
import type { Config } from '../config/schema.js';
import { hasSupervisor, isSupervised } from './supervisor.js';

/** One that was killed has freed its lock by then; one that drains needs longer. */
const WAIT_MS = 1_000;
const SUPERVISED_WAIT_MS = 30_000;
const LOOK_EVERY_MS = 1_000;
const DRAIN_WAIT_MS = 15_000;

export async function alone(
  { dataDir }: Config,
  part: 'up' | 'worker' | 'agent',
  run: () => Promise<void>,
): Promise<void> {
  await makeOwnFolders(dataDir, disk);
  const timeoutMs = isSupervised() ? SUPERVISED_WAIT_MS : WAIT_MS;
  // One folder under two names must be one lock.
  const name = `${part}:${await realpath(dataDir)}`;
  let ours = false;
  try {
    await exclusively(name, { timeoutMs }, async () => {
      ours = true;
      await run();
    });
  } catch (error) {
    if (ours || !(error instanceof LockHeld)) throw error;
    throw new ConfigError(
      `Another "relight ${part}" already runs on ${dataDir}. ` +
        'Stop it first, or name another dataDir in the configuration.',
    );
  }
}

/**
 * One agent for each host name of this machine, whatever its data folder: at one server both would poll
 * one task queue. An embedded server is of its data folder, so its agents are no two.
 */
export async function aloneOfHost(
  { host, temporal: { address, namespace } }: Config,
  run: () => Promise<void>,
): Promise<void> {
  if (address === null) return run();
  const lock = await holdLock(`agent-of-host:${host}@${address}/${namespace}`);
  if (lock === null) {
    throw new ConfigError(
      `Another "relight agent" of host "${host}" already runs on this machine, for the Temporal ` +
        `server ${address}. Stop it first, or give this one a host of its own in the configuration.`,
    );
  }
  try {
    await run();
  } finally {
    await lock.release();
  }
}

/** What `up` started ends with it, also where `up` was killed; engines never do. */
export function endWithSupervisor(logger: Logger): void {
  if (!isSupervised()) return;
  const timer = setInterval(() => {
    if (hasSupervisor()) return;
    clearInterval(timer);
    logger.warn('the "relight up" that started this process is gone: ending');
    setTimeout(() => process.exit(1), DRAIN_WAIT_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  }, LOOK_EVERY_MS);
  timer.unref();
}
