/**
 * Crashes that the guardian passes on while this recovery is open: of an engine that it started, or
 * of one that somebody else started meanwhile. Noted when they come, taken when the procedure looks.
 *
 * Invariants: what is seen of one later is added to it; an instance that the recovery stopped itself has not crashed; what nobody has taken at
 * the end is given back.
 */
import { CancellationScope, condition, setHandler } from '@temporalio/workflow';
import type { CrashReport } from '../../domain/crash/report.js';
import { addReport } from '../../domain/crash/sightings.js';
import * as messages from '../../messages.js';
import type { Recovery } from '../context.js';

const REPORT_WAIT = '2s';

export interface CrashFeed {
  /** Called at each crash while an attempt runs. */
  interrupt: (() => void) | null;
  /** True where something crashed since it was last asked: an attempt deals with all of it. */
  take(): boolean;
  /** The latest that nobody has taken; null where there is none. */
  left(): CrashReport | null;
  /** Resolves when a crash is pending. */
  next(): Promise<void>;
  /** A failing step may be the first sign of a crash whose report is on its way: a short wait. */
  mayExplain(): Promise<void>;
}

export function listenForCrashes({ record, instances }: Recovery): CrashFeed {
  let pending: CrashReport[] = [];
  const feed: CrashFeed = {
    interrupt: null,
    next: () => CancellationScope.nonCancellable(() => condition(() => pending.length > 0)),
    mayExplain: async () => {
      if (instances.mayLive().length > 0) {
        await condition(() => pending.length > 0, REPORT_WAIT, {
          summary: 'did the engine crash?',
        });
      }
    },
    take: () => {
      const crashed = pending.length > 0;
      pending = [];
      return crashed;
    },
    left: () => pending.at(-1) ?? null,
  };
  setHandler(messages.crashedAgain, ({ report, crashCount }) => {
    if (instances.stopped.has(report.instance.instanceId)) return;
    record.crashes.push(report);
    record.crashCount = crashCount;
    pending.push(report);
    feed.interrupt?.();
  });
  setHandler(messages.moreSeen, (more) => {
    record.crashes = record.crashes.map((report) =>
      report.instance.instanceId === more.instance.instanceId ? addReport(report, more) : report,
    );
  });
  return feed;
}
