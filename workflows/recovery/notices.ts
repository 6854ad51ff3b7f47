/**
 * Telling people of a recovery, beside its steps.
 *
 * Invariants: no notice changes the outcome; a channel that did not take one is tried on its own,
 * and the record tells of it until it took it or was given up; what interrupts a step interrupts no
 * notice.
 */
import { CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import type { Notice } from '../contract/index.js';
import { aftermath } from '../calls.js';
import { markdownLines, markdownWords } from '../domain/content/markdown.js';
import type { NoticeState } from '../domain/notices/states.js';
import { drillTitle } from '../domain/steering/drill.js';
import { withNotice, withSent } from '../domain/notices/told-notices.js';
import {
  withoutUndelivered,
  withUndelivered,
  type UndeliveredNotice,
} from '../domain/undelivered.js';
import type { Recovery } from './context.js';
import { publish } from './details.js';
import { reasonOf } from './reasons.js';

type Beside = Pick<Notice, 'answer' | 'question' | 'inPlaceOf' | 'report'>;
export type Message = Pick<Notice, 'severity' | 'title'> &
  Beside & {
    state: NoticeState;
    /** Names this state of this question within the incident. */
    key: string;
    /** Words, whose Markdown is none; or Markdown, in which all that comes from outside is words already. */
  } & ({ text: string } | { markdown: string });

/** At once and in the background: whoever ends the recovery waits for `recovery.background`. */
export function notice(recovery: Recovery, message: Message): void {
  const { incidentId, engineId, drill } = recovery.record;
  const { severity, key, state } = message;
  const title = drill === undefined ? message.title : drillTitle(message.title);
  const text = 'markdown' in message ? message.markdown : markdownLines(message.text);
  const dedupKey = `${incidentId}:${key}`;
  recovery.escalated ||= state === 'escalated';
  recovery.saidAtMs = Math.max(Date.now(), recovery.saidAtMs + 1);
  const said = { incidentId, engineId, severity, title, text, dedupKey };
  const told: Notice = {
    ...said,
    state,
    atMs: recovery.saidAtMs,
    ...besideOf(message),
    ...(recovery.escalated ? { escalated: true } : {}),
  };
  const { record } = recovery;
  record.notices = withNotice(record.notices, { dedupKey, title, severity, atMs: Date.now() });
  recovery.background.push(tellAll(recovery, told));
}

/** A field that is missing is not there: old histories have none of some. */
function besideOf({ answer, question, inPlaceOf, report }: Message): Beside {
  return {
    ...(answer === undefined ? {} : { answer }),
    ...(question === undefined ? {} : { question }),
    ...(inPlaceOf === undefined ? {} : { inPlaceOf }),
    ...(report === undefined ? {} : { report }),
  };
}

function noteSent({ record }: Recovery, { dedupKey }: Notice, channels: readonly string[]): void {
  record.notices = withSent(record.notices, dedupKey, channels);
}

/** As channels get it, which may draw all of it as Markdown; the record keeps the title as it is. */
function drawn(told: Notice): Notice {
  return { ...told, title: markdownWords(told.title) };
}

/**
 * False only while what ran before channels were tried on their own is replayed: a recovery that
 * began then has them tried from where it now is.
 */
export function retriesEachChannel(): boolean {
  return patched('notice-per-channel');
}

async function tellAll(recovery: Recovery, told: Notice): Promise<void> {
  try {
    const { undelivered = [], sent = [] } = await aftermath.notify(drawn(told));
    noteSent(recovery, told, sent);
    if (undelivered.length === 0 || !retriesEachChannel()) return;
    await CancellationScope.nonCancellable(() =>
      Promise.all(undelivered.map(({ channel, why }) => tellAgain(recovery, told, channel, why))),
    );
  } catch (error) {
    if (isCancellation(error) && retriesEachChannel()) {
      // Whether it was sent is unknown: told twice is better than not at all.
      await CancellationScope.nonCancellable(() => tellAll(recovery, told));
      return;
    }
    note(recovery, told, { channel: null, why: reasonOf(error), status: 'given_up' });
  }
}

async function tellAgain(
  recovery: Recovery,
  told: Notice,
  channel: string,
  why: string,
): Promise<void> {
  note(recovery, told, { channel, why, status: 'failing' });
  try {
    await aftermath.notifyChannel({ channel, notice: drawn(told) });
    noteSent(recovery, told, [channel]);
    const { record } = recovery;
    const { dedupKey } = told;
    record.undelivered = withoutUndelivered(record.undelivered ?? [], { dedupKey, channel });
    publish(recovery);
  } catch (error) {
    note(recovery, told, { channel, why: reasonOf(error), status: 'given_up' });
  }
}

function note(
  recovery: Recovery,
  { dedupKey, title }: Notice,
  what: Pick<UndeliveredNotice, 'channel' | 'why' | 'status'>,
): void {
  const { record } = recovery;
  const entry = { dedupKey, title, ...what, sinceMs: Date.now() };
  record.undelivered = withUndelivered(record.undelivered ?? [], entry);
  publish(recovery);
}
