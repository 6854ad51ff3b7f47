/**
 * Delivers crash reports: at once where Temporal answers, again and again where it does not.
 *
 * Invariants: a report leaves the spool only after the guardian has answered it; what is added to a
 * report before goes with the next try; writes of one report to the spool follow each other.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';
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
  /** More is known of a report that was sent: it goes along where it is not delivered yet. */
  update(report: CrashReport): void;
  /** What an earlier life of the detector left behind. */
  resume(): Promise<void>;
  stop(): void;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

interface Undelivered {
  report: CrashReport;
  inOrder: LimitFunction;
}

export function createDelivery(spool: Spool, deliver: Deliver, logger: Logger): Delivery {
  const stopping = new AbortController();
  const { signal } = stopping;
  const undelivered = new Map<string, Undelivered>();

  async function put({ report, inOrder }: Undelivered, onSafe: () => void): Promise<void> {
    await inOrder(() => spool.put(report)).then(onSafe, (error: unknown) => {
      logger.error({ why: codeOf(error) }, 'the report cannot be spooled: it is only in memory');
    });
  }

  async function send(report: CrashReport, onSafe: () => void): Promise<void> {
    const entry: Undelivered = { report, inOrder: pLimit(1) };
    undelivered.set(keyOf(report), entry);
    // Side by side: neither may the disk delay or fail the report, nor the network the spool.
    const [delivered] = await Promise.all([
      untilDelivered({ deliver, logger, signal }, entry),
      put(entry, onSafe),
    ]);
    undelivered.delete(keyOf(report));
    if (!delivered) return;
    onSafe();
    await entry
      .inOrder(() => spool.remove(report))
      .catch((error: unknown) => {
        logger.warn({ why: codeOf(error) }, 'a delivered report stays spooled');
      });
  }

  return {
    send,
    update(report) {
      const entry = undelivered.get(keyOf(report));
      if (entry === undefined) return;
      entry.report = report;
      void put(entry, () => undefined);
    },
    async resume() {
      for (const report of await spool.pending()) void send(report, () => undefined);
    },
    stop() {
      stopping.abort();
    },
  };
}

/** False where it was stopped before. Each try takes the report as it is then. */
async function untilDelivered(
  { deliver, logger, signal }: { deliver: Deliver; logger: Logger; signal: AbortSignal },
  entry: Undelivered,
): Promise<boolean> {
  const { engineId, instance } = entry.report;
  const fields = { engineId, instanceId: instance.instanceId };
  for (
    let waitMs = FIRST_WAIT_MS;
    !signal.aborted;
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
  ) {
    try {
      const { report } = entry;
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

function keyOf({ engineId, instance }: CrashReport): string {
  return JSON.stringify([engineId, instance.instanceId]);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
