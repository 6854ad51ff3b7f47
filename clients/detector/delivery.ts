/**
 * Delivers crash reports: at once where Temporal answers, again and again where it does not.
 *
 * Invariant: a report leaves the spool only after the guardian has answered it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { CrashReport } from '../../workflows/domain/crash/report.js';
import type { CrashReceipt } from '../../workflows/messages.js';
import type { Spool } from './spool.js';

export type Deliver = (report: CrashReport) => Promise<CrashReceipt>;

export interface Delivery {
  /**
   * Spools and delivers; resolves when the guardian has answered. `onSafe` is called as soon as the
   * report cannot be lost any more: it is on disk, or the guardian has it.
   */
  send(report: CrashReport, onSafe: () => void): Promise<void>;
  /** What an earlier life of the detector left behind. */
  resume(): Promise<void>;
  stop(): void;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

export function createDelivery(spool: Spool, deliver: Deliver, logger: Logger): Delivery {
  const stopping = new AbortController();

  /** False where it was stopped before. */
  async function untilDelivered(report: CrashReport): Promise<boolean> {
    const fields = { engineId: report.engineId, instanceId: report.instance.instanceId };
    for (
      let waitMs = FIRST_WAIT_MS;
      !stopping.signal.aborted;
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
    ) {
      try {
        const receipt = await deliver(report);
        logger.info({ ...fields, receipt, afterMs: Date.now() - report.detectedAtMs }, 'reported');
        return true;
      } catch (error) {
        const why = error instanceof Error ? error.message : 'unknown';
        logger.warn({ ...fields, why, waitMs }, 'Temporal is away: the report stays spooled');
        await sleep(waitMs);
      }
    }
    return false;
  }

  async function send(report: CrashReport, onSafe: () => void): Promise<void> {
    // Side by side: neither may the disk delay or fail the report, nor the network the spool.
    const spooled = spool.put(report).then(onSafe, (error: unknown) => {
      logger.error({ why: codeOf(error) }, 'the report cannot be spooled: it is only in memory');
    });
    const [delivered] = await Promise.all([untilDelivered(report), spooled]);
    if (!delivered) return;
    onSafe();
    await spool.remove(report).catch((error: unknown) => {
      logger.warn({ why: codeOf(error) }, 'a delivered report stays spooled');
    });
  }

  return {
    send,
    async resume() {
      for (const report of await spool.pending()) void send(report, () => undefined);
    },
    stop() {
      stopping.abort();
    },
  };
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
