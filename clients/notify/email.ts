/**
 * E-mail: a message for each state, all of an incident in one thread, the report at its end.
 *
 * Invariants: the same state has the same `Message-ID`, so that a repetition is known for one; for whom a server
 * is known to have taken it, it is not sent again, and a mailbox that was refused is tried until it is taken; a
 * server that answers without end is left; a failure names a code, never an address, a user or a reply.
 */
import { createHash } from 'node:crypto';
import { Socket } from 'node:net';
import { basename, resolve, sep } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Channel, Notice } from '../../activities/ports.js';
import { failure } from '../../workflows/failure.js';
import { counted } from '../../workflows/domain/content/counted.js';
import { plainText } from '../../workflows/domain/content/plain-text.js';
import { cutToBytes } from '../../workflows/domain/content/shortened.js';
import { headlineOf } from '../../workflows/domain/notices/headline.js';
import { disk } from '../files/disk.js';
import { headerText } from './header.js';
import { openNotes } from './notes.js';
import type { Places, SettingsOf } from './settings.js';

const MOST_TEXT_BYTES = 100_000;
/** Many servers take 10 MB, of which a third goes to base64. */
const MOST_REPORT_BYTES = 6 * 1024 * 1024;
/** Every answer may come within its time, and all of them be without end. */
const MOST_TIMEOUTS = 3;
const PRIORITIES = { info: 'normal', warning: 'normal', critical: 'high' } as const;

export function openEmail(settings: SettingsOf<'email'>, { told, reports }: Places): Channel {
  const { name } = settings;
  const notes = openNotes(told, name);
  return {
    name,
    send: (notice) =>
      notes.ofIncident(notice.incidentId, async (note) => {
        const keyOf = (mailbox: string) => `${notice.dedupKey} ${mailbox}`;
        if (note.sent[notice.dedupKey] === 'done') return;
        const left = settings.to.filter((mailbox) => note.sent[keyOf(mailbox)] !== 'done');
        const report = await reportOf(notice, reports);
        const refused = await post(settings, { ...mailOf(notice, settings), ...report }, left);
        if (refused.length === 0) {
          note.sent[notice.dedupKey] = 'done';
          return;
        }
        for (const mailbox of left) {
          if (!refused.includes(mailbox)) note.sent[keyOf(mailbox)] = 'done';
        }
        const those = `${refused.length} of ${counted(settings.to.length, 'mailbox', 'mailboxes')}`;
        throw failure('NotificationFailed', `${settings.name} does not take it for ${those}`);
      }),
  };
}

type Mail = ReturnType<typeof mailOf> & Attached;

interface Attached {
  attachments?: { filename: string; content: Buffer }[];
}

/** Gives those of `to` for whom it was not taken, while it was for others. */
async function post(settings: SettingsOf<'email'>, mail: Mail, to: string[]): Promise<string[]> {
  const { name, host, port, security, user, password, timeoutMs } = settings;
  const socket = new Socket();
  const late = setTimeout(() => socket.destroy(), MOST_TIMEOUTS * timeoutMs);
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    ...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
    socket,
  });
  try {
    const { rejected } = await transport.sendMail({ ...mail, envelope: { from: mail.from, to } });
    const refused = new Set(rejected.map((mailbox) => mailbox.toLowerCase()));
    return to.filter((mailbox) => refused.has(mailbox.toLowerCase()));
  } catch (error) {
    const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
    const words = [code, responseCode].filter((word) => /^[A-Z0-9]{1,20}$/.test(String(word)));
    throw failure(
      'NotificationFailed',
      `${name} does not take it (${words.join(' ') || 'failed'})`,
    );
  } finally {
    clearTimeout(late);
    transport.close();
  }
}

function mailOf(notice: Notice, { sender, to }: SettingsOf<'email'>) {
  const { incidentId, dedupKey, severity, text, answer } = notice;
  const id = idOf(dedupKey, sender);
  const first = idOf(`${incidentId}:crashed`, sender);
  const thread = id === first ? {} : { inReplyTo: first, references: [first] };
  return {
    messageId: id,
    ...thread,
    from: sender,
    to,
    subject: headlineOf(notice),
    text: cutToBytes(bodyOf(notice, text), MOST_TEXT_BYTES),
    // A question waits for somebody, however little it is about.
    priority: answer === undefined ? PRIORITIES[severity] : 'high',
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Relight-Incident': headerText(incidentId) },
  };
}

function bodyOf({ answer, incidentId }: Notice, markdown: string): string {
  const text = plainText(markdown);
  const isTold = answer === undefined || text.includes(answer.approve);
  const how = isTold ? [] : ['', 'To answer, where your key is:', answer.approve, answer.reject];
  return [text, ...how, '', `Incident ${incidentId}`].join('\n');
}

function idOf(key: string, sender: string): string {
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 40);
  return `<${digest}.relight@${sender.slice(sender.lastIndexOf('@') + 1)}>`;
}

/** Of another machine, or too large: the text says where it is. */
async function reportOf({ report }: Notice, reports: string | undefined): Promise<Attached> {
  if (report === undefined || reports === undefined) return {};
  if (!resolve(report).startsWith(resolve(reports) + sep)) return {};
  const content = await disk.read(report, MOST_REPORT_BYTES).catch(() => null);
  return content === null ? {} : { attachments: [{ filename: basename(report), content }] };
}
