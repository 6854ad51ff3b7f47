/**
 * Slack: one message an incident, edited as things change, and a reply in its thread for each state, so that
 * phones buzz.
 *
 * Invariants: the message is found again by its `ts`, as noted here, else by the metadata that it carries; a
 * reply whose answer was lost is looked for before it is written again; what is older than what the message
 * shows, or says nothing of its open question, does not replace it.
 */
import { z } from 'zod';
import type { Channel, Notice } from '../../../activities/ports.js';
import { failure } from '../../../workflows/failure.js';
import { ringsSomebody, rowOf } from '../../../workflows/domain/notices/states.js';
import { createCalls } from '../calls.js';
import { openNotes, type Note } from '../notes.js';
import type { Places, SettingsOf } from '../settings.js';
import { createSlackApi, SlackRefused, type SlackApi } from './api.js';
import { drawn } from './message.js';

const EVENT = 'relight_notice';
/** Of the channel's last messages, and of a thread's; older ones are begun anew. */
const LOOKED_AT = 200;
const GONE = new Set(['message_not_found', 'thread_not_found', 'cant_update_message']);

const Posted = z.object({ ts: z.string() });
const Messages = z.object({
  messages: z.array(
    z.looseObject({
      ts: z.string(),
      thread_ts: z.string().optional(),
      metadata: z
        .looseObject({
          event_type: z.string(),
          event_payload: z.looseObject({
            incident: z.string().optional(),
            key: z.string().optional(),
          }),
        })
        .optional(),
    }),
  ),
});
type Message = z.infer<typeof Messages>['messages'][number];

interface Thread {
  api: SlackApi;
  channel: string;
  buttons: boolean;
}

export function openSlack(settings: SettingsOf<'slack'>, places: Places): Channel {
  const { name, channel, token, appToken, url, timeoutMs } = settings;
  const api = createSlackApi({ name, url, token, call: createCalls({ name, timeoutMs }) });
  const thread = { api, channel, buttons: appToken !== null };
  const notes = openNotes(places.told, name);
  return {
    name,
    send: (notice) =>
      notes.ofIncident(notice.incidentId, async (note) => {
        try {
          await tell(thread, notice, note);
        } catch (error) {
          if (!(error instanceof SlackRefused)) throw error;
          if (GONE.has(error.message)) note.messageId = null; // somebody has deleted it
          throw failure('NotificationFailed', `${name} refused: ${error.message}`);
        }
      }),
  };
}

async function tell(thread: Thread, notice: Notice, note: Note): Promise<void> {
  if (note.messageId === null && (await begins(thread, notice, note))) return;
  await replyOnce(thread, notice, note);
  await edit(thread, notice, note);
}

/** False where the message is there: of another machine, or of a process that died before it could note it. */
async function begins(thread: Thread, notice: Notice, note: Note): Promise<boolean> {
  const { api, channel } = thread;
  const { incidentId, dedupKey } = notice;
  const asked = { channel, limit: LOOKED_AT, include_all_metadata: true };
  const { messages } = await api.call('conversations.history', asked, Messages);
  const isRoot = ({ ts, thread_ts = ts }: Message) => thread_ts === ts;
  const found = messages.find((one) => isRoot(one) && ofIncident(one, incidentId) !== null);
  if (found === undefined) {
    const { ts } = await post(thread, notice, drawn(notice, thread));
    note.messageId = ts;
    shows(notice, note);
    note.sent[dedupKey] = 'done';
  } else {
    note.messageId = found.ts;
    note.isNew = true;
    const key = ofIncident(found, incidentId);
    if (key !== null) note.sent[key] = 'done';
  }
  await note.save();
  return found === undefined;
}

async function replyOnce(thread: Thread, notice: Notice, note: Note): Promise<void> {
  const { dedupKey } = notice;
  const known = note.sent[dedupKey];
  if (known === 'done') return;
  const mayBeThere = known === 'begun' || note.isNew;
  if (mayBeThere && (await isReplied(thread, notice, note))) {
    note.sent[dedupKey] = 'done';
    return;
  }
  note.sent[dedupKey] = 'begun';
  await note.save();
  // One that only who follows the thread is told of would wake nobody.
  const reply_broadcast = ringsSomebody(notice);
  const inThread = { thread_ts: note.messageId, reply_broadcast };
  await post(thread, notice, { ...drawn(notice, { buttons: false }), ...inThread });
  note.sent[dedupKey] = 'done';
  await note.save();
}

async function isReplied(
  { api, channel }: Thread,
  { incidentId, dedupKey }: Notice,
  { messageId }: Note,
): Promise<boolean> {
  const asked = { channel, ts: messageId, limit: LOOKED_AT, include_all_metadata: true };
  const { messages } = await api.call('conversations.replies', asked, Messages);
  return messages.some((one) => ofIncident(one, incidentId) === dedupKey);
}

function post({ api, channel }: Thread, notice: Notice, content: object) {
  const event_payload = { incident: notice.incidentId, key: notice.dedupKey };
  const metadata = { event_type: EVENT, event_payload };
  const quiet = { unfurl_links: false, unfurl_media: false };
  return api.call('chat.postMessage', { channel, ...content, metadata, ...quiet }, Posted);
}

/** The key of a message of ours about this incident; null where it is none. */
function ofIncident({ metadata }: Message, incidentId: string): string | null {
  if (metadata?.event_type !== EVENT) return null;
  const { incident, key = '' } = metadata.event_payload;
  return incident === incidentId ? key : null;
}

async function edit(thread: Thread, notice: Notice, note: Note): Promise<void> {
  if (!replaces(notice, note)) return;
  const { api, channel } = thread;
  const content = { channel, ts: note.messageId, ...drawn(notice, thread) };
  await api.call('chat.update', content, Posted);
  shows(notice, note);
}

function replaces(notice: Notice, { shownAtMs, gateId }: Note): boolean {
  if ((notice.atMs ?? Date.now()) < shownAtMs) return false;
  return gateId === null || notice.answer !== undefined || rowOf(notice).ends === true;
}

function shows({ atMs = Date.now(), answer }: Notice, note: Note): void {
  note.shownAtMs = atMs;
  note.gateId = answer?.gateId ?? null;
}
