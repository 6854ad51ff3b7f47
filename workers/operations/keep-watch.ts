/**
 * Continuous reconciliation of a live engine, and the alarm when a difference stays unexplained.
 *
 * Invariants: a pass that fails as a whole is an alarm too, and never the end of the watch; a pass
 * is shown before anybody is told, so that a channel that is down hides nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Notice } from '../../activities/ports.js';
import { createNoticeQueues } from '../../activities/procedures/notices/deliver-notices.js';
import type { ReconcileAnswer, WatchPass } from '../../clients/cli/answers/schemas.js';
import type { WatchOptions } from '../../clients/cli/operations.js';
import { markdownWords } from '../../workflows/domain/content/markdown.js';
import { shortened } from '../../workflows/domain/content/shortened.js';
import type { NoticeState } from '../../workflows/domain/notices/states.js';
import {
  NOTHING_WATCHED,
  nextWatch,
  type EngineSeen,
  type Trouble,
  type WatchReading,
  type WatchStep,
} from '../../workflows/domain/reconciliation/watch.js';
import { watchIdOf } from '../../workflows/ids.js';
import { composeChannels } from '../compose/channels.js';
import { engineOf } from '../config/engines.js';
import type { Config } from '../config/schema.js';
import { nothingCompared, reconcileNow } from './reconcile-now.js';
import { whyOf } from './why.js';

export async function watchEngine(
  config: Config,
  engineId: string,
  { everyMs, onPass, onUndelivered, signal }: WatchOptions,
): Promise<WatchPass | null> {
  engineOf(config, engineId); // a wrong name must not look like a quiet watch
  const queues = createNoticeQueues(composeChannels(config));
  let watched = NOTHING_WATCHED;
  let last: WatchPass | null = null;
  while (!signal.aborted) {
    const { answer, reading } = await readOnce(config, engineId);
    const step = nextWatch(watched, reading);
    watched = step.state;
    last = passOf(answer, step);
    onPass(last);
    const failing = await queues.send(noticesOf(last));
    for (const each of failing) onUndelivered(each);
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
  return last;
}

interface Read {
  answer: ReconcileAnswer;
  reading: WatchReading;
}

async function readOnce(config: Config, engineId: string): Promise<Read> {
  try {
    const answer = await reconcileNow(config, engineId);
    return { answer, reading: readingOf(answer, engineSeen(answer)) };
  } catch (error) {
    const answer = nothingCompared(engineId, whyOf(error));
    return { answer, reading: readingOf(answer, { kind: 'not_asked' }) };
  }
}

function engineSeen({ source }: ReconcileAnswer): EngineSeen {
  return source.kind === 'engine' ? { kind: 'answers' } : { kind: 'silent', why: source.why };
}

function readingOf(answer: ReconcileAnswer, engine: EngineSeen): WatchReading {
  const { source, lines, unreadable, orders } = answer;
  return source.kind === 'nothing'
    ? { engine, orders, figures: { kind: 'nothing', why: source.why } }
    : { engine, orders, figures: { kind: 'compared', lines, unreadable } };
}

function passOf(answer: ReconcileAnswer, { state, raised, cleared }: WatchStep): WatchPass {
  const { engineId, source, counts, unreadable } = answer;
  const open = [...state.open];
  return { atMs: Date.now(), engineId, source, counts, unreadable, raised, cleared, open };
}

function noticesOf({ engineId, atMs, raised, cleared, open }: WatchPass): Notice[] {
  const about = { engineId, atMs };
  // What is left keeps its page.
  const state = open.length === 0 ? 'over' : 'news';
  return [
    ...(raised.length === 0 ? [] : [noticeOf('critical', raised, { ...about, state: 'alarm' })]),
    ...(cleared.length === 0 ? [] : [noticeOf('info', cleared, { ...about, state })]),
  ];
}

const NAMED = 5;
const LISTED = 100;

function noticeOf(
  severity: Notice['severity'],
  troubles: readonly Trouble[],
  { engineId, atMs, state }: { engineId: string; atMs: number; state: NoticeState },
): Notice {
  const texts = troubles.map(({ text }) => markdownWords(text));
  const what = severity === 'critical' ? 'ALARM' : 'over';
  return {
    incidentId: watchIdOf(engineId),
    engineId,
    severity,
    title: `${markdownWords(engineId)}: ${what}: ${shortened(texts, NAMED).join('; ')}`,
    text: `${shortened(texts, LISTED).join('\n')}\nLook at it with: relight reconcile`,
    dedupKey: `${watchIdOf(engineId)}/${severity}/${atMs}`,
    state,
    atMs,
  };
}
