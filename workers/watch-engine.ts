/**
 * Continuous reconciliation of a live engine, and the alarm when a difference stays unexplained.
 *
 * Invariant: a pass that fails as a whole is an alarm too, and never the end of the watch.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { describeError } from '../activities/errors.js';
import type { Notice, Notifier } from '../activities/ports.js';
import type { ReconcileAnswer, WatchOptions } from '../clients/cli/operations.js';
import { bookTroubles } from '../workflows/domain/books.js';
import { NOTHING_WATCHED, nextWatch, type WatchStep } from '../workflows/domain/watch.js';
import { composeWebhooks, engineOf } from './compose.js';
import { ConfigError, type Config } from './config.js';
import { reconcileNow } from './reconcile-now.js';

const NO_COUNTS = { match: 0, explained: 0, dust: 0, unexplained: 0, unknown: 0 };

export async function watchEngine(
  config: Config,
  engineId: string,
  { everyMs, onPass, signal }: WatchOptions,
): Promise<string[]> {
  engineOf(config, engineId); // a wrong name must not look like a quiet watch
  const notifiers = composeWebhooks(config);
  let watched = NOTHING_WATCHED;
  while (!signal.aborted) {
    const answer = await readOnce(config, engineId);
    const orders = answer.orders && bookTroubles(answer.orders);
    const step = nextWatch(watched, { ...answer, orders });
    watched = step.state;
    const { source, counts } = answer;
    const open = [...watched.raised];
    onPass({ atMs: Date.now(), engineId, source, counts, ...step, open });
    await tell(notifiers, engineId, step);
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
  return [...watched.raised];
}

/** Where there is nothing to compare with, the engine itself is what cannot be read. */
async function readOnce(config: Config, engineId: string): Promise<ReconcileAnswer> {
  try {
    return await reconcileNow(config, engineId);
  } catch (error) {
    const why = error instanceof ConfigError ? error.message : describeError(error);
    const unreadable = [{ venue: engineId, why }];
    const nothing = { counts: NO_COUNTS, fillsApplied: 0, gaps: [], lines: [], orders: null };
    return { engineId, source: why, unreadable, ...nothing };
  }
}

async function tell(
  notifiers: Notifier[],
  engineId: string,
  { raised, cleared }: WatchStep,
): Promise<void> {
  const notices: Notice[] = [
    ...(raised.length === 0 ? [] : [noticeOf(engineId, 'critical', 'do not agree', raised)]),
    ...(cleared.length === 0 ? [] : [noticeOf(engineId, 'info', 'agree again', cleared)]),
  ];
  for (const notice of notices) {
    // A channel that is down is no reason to stop watching; the pass itself is printed.
    await Promise.allSettled(notifiers.map((notifier) => notifier.send(notice)));
  }
}

function noticeOf(
  engineId: string,
  severity: Notice['severity'],
  what: string,
  troubles: string[],
): Notice {
  return {
    incidentId: `watch/${engineId}`,
    engineId,
    severity,
    title: `${engineId}: its books and the venues ${what}: ${troubles.join(', ')}`,
    text: 'Look at it with: relight reconcile',
    dedupKey: `watch/${engineId}/${severity}/${troubles.join(',')}/${Date.now()}`,
  };
}
