/**
 * A thousand faults of channels, and nobody loses a state: the services themselves say what they were told.
 * Each is down, slow, refuses, and ends between taking something and answering, in an order that its seed repeats.
 */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import type { Notice } from '../../../activities/ports.js';
import { openNoticeOutbox } from '../../../activities/procedures/notices/notice-outbox.js';
import { createKeptNotices } from '../../../clients/notify/kept-notices.js';
import { seededRandom } from '../../../sandbox/venues/market/random.js';
import { rowOf } from '../../../workflows/domain/notices/states.js';
import { folderOf } from '../host/processes.js';
import { openAll, type Services } from './servers/all.js';
import { conversationOf } from './servers/conversation.js';
import { planOf } from './servers/faults.js';
import { eventKey, type PagerEvent } from './servers/pagerduty.js';

const FAULTS_EACH = 250;
const INCIDENTS = 45;
const BOUND_MS = 240_000;
const SEED = Number(process.env['RELIGHT_TEST_SEED'] ?? Date.now() % 100_000);

/** What each service has taken, repetitions too. */
function takenBy({ slack, smtp, hook, pagerDuty }: Services) {
  return {
    hooked: hook.keys,
    chatted: slack.messages.map(({ metadata }) => metadata.event_payload.key),
    mailed: smtp.mails.map(({ headers }) => headers.get('message-id') ?? ''),
    paged: pagerDuty.events.map(eventKey),
  };
}

/** Each alert that it changes; or over already: what is late opens none that has ended. */
function isPaged(notice: Notice, events: readonly PagerEvent[]): boolean {
  const { incidentId, question } = notice;
  const row = rowOf(notice);
  const isSaid = (alert: string, action: string) =>
    events.some((event) => {
      if (event.dedup_key !== alert) return false;
      if (event.event_action === 'resolve') return true;
      const isIt = event.event_action !== 'trigger' || event.payload.class === notice.state;
      return event.event_action === action && isIt;
    });
  return (
    (row.paging === 'none' || isSaid(incidentId, row.paging)) &&
    (row.question === undefined || isSaid(`${incidentId}:${question}`, row.question))
  );
}

function isTold(notices: readonly Notice[], services: Services): boolean {
  const { hooked, chatted, mailed } = takenBy(services);
  const isWhole = [hooked, chatted, mailed].every((keys) => new Set(keys).size === notices.length);
  return isWhole && notices.every((notice) => isPaged(notice, services.pagerDuty.events));
}

function repeatedMoreThanOnce(keys: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].flatMap(([key, count]) => (count > 2 ? [`${key}: ${count}`] : []));
}

test(`of 1,000 faults none loses a state, and a repetition is marked and single (seed ${SEED})`, async (t) => {
  const random = seededRandom(String(SEED));
  const [pager, chat, mail, hook] = [1, 2, 3, 4].map(() => planOf(FAULTS_EACH, random));
  const plans = { pager, chat, mail, hook } as Record<string, ReturnType<typeof planOf>>;
  const faults = Object.fromEntries(Object.entries(plans).map(([name, { next }]) => [name, next]));
  const folder = folderOf(t);
  const places = { told: `${folder}/told`, timeoutMs: 2_000 };
  const services = await openAll(t, faults as Parameters<typeof openAll>[1], places);
  const troubles: string[] = [];
  const outbox = await openNoticeOutbox(services.channels, createKeptNotices(`${folder}/notices`), {
    sleep,
    onTrouble: ({ why }) => void troubles.push(why),
    backOff: { minTimeout: 1, maxTimeout: 4 },
  });
  t.after(() => outbox.stop());
  const notices = Array.from({ length: INCIDENTS }, (_none, at) => conversationOf(`desk-${at}`));
  for (const notice of notices.flat()) await outbox.send(notice);
  const deadlineMs = Date.now() + BOUND_MS;
  while (!isTold(notices.flat(), services) && Date.now() < deadlineMs) await sleep(20);
  assert.ok(isTold(notices.flat(), services), 'everybody is told of everything');
  await sleep(500); // for repetitions that are under way

  const happened = Object.values(plans).map((plan) => plan.happened);
  t.diagnostic(JSON.stringify(happened));
  const total = happened.flatMap((of) => Object.values(of)).reduce((sum, count) => sum + count, 0);
  assert.equal(total, 4 * FAULTS_EACH, 'all have happened');
  const { hooked, chatted, mailed, paged } = takenBy(services);
  assert.deepEqual([hooked, mailed, paged].flatMap(repeatedMoreThanOnce), []);
  const keys = notices.flat().map(({ dedupKey }) => dedupKey);
  assert.deepEqual(chatted.toSorted(), keys.toSorted(), 'none at all where it can be looked up');
  const states = [...services.pagerDuty.alerts().values()];
  assert.deepEqual(
    states.filter((state) => state !== 'resolved'),
    [],
    'no alert is left open',
  );
  assert.deepEqual(services.pagerDuty.malformed, []);
  assert.deepEqual([services.slack.malformed, services.hook.unsigned], [[], 0]);
  assert.ok(!troubles.some((why) => /canary|127\.0\.0\.1/.test(why)), 'no secret in a failure');
});
