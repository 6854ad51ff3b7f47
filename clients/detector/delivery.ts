/**
 * Delivers crash reports: at once where Temporal answers, again and again where it does not.
 *
 * Invariants: a report leaves the spool only after the guardian has answered all that is in it: what is
 * added while it is on its way makes it go once more; writes of one report to the spool follow each
 * other; who refuses a report is not called away.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Logger } from 'pino';
import type { CrashReport } from '../../workflows/domain/crash/report.js';
import type { CrashReceipt } from '../../workflows/messages.js';
import type { Spool } from './spool.js';

export interface GuardianLine {
  deliver(report: CrashReport): Promise<CrashReceipt>;
  /** Whether nobody was there to take it, or somebody did not take it. */
  isAway(error: unknown): boolean;
}

export interface Delivery {
  /**
   * Spools and delivers; resolves with what the guardian has answered last, or with null where it was
   * stopped before. `onSafe` is called as soon as the report cannot be lost any more: it is on disk, or
   * the guardian has it.
   */
  send(report: CrashReport, onSafe: () => void): Promise<CrashReport | null>;
  /** More is known of a report that was sent: it goes along where it is not delivered yet. */
  update(report: CrashReport): void;
  /** It is not so any more: it is not delivered, where it is not yet. */
  withdraw(report: CrashReport): Promise<void>;
  /** What an earlier life of the detector left behind; what never came up is looked at anew in place of it. */
  resume(): Promise<void>;
  stop(): void;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;
/** Until somebody has put right where the engine lives. */
const REFUSED_WAIT_MS = 60_000;
const LONGEST_WHY = 300;

interface Undelivered {
  report: CrashReport;
  inOrder: LimitFunction;
  over: AbortController;
}

export function createDelivery(spool: Spool, line: GuardianLine, logger: Logger): Delivery {
  const stopping = new AbortController();
  const { signal } = stopping;
  const undelivered = new Map<string, Undelivered>();

  async function put({ report, inOrder }: Undelivered, onSafe: () => void): Promise<void> {
    await inOrder(() => spool.put(report)).then(onSafe, (error: unknown) => {
      logger.error({ why: codeOf(error) }, 'the report cannot be spooled: it is only in memory');
    });
  }

  async function send(report: CrashReport, onSafe: () => void): Promise<CrashReport | null> {
    const key = keyOf(report);
    const entry: Undelivered = { report, inOrder: pLimit(1), over: new AbortController() };
    const until = AbortSignal.any([signal, entry.over.signal]);
    undelivered.set(key, entry);
    // Side by side: neither may the disk delay or fail the report, nor the network the spool.
    const [told] = await Promise.all([
      untilDelivered({ line, logger, signal: until }, entry),
      put(entry, onSafe),
    ]);
    if (undelivered.get(key) === entry) undelivered.delete(key);
    if (told === null) return null;
    onSafe();
    if (told === entry.report) await forget(entry);
    return told;
  }

  async function forget({ report, inOrder }: Undelivered): Promise<void> {
    await inOrder(() => spool.remove(report)).catch((error: unknown) => {
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
    async withdraw(report) {
      const entry = undelivered.get(keyOf(report));
      if (entry === undefined) return;
      entry.over.abort();
      undelivered.delete(keyOf(report));
      await forget(entry);
    },
    async resume() {
      for (const report of await spool.pending()) {
        if (report.instance.pid === null) await spool.remove(report).catch(() => undefined);
        else void send(report, () => undefined);
      }
    },
    stop() {
      stopping.abort();
    },
  };
}

/** Each try takes the report as it is then; null where it was stopped before all was told. */
async function untilDelivered(
  { line, logger, signal }: { line: GuardianLine; logger: Logger; signal: AbortSignal },
  entry: Undelivered,
): Promise<CrashReport | null> {
  const { engineId, instance } = entry.report;
  const fields = { engineId, instanceId: instance.instanceId };
  for (
    let waitMs = FIRST_WAIT_MS;
    !signal.aborted;
    waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
  ) {
    try {
      const { report } = entry;
      const receipt = await line.deliver(report);
      if (receipt.disposition === 'refused') {
        waitMs = Math.max(waitMs, REFUSED_WAIT_MS);
        const trouble = { ...fields, why: receipt.reason, waitMs };
        logger.error(trouble, 'NOT RECOVERED: the guardian refuses the report; it is sent again');
        await sleep(waitMs, undefined, { signal }).catch(() => undefined);
        continue;
      }
      logger.info({ ...fields, receipt, afterMs: Date.now() - report.detectedAtMs }, 'reported');
      if (entry.report === report) return report;
      waitMs = FIRST_WAIT_MS; // more was seen meanwhile
    } catch (error) {
      const trouble = { ...fields, why: whyOf(error), waitMs };
      if (line.isAway(error)) logger.warn(trouble, 'Temporal is away: the report stays spooled');
      else logger.error(trouble, 'the report is not taken: it stays spooled and is sent again');
      await sleep(waitMs, undefined, { signal }).catch(() => undefined);
    }
  }
  return null;
}

/** What a server said stands in the cause, where there is one. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`.slice(0, LONGEST_WHY);
}

function keyOf({ engineId, instance }: CrashReport): string {
  return JSON.stringify([engineId, instance.instanceId]);
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown';
}
