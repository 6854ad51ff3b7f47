/**
 * Delivers crash reports: at once where Temporal answers, again and again where it does not.
 *
 * Invariant: a report leaves the spool only after the guardian has answered it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { CrashReport } from '../../workflows/domain/crash.js';
import type { CrashReceipt } from '../../workflows/messages.js';
import type { Spool } from './spool.js';

export type Deliver = (report: CrashReport) => Promise<CrashReceipt>;

export interface Delivery {
  /** Spools and delivers; resolves when the guardian has answered. */
  send(report: CrashReport): Promise<void>;
  /** What an earlier life of the detector left behind. */
  resume(): Promise<void>;
  stop(): void;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

export function createDelivery(spool: Spool, deliver: Deliver, logger: Logger): Delivery {
  const stopping = new AbortController();

  async function untilDelivered(report: CrashReport): Promise<void> {
    const fields = { engineId: report.engineId, instanceId: report.instance.instanceId };
    for (
      let waitMs = FIRST_WAIT_MS;
      !stopping.signal.aborted;
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
    ) {
      try {
        const receipt = await deliver(report);
        logger.info({ ...fields, receipt, afterMs: Date.now() - report.detectedAtMs }, 'reported');
        return;
      } catch (error) {
        const why = error instanceof Error ? error.message : 'unknown';
        logger.warn({ ...fields, why, waitMs }, 'Temporal is away: the report stays spooled');
        await sleep(waitMs);
      }
    }
  }

  async function send(report: CrashReport): Promise<void> {
    // Side by side: the disk must not delay the report, nor the network the spool.
    const spooled = spool.put(report);
    await Promise.all([spooled, untilDelivered(report)]);
    if (!stopping.signal.aborted) await spool.remove(report);
  }

  return {
    send,
    async resume() {
      for (const report of await spool.pending()) void send(report);
    },
    stop() {
      stopping.abort();
    },
  };
}
