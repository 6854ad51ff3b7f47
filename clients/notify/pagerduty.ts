/**
 * PagerDuty by its Events API v2: one alert an incident, by one dedup key.
 *
 * Invariants: nothing is acknowledged but by a person's signed answer, and nothing resolved before the engine
 * trades again; what is older than the end of its incident opens it no more, and an answer that is older than
 * what it asks now does not quiet it.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Channel, Notice } from '../../activities/ports.js';
import { failure } from '../../workflows/failure.js';
import { plainText } from '../../workflows/domain/content/plain-text.js';
import { cutToBytes } from '../../workflows/domain/content/shortened.js';
import { headlineOf } from '../../workflows/domain/notices/headline.js';
import { rowOf, stateOf } from '../../workflows/domain/notices/states.js';
import { createCalls } from './calls.js';
import { openNotes } from './notes.js';
import type { Places, SettingsOf } from './settings.js';

const LONGEST_KEY = 255;
/** Of an event 512 kB are taken. */
const MOST_DETAIL_BYTES = 16_000;

const Accepted = z.object({ status: z.literal('success') });

export function openPagerDuty(settings: SettingsOf<'pagerduty'>, places: Places): Channel {
  const { name, routingKey, url, timeoutMs } = settings;
  const call = createCalls({ name, timeoutMs });
  const notes = openNotes(places.told, name);
  return {
    name,
    send: (notice) =>
      notes.ofIncident(notice.incidentId, async (note) => {
        const event = eventOf(notice);
        if (event === null || isOver(notice, note.endedAtMs)) return;
        const { event_action: action } = event;
        if (action === 'acknowledge' && isOver(notice, note.shownAtMs)) return;
        const { text } = await call({
          url: `${new URL(url).origin}/v2/enqueue`,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ routing_key: routingKey, ...event }),
        });
        if (!isAccepted(text)) {
          throw failure('NotificationFailed', `${name} answered without taking it`);
        }
        const saidAtMs = notice.atMs ?? 0;
        if (action === 'trigger') note.shownAtMs = Math.max(note.shownAtMs, saidAtMs);
        if (action === 'resolve') note.endedAtMs = Math.max(note.endedAtMs, saidAtMs);
      }),
  };
}

/** Null where the page stays as it is. */
function eventOf(notice: Notice) {
  const { paging } = rowOf(notice);
  if (paging === 'none') return null;
  const event = { event_action: paging, dedup_key: keyOf(notice.incidentId) };
  return paging === 'trigger' ? { ...event, client: 'Relight', payload: payloadOf(notice) } : event;
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

function isOver({ atMs }: Notice, byMs: number): boolean {
  return atMs !== undefined && atMs < byMs;
}

/** Long ones are told apart by their hash. */
function keyOf(incidentId: string): string {
  if (incidentId.length <= LONGEST_KEY) return incidentId;
  return createHash('sha256').update(incidentId).digest('hex');
}

function isAccepted(text: string): boolean {
  try {
    return Accepted.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
