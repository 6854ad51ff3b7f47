/**
 * A recovery that is told to end, by somebody who may: the engine is not left half-way.
 *
 * Invariants: the first word counts; it ends an attempt, an open question and a wait at once; an engine that
 * has begun to trade under this recovery leaves no orders of its own behind.
 */
import { CancellationScope, condition, log, setHandler } from '@temporalio/workflow';
import * as messages from '../../messages.js';

export interface AbortFeed {
  /** Null until somebody has said so. */
  said: messages.Abort | null;
  /** The engine is its guardian's again, and what is said of this recovery stops nothing. */
  isTooLate: boolean;
  /** Called when it is said, while something runs that it ends. */
  interrupt: (() => void) | null;
  /** Resolves when it is said. */
  next(): Promise<void>;
}

export function listenForAbort(): AbortFeed {
  const feed: AbortFeed = {
    said: null,
    isTooLate: false,
    interrupt: null,
    next: () => CancellationScope.nonCancellable(() => condition(() => feed.said !== null)),
  };
  setHandler(messages.abortRecovery, (abort) => {
    if (feed.isTooLate) {
      log.warn('told to end, and over already', { ...abort });
      return;
    }
    feed.said ??= abort;
    feed.interrupt?.();
  });
  return feed;
}
