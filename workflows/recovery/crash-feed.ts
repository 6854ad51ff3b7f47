/**
 * Crashes of the engine that this very recovery started: counted when they come, taken when the
 * procedure looks. An instance that the recovery stopped itself has not crashed.
 */
import { CancellationScope, condition, setHandler } from '@temporalio/workflow';
import * as messages from '../messages.js';
import type { Recovery } from './context.js';

const REPORT_WAIT = '2s';

export interface CrashFeed {
  /** Called at each crash while an attempt runs. */
  interrupt: (() => void) | null;
  /** True once per crash of the new engine. */
  take(): boolean;
  /** Resolves when a crash is pending. */
  next(): Promise<void>;
  /** A failing step may be the first sign of a crash whose report is on its way: a short wait. */
  mayExplain(): Promise<void>;
}

export function listenForCrashes({ record, instances }: Recovery): CrashFeed {
  let pending = 0;
  const feed: CrashFeed = {
    interrupt: null,
    next: () => CancellationScope.nonCancellable(() => condition(() => pending > 0)),
    mayExplain: async () => {
      if (instances.mayRun()) await condition(() => pending > 0, REPORT_WAIT);
    },
    take: () => {
      const crashed = pending > 0;
      pending = 0;
      return crashed;
    },
  };
  setHandler(messages.crashedAgain, ({ report, crashCount }) => {
    if (instances.stopped.has(report.instance.instanceId)) return;
    record.crashes.push(report);
    record.crashCount = crashCount;
    pending += 1;
    feed.interrupt?.();
  });
  return feed;
}
