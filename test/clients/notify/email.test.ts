/** E-mail over a real SMTP server: one thread an incident, the report at its end, no secret in a failure. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openChannel } from '../../../clients/notify/index.js';
import { markdownCode } from '../../../workflows/domain/content/markdown.js';
import { folderOf } from '../host/processes.js';
import { conversationOf, noticeOf } from './servers/conversation.js';
import { LOGIN, openMailServer, type MailServer } from './servers/mail.js';

function settingsOf({ port }: Pick<MailServer, 'port'>, more: object = {}) {
  const server = { kind: 'email', name: 'mail', host: '127.0.0.1', port, security: 'none' };
  const people = { sender: 'relight@desk.test', to: ['mei@desk.test', 'li@desk.test'] };
  return { ...server, ...people, ...more } as Parameters<typeof openChannel>[0];
}

test('an incident is one thread, each state a message of its own id', async (t) => {
  const server = await openMailServer(t);
  const mail = openChannel(settingsOf(server));
  for (const notice of conversationOf('desk')) await mail.send(notice);
  const [first, ...others] = server.mails;
  const id = first?.headers.get('message-id');
  assert.equal(others.length, 5);
  assert.deepEqual(
    others.map(({ headers }) => [headers.get('in-reply-to'), headers.get('references')]),
    others.map(() => [id, id]),
  );
  assert.equal(new Set(server.mails.map(({ headers }) => headers.get('message-id'))).size, 6);
  assert.deepEqual(first?.to, ['mei@desk.test', 'li@desk.test']);
  assert.equal(first?.headers.get('subject'), 'desk: crashed at 1.5 BTC <!channel>');
  assert.equal(commandsIn(others[1]?.raw ?? ''), 1);
});

function commandsIn(raw: string): number {
  const whole = raw.replaceAll('=\r\n', '');
  return whole.split('relight approve desk/desk-e0/exposure --evidence').length - 1;
}

test('a command that the text has stands there once', async (t) => {
  const server = await openMailServer(t);
  const notice = noticeOf('desk', 'asked', 0);
  const text = `- approve: ${markdownCode(notice.answer?.approve ?? '')}`;
  await openChannel(settingsOf(server)).send({ ...notice, text });
  assert.equal(commandsIn(server.mails[0]?.raw ?? ''), 1);
});

test('what a server has taken is not sent again, by another process neither', async (t) => {
  const server = await openMailServer(t);
  const told = folderOf(t);
  const notice = noticeOf('desk', 'crashed', 0);
  await openChannel(settingsOf(server), { told }).send(notice);
  await openChannel(settingsOf(server), { told }).send(notice);
  assert.equal(server.mails.length, 1);
});

test('the report is attached from its folder alone, and within its bound', async (t) => {
  const server = await openMailServer(t);
  const folder = folderOf(t);
  const file = (name: string, content: Buffer) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const pdf = file('recovery.pdf', Buffer.from('%PDF-1.7 the report'));
  const large = file('large.pdf', Buffer.alloc(7 * 1024 * 1024));
  const mail = openChannel(settingsOf(server), { reports: folder });
  const reports = [pdf, large, join(folder, '..', 'elsewhere.pdf'), '/etc/hostname'];
  for (const [at, report] of reports.entries()) {
    await mail.send({ ...noticeOf('desk', 'recovered', at), report });
  }
  assert.deepEqual(
    server.mails.map(({ raw }) => raw.includes('filename=')),
    [true, false, false, false],
  );
  assert.ok(server.mails[0]?.raw.includes(Buffer.from('%PDF-1.7 the report').toString('base64')));
});

test('a wrong password, a refusal and nobody there fail in words without a secret', async (t) => {
  const locked = await openMailServer(t, () => null, { login: true });
  const refusing = await openMailServer(t, () => 'refuses');
  const wrong = { user: LOGIN.user, password: 'canary-wrong' };
  const words: string[] = [];
  for (const settings of [
    settingsOf(locked, wrong),
    settingsOf(refusing),
    settingsOf({ port: 1 }),
  ]) {
    const error: unknown = await openChannel(settings)
      .send(noticeOf('desk', 'crashed', 0))
      .catch((reason: unknown) => reason);
    words.push((error as Error).message);
    assert.doesNotMatch(
      `${(error as Error).stack} ${JSON.stringify(error)}`,
      /canary|127\.0\.0\.1/,
    );
  }
  assert.deepEqual(words, [
    'mail does not take it (EAUTH 535)',
    'mail does not take it (EMESSAGE 451)',
    'mail does not take it (ESOCKET)',
  ]);
  await openChannel(settingsOf(locked, LOGIN)).send(noticeOf('desk', 'crashed', 0));
  assert.equal(locked.mails.length, 1);
});

test('a server that answers without end is left, and holds up no later mail', async (t) => {
  const port = await endless(t);
  const mail = openChannel(settingsOf({ port }, { timeoutMs: 100 }));
  const notices = [noticeOf('desk', 'crashed', 0), noticeOf('desk', 'working', 1)];
  const failed = await Promise.allSettled(notices.map(async (notice) => mail.send(notice)));
  for (const one of failed) {
    assert.ok(one.status === 'rejected');
    assert.match((one.reason as Error).message, /^mail does not take it \(E[A-Z]+\)$/);
  }
});

/** Greets, and goes on with its first answer for ever, each line within any patience. */
async function endless(t: TestContext): Promise<number> {
  const server = createServer((socket) => {
    const lines = setInterval(() => void socket.write('250-more\r\n'), 20);
    socket.on('error', () => undefined);
    socket.on('close', () => clearInterval(lines));
    socket.write('220 mail\r\n');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test('a mailbox that is refused beside others is tried again, and the others are not', async (t) => {
  let isKnown = false;
  const refuses = (mailbox: string) => mailbox === 'li@desk.test' && !isKnown;
  const server = await openMailServer(t, () => null, { refuses });
  const told = folderOf(t);
  const send = async () =>
    openChannel(settingsOf(server), { told }).send(noticeOf('desk', 'crashed', 0));
  await assert.rejects(send, /^ApplicationFailure: mail does not take it for 1 of 2 mailboxes$/);
  isKnown = true;
  await send();
  await send();
  assert.deepEqual(
    server.mails.map(({ to }) => to),
    [['mei@desk.test'], ['li@desk.test']],
  );
  assert.deepEqual(
    server.mails.map(({ headers }) => headers.get('to')),
    ['mei@desk.test, li@desk.test', 'mei@desk.test, li@desk.test'],
  );
});
