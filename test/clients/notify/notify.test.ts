/** A notice reaches a webhook whole and with its key; a failure names no address. */
import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { pino } from 'pino';
import { isFailure } from '../../../activities/errors.js';
import type { Notice } from '../../../activities/ports.js';
import { createLogChannel, openChannel } from '../../../clients/notify/index.js';
import { isSigned } from './servers/all.js';
import { listen } from './servers/http.js';

const notice: Notice = {
  incidentId: 'desk/2026-01-02',
  engineId: 'desk',
  severity: 'critical',
  title: 'desk: a decision is needed – “reconciliation”',
  text: 'Zürich → 東京',
  dedupKey: 'desk/2026-01-02:gate-1',
};

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/canary-path`;
}

async function failureOf(send: Promise<void>): Promise<string> {
  const error: unknown = await send.catch((reason: unknown) => reason);
  assert.ok(isFailure(error, 'NotificationFailed'), String(error));
  return `${error.message}\n${error.stack}\n${JSON.stringify([error.cause, error.details])}`;
}

test('a webhook gets the whole notice, and the key by which to drop a repetition', async (t) => {
  const got: { headers: IncomingHttpHeaders; body: unknown }[] = [];
  const url = await serve(t, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
      got.push({ headers: request.headers, body });
      response.writeHead(204).end();
    });
  });
  await openChannel({ kind: 'webhook', name: 'chat', url }).send(notice);
  await openChannel({ kind: 'webhook', name: 'chat', url }).send(notice);
  assert.deepEqual(
    got.map(({ body }) => body),
    [notice, notice],
  );
  const keys = got.map(({ headers }) => headers['idempotency-key']);
  assert.deepEqual(keys, [notice.dedupKey, notice.dedupKey]);
});

test('a key beyond the letters of a header is still sent, the same each time', async (t) => {
  const keys: unknown[] = [];
  const url = await serve(t, (request, response) => {
    keys.push(request.headers['idempotency-key']);
    response.end();
  });
  const exotic = { ...notice, dedupKey: 'bureau-à-東京\n:gate-1' };
  await openChannel({ kind: 'webhook', name: 'chat', url }).send(exotic);
  await openChannel({ kind: 'webhook', name: 'chat', url }).send(exotic);
  assert.equal(typeof keys[0], 'string');
  assert.equal(keys[0], keys[1]);
});

test('a key with half of a pair is sent', async (t) => {
  const keys: unknown[] = [];
  const url = await serve(t, (request, response) => {
    keys.push(request.headers['idempotency-key']);
    response.end();
  });
  await openChannel({ kind: 'webhook', name: 'chat', url }).send({
    ...notice,
    dedupKey: 'a\ud83d',
  });
  assert.deepEqual(keys, ['a%EF%BF%BD']);
});

test('who asked to wait is asked again then, though the clock of the machine was put back', async (t) => {
  let asked = 0;
  const url = await serve(t, (_request, response) => {
    asked += 1;
    response.writeHead(asked === 1 ? 429 : 204, asked === 1 ? { 'retry-after': '0' } : {}).end();
  });
  const chat = openChannel({ kind: 'webhook', name: 'chat', url });
  const nowMs = Date.now();
  t.mock.timers.enable({ apis: ['Date'], now: nowMs });
  assert.match(await failureOf(chat.send(notice)), /^chat asks to wait 0 s/);
  t.mock.timers.setTime(nowMs - 3_600_000);
  await chat.send(notice);
  assert.equal(asked, 2);
});

test('a webhook that refuses, is dead, or sends elsewhere fails without its address', async (t) => {
  let followed = 0;
  const elsewhere = await serve(t, (_request, response) => {
    followed += 1;
    response.end();
  });
  const urls = [
    await serve(t, (_request, response) => response.writeHead(500).end()),
    await serve(t, (_request, response) => response.writeHead(404).end()),
    await serve(t, (_request, response) => response.writeHead(302, { location: elsewhere }).end()),
    await serve(t, (_request, response) => response.destroy()),
    'http://127.0.0.1:1/canary-path',
    'canary: no address at all',
  ];
  for (const url of urls) {
    const text = await failureOf(openChannel({ kind: 'webhook', name: 'chat', url }).send(notice));
    assert.match(text, /^chat /);
    assert.doesNotMatch(text, /canary|127\.0\.0\.1/);
  }
  assert.equal(followed, 0);
});

test('the log tells the severity as its level', async () => {
  const lines: { level: number; msg: string; notice: Notice }[] = [];
  const logger = pino({ level: 'trace' }, { write: (line) => lines.push(JSON.parse(line)) });
  for (const severity of ['info', 'warning', 'critical'] as const) {
    await createLogChannel(logger).send({ ...notice, severity });
  }
  assert.deepEqual(
    lines.map(({ level, msg }) => [level, msg]),
    [30, 40, 50].map((level) => [level, notice.title]),
  );
  assert.equal(lines[0]?.notice.text, notice.text);
});

test('a webhook with a secret signs what it sends, and the receiver of the docs refuses what is changed or old', async (t) => {
  const secret = 'canary-secret';
  const got: { headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const { origin: url } = await listen(t, {
    faultFor: () => null,
    take: ({ headers, body }) => {
      got.push({ headers, body });
      return { status: 204 };
    },
  });
  await openChannel({ kind: 'webhook', name: 'chat', url, secret }).send(notice);
  await openChannel({ kind: 'webhook', name: 'chat', url }).send(notice);
  const [signed, plain] = got;
  assert.ok(signed !== undefined && plain !== undefined);
  const { headers, body } = signed;
  const minutes = (count: number) => Date.now() + count * 60_000;
  const later = { ...headers, 'relight-timestamp': String(Math.floor(minutes(6) / 1_000)) };
  assert.deepEqual(
    [
      isSigned(secret, headers, body),
      isSigned('another', headers, body),
      isSigned(secret, headers, Buffer.from(`${body.toString()} `)),
      isSigned(secret, headers, body, minutes(6)),
      isSigned(secret, later, body, minutes(6)),
      isSigned(secret, plain.headers, plain.body),
    ],
    [true, false, false, false, false, false],
  );
  assert.deepEqual(body, plain.body, 'a signature changes nothing of the body');
});
