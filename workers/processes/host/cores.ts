/**
 * The agent keeps the cores in its evidence within their bounds.
 *
 * Invariant: while Temporal cannot tell which incidents are open nothing is removed.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { pruneCores } from '../../../clients/host/forensics/cores/core-retention.js';
import { openIncidents } from '../../../clients/temporal/listed-recoveries.js';
import { enginesHere } from '../../config/engines.js';
import type { Config } from '../../config/schema.js';

const EVERY_MS = 3_600_000;

interface Keeping {
  config: Config;
  connect: () => Promise<Client>;
  logger: Logger;
}

/** Until the signal. Never fails. */
export async function keepCores(keeping: Keeping, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pruneAll(keeping).catch((error: unknown) => {
      const why = error instanceof Error ? error.name : 'unknown';
      keeping.logger.warn({ why }, 'old cores cannot be looked for: tried again in an hour');
    });
    await sleep(EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

async function pruneAll({ config, connect, logger }: Keeping): Promise<void> {
  const evidenceRoot = join(config.dataDir, 'evidence');
  const open = await openIncidents(await connect());
  for (const [engineId, { forensics }] of enginesHere(config)) {
    const of = { evidenceRoot, engineId, bounds: forensics.cores, openIncidents: open };
    const removed = await pruneCores(of, Date.now());
    for (const { path, bytes } of removed)
      logger.warn({ engineId, path, bytes }, 'old core removed');
  }
}
