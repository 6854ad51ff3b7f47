/** Only the engine speaks for itself: answers of its control surface that are odd in other ways. */
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect, createServer as createSocketServer, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { gzipSync } from 'node:zlib';
import { isFailure } from '../../activities/errors.js';
import { createHttpControl } from '../../clients/engine/http-control.js';
import { folderOf } from '../clients/host/processes.js';

function controlAt(t: TestContext, url: string, timeoutMs = 5_000) {
  const folder = folderOf(t);
  const launch = {
    engineId: 'desk',
    start: ['true'],
    workingFolder: folder,
    logFile: `${folder}/log`,
    environment: {},
  };
  return createHttpControl({ url, token: 'secret', timeoutMs, launch });
}

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Bytes as they are, whatever was asked. */
async function raw(t: TestContext, speak: (socket: Socket) => void): Promise<string> {
  const open = new Set<Socket>();
  const server = createSocketServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => speak(socket));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const LIMITS = '{"percent":50,"limits":{"maxOrder":"10"}}';
const STAMP = { epoch: 1, idempotencyKey: 'k' };

test('an answer that grows by decompression is bounded by what it becomes', async (t) => {
  const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024, ' '));
  const url = await serve(t, (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
  });
  const control = controlAt(t, url, 20_000);
  const before = process.memoryUsage().arrayBuffers;
  await assert.rejects(control.quickHealth(), (error) => isFailure(error, 'EngineRefused'));
  assert.ok(process.memoryUsage().arrayBuffers - before < 64 * 1024 * 1024);
});

const NO_ANSWER: readonly [what: string, body: string | Buffer][] = [
  ['a percentage above all', LIMITS.replace('50', '100.0001')],
  ['a percentage below nothing', LIMITS.replace('50', '-0.1')],
  ['a percentage as text', LIMITS.replace('50', '"50"')],
  ['a percentage without end', LIMITS.replace('50', '1e999')],
  ['no percentage', '{"limits":{}}'],
  ['a limit as a number', LIMITS.replace('"10"', '10')],
  ['a limit that is null', LIMITS.replace('"10"', 'null')],
  ['a limit of letters', LIMITS.replace('"10"', '"ten"')],
  ['a limit of other digits', LIMITS.replace('"10"', '"\u0661\u0660"')],
  ['a limit that is no number', LIMITS.replace('"10"', '"NaN"')],
  ['a limit without end', LIMITS.replace('"10"', '"Infinity"')],
  ['a limit of a million digits', LIMITS.replace('10', '9'.repeat(1_000_000))],
  ['limits as a list', '{"percent":50,"limits":["10"]}'],
  ['a text', JSON.stringify(LIMITS)],
  ['the answer twice', LIMITS + LIMITS],
  ['two lines of answers', `${LIMITS}\n${LIMITS}`],
  ['an answer in a list', `[${LIMITS}]`],
  ['bytes that are no UTF-8', Buffer.concat([Buffer.from(LIMITS), Buffer.from([0xff])])],
  ['UTF-16', Buffer.from(LIMITS, 'utf16le')],
  ['deep nesting', `{"percent":50,"limits":${'['.repeat(30_000)}`],
  ['nothing', ''],
];

for (const [what, body] of NO_ANSWER) {
  test(`${what} is no answer about limits, and no default is taken`, async (t) => {
    const url = await serve(t, (_request, response) => void response.end(body));
    await assert.rejects(controlAt(t, url).riskLimits(), (error) => isFailure(error));
  });
}

test('a state that claims to have succeeded in another way is no success', async (t) => {
  for (const status of [202, 203, 205, 206, 226, 300, 304, 305, 306]) {
    const url = await serve(t, (_request, response) => {
      response.writeHead(status);
      response.end(status === 304 || status === 205 ? undefined : LIMITS);
    });
    const read = controlAt(t, url).riskLimits();
    // A body of a success may be read; one of a redirect or of nothing may not.
    if (status < 300 && status !== 205) await read.catch((error) => assert.ok(isFailure(error)));
    else await assert.rejects(read, (error) => isFailure(error), String(status));
  }
});

test('a place to go in a header leads nowhere, whatever the status', async (t) => {
  let reached = 0;
  const other = await serve(t, (_request, response) => {
    reached += 1;
    response.end(LIMITS);
  });
  for (const [status, header] of [
    [201, 'location'],
    [200, 'refresh'],
    [503, 'location'],
    [401, 'location'],
    [421, 'alt-svc'],
  ] as const) {
    const url = await serve(t, (_request, response) => {
      response
        .writeHead(status, { [header]: header === 'refresh' ? `0; url=${other}` : other })
        .end();
    });
    const control = controlAt(t, url);
    await control.shutdown('emergency', STAMP).catch(() => undefined);
    await control.quickHealth().catch(() => undefined);
  }
  assert.equal(reached, 0);
});

test('a redirect to the very same server is a refusal too', async (t) => {
  const asked: string[] = [];
  const url = await serve(t, (request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/elsewhere') response.end(LIMITS);
    else response.writeHead(307, { location: '/elsewhere' }).end();
  });
  await assert.rejects(controlAt(t, url).setLimits(50, STAMP), (error) => isFailure(error));
  assert.deepEqual(asked, ['/limits']);
});

const SPOKEN: readonly [what: string, speak: (socket: Socket) => void][] = [
  ['headers without end', (socket) => endless(socket, 'HTTP/1.1 200 OK\r\n', 'a: b\r\n')],
  ['one header without end', (socket) => endless(socket, 'HTTP/1.1 200 OK\r\na: ', 'b')],
  ['a first line without end', (socket) => endless(socket, 'HTTP/1.1 200 ', 'O')],
  ['another protocol', (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')],
  ['early hints without end', (socket) => endless(socket, '', 'HTTP/1.1 103 Hints\r\n\r\n')],
  [
    'two lengths',
    (socket) =>
      socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 41\r\nContent-Length: 2\r\n\r\n${LIMITS}`),
  ],
  [
    'a length below nothing',
    (socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n${LIMITS}`),
  ],
  [
    'a chunk of odd size',
    (socket) => socket.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n${LIMITS}`),
  ],
  ['nothing at all', (socket) => socket.end()],
];

function endless(socket: Socket, first: string, more: string): void {
  const part = more.repeat(2_000);
  socket.write(first);
  const write = () => {
    while (!socket.destroyed && socket.write(part));
  };
  socket.on('drain', write);
  write();
}

for (const [what, speak] of SPOKEN) {
  test(`a server that speaks ${what} is told as a failure, in bounded time and words`, async (t) => {
    const url = await raw(t, speak);
    await assert.rejects(controlAt(t, url, 1_000).riskLimits(), (error) => {
      assert.ok(isFailure(error));
      assert.ok(error.message.length < 1_000);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });
}

test('an answer that drips for ever ends with the time allowed for the whole of it', async (t) => {
  const url = await raw(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n');
    const timer = setInterval(() => void socket.write(' '), 20);
    socket.on('close', () => clearInterval(timer));
  });
  await assert.rejects(controlAt(t, url, 400).riskLimits(), (error) =>
    isFailure(error, 'EngineUnreachable'),
  );
});

test('a port that was taken by somebody who never answers is not silent: it is not known', async (t) => {
  const url = await raw(t, () => undefined);
  const probe = connect(Number(new URL(url).port), '127.0.0.1');
  t.after(() => probe.destroy());
  await assert.rejects(controlAt(t, url, 300).quickHealth(), (error) =>
    isFailure(error, 'EngineUnreachable'),
  );
});
