/**
 * The control plane's worker on its own version of the workflow code, and beside it workers for other
 * versions that have open work.
 *
 * Invariants: a version takes what begins before its worker polls, so no crash report waits for one that
 * nobody named; where the server knows no versions, or lets us name none and has none, the worker has
 * none either; a worker beside ends when its last recovery has ended.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from '@temporalio/worker';
import { createVersions, GONE_AFTER_MS } from '../../../clients/temporal/versions.js';
import { createKeeper } from './keep.js';
import { takesWhatBegins } from './taking.js';
import { createBeside, whyOf, workerFor, type Served } from './workers.js';

/** How often it looks what is open on which version. */
const LOOK_EVERY_MS = 10_000;

export interface Serving {
  worker: Worker;
  /** Ends the workers beside; the worker itself is the caller's to run and to end. Safe to repeat. */
  stop(): Promise<void>;
}

export async function serveVersions(
  served: Served,
  {
    everyMs = LOOK_EVERY_MS,
    goneAfterMs = GONE_AFTER_MS,
  }: { everyMs?: number; goneAfterMs?: number } = {},
): Promise<Serving> {
  const { connection, namespace, own, kept, logger } = served;
  await kept.keep(own.buildId, own.bundle).catch((error: unknown) => {
    const text = 'this version cannot be kept: after an upgrade its open recoveries will need it';
    logger.error({ version: own.buildId, why: whyOf(error) }, text);
  });
  const versions = createVersions({ connection, namespace });
  const isVersioned = await takesWhatBegins(versions, served);
  const worker = await workerFor(served, isVersioned ? own.buildId : null, own.bundle);
  if (!isVersioned) return { worker, stop: async () => undefined };
  const stopping = new AbortController();
  const beside = createBeside(served);
  const keeper = createKeeper(served, { versions, beside, goneAfterMs });
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await keeper.look();
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    worker,
    stop: async () => {
      stopping.abort();
      await looking;
      await beside.keepOnly([]);
    },
  };
}
