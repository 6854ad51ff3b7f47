/**
 * PagerDuty by its Events API v2: one alert an incident and one a question, each by a dedup key of its own.
 *
 * Invariants: nothing is acknowledged but by a person's signed answer, and no incident resolved before the engine
 * trades again; what is older than the end of its alert opens it no more, and an answer that is older than what
 * the incident's alert tells now does not quiet it; of a notice that changes two alerts, a change that was taken is not
 * sent again because the other was not.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Channel, Notice } from '../../activities/ports.js';
import { failure } from '../../workflows/failure.js';
import { plainText } from '../../workflows/domain/content/plain-text.js';
import { cutToBytes } from '../../workflows/domain/content/shortened.js';
import { headlineOf } from '../../workflows/domain/notices/headline.js';
import { pagesOf, type Page } from '../../workflows/domain/notices/pages.js';
import { stateOf } from '../../workflows/domain/notices/states.js';
import { createCalls, type Call } from './calls.js';
import { openNotes, type Note } from './notes.js';
import type { Places, SettingsOf } from './settings.js';

const LONGEST_KEY = 255;
/** Of an event 512 kB are taken. */
const MOST_DETAIL_BYTES = 16_000;

const Accepted = z.object({ status: z.literal('success') });

interface Service {
  call: Call;
  routingKey: string;
  url: string;
  name: string;
}

export function openPagerDuty(settings: SettingsOf<'pagerduty'>, places: Places): Channel {
  const { name, routingKey, url, timeoutMs } = settings;
  const service = { call: createCalls({ name, timeoutMs }), routingKey, url, name };
  const notes = openNotes(places.told, name);
  return {
    name,
    send: async (notice) => {
      for (const page of pagesOf(notice)) {
        await notes.ofIncident(page.alert, (note) => changeOnce(service, { notice, page, note }));
      }
    },
  };
}

interface Change {
  notice: Notice;
  page: Page;
  note: Note;
}

/** What was taken is noted with the alert that it changes. */
async function changeOnce(service: Service, change: Change): Promise<void> {
  const { notice, page, note } = change;
  if (isDone(change)) return;
  await enqueue(service, eventOf(notice, page));
  const { atMs } = notice;
  if (atMs === undefined) return;
  note.sent[keyOfSaying(notice)] = 'done';
  if (page.action === 'trigger') note.shownAtMs = Math.max(note.shownAtMs, atMs);
  if (page.action === 'resolve') note.endedAtMs = Math.max(note.endedAtMs, atMs);
}

/** Taken already, or too late to change anything. */
function isDone({ notice, page, note }: Change): boolean {
  const { atMs } = notice;
  if (atMs === undefined) return false;
  if (atMs < note.endedAtMs) return true;
  if (page.action === 'acknowledge' && atMs < note.shownAtMs) return true;
  return note.sent[keyOfSaying(notice)] === 'done';
}

/** The same state said anew, as of a difference that has come back, is another saying. */
function keyOfSaying({ dedupKey, atMs }: Notice): string {
  return `${dedupKey} ${atMs}`;
}

async function enqueue({ call, routingKey, url, name }: Service, event: object): Promise<void> {
  const { text } = await call({
    url: `${new URL(url).origin}/v2/enqueue`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ routing_key: routingKey, ...event }),
  });
  if (!isAccepted(text)) throw failure('NotificationFailed', `${name} answered without taking it`);
}

function eventOf(notice: Notice, { alert, action }: Page) {
  const event = { event_action: action, dedup_key: keyOf(alert) };
  return action === 'trigger' ? { ...event, client: 'Relight', payload: payloadOf(notice) } : event;
}

function payloadOf(notice: Notice) {
  const { engineId, incidentId, severity, text, answer, atMs } = notice;
  return {
    summary: headlineOf(notice),
    source: engineId,
    severity,
    component: engineId,
    group: incidentId,
    class: stateOf(notice),
    ...(atMs === undefined ? {} : { timestamp: new Date(atMs).toISOString() }),
    custom_details: {
      text: cutToBytes(plainText(text), MOST_DETAIL_BYTES),
      ...(answer === undefined ? {} : { approve: answer.approve, reject: answer.reject }),
    },
  };
}

/** Long ones are told apart by their hash. */
function keyOf(alert: string): string {
  if (alert.length <= LONGEST_KEY) return alert;
  return createHash('sha256').update(alert).digest('hex');
}

function isAccepted(text: string): boolean {
  try {
    return Accepted.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
