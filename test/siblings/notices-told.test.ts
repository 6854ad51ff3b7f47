/** A channel has told a notice or fails, in bounded time and words, whatever its receiver answers. */
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { isFailure } from '../../activities/errors.js';
import type { Notice } from '../../activities/ports.js';
import { openChannel } from '../../clients/notify/index.js';

const NOTICE: Notice = {
  incidentId: 'desk/e1',
  engineId: 'desk',
  severity: 'critical',
  title: 'desk: a decision is needed',
  text: 'x',
  dedupKey: 'desk/e1:gate:1',
};

async function channelAt(t: TestContext, listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return openChannel({ kind: 'webhook', name: 'chat', url: `http://127.0.0.1:${port}/canary` });
}

const failed = (error: unknown): boolean => {
  assert.ok(isFailure(error, 'NotificationFailed'), String(error));
  assert.ok(error.message.length < 1_000);
  assert.doesNotMatch(`${error.message}${error.stack}${String(error.cause)}`, /canary|evil/);
  return true;
};

for (const status of [300, 301, 303, 304, 305, 307, 308, 400, 403, 410, 413, 429, 502, 504]) {
  test(`a receiver that answers ${status} has not been told, and nobody else is`, async (t) => {
    let reached = 0;
    const channel = await channelAt(t, (request, response) => {
      if (request.url === '/elsewhere') reached += 1;
      response.writeHead(status, { location: '/elsewhere' }).end();
    });
    await assert.rejects(channel.send(NOTICE), failed);
    assert.equal(reached, 0);
  });
}

for (const status of [200, 500]) {
  test(`an answer of ${status} without end is not waited for, nor kept`, async (t) => {
    let sent = 0;
    const part = Buffer.alloc(64 * 1024, 'evil ');
    const channel = await channelAt(t, (_request, response) => {
      response.writeHead(status);
      const more = () => {
        while (!response.destroyed && response.write(part)) sent += part.length;
      };
      response.on('drain', more);
      more();
    });
    if (status === 200) await channel.send(NOTICE);
    else await assert.rejects(channel.send(NOTICE), failed);
    assert.ok(sent < 32 * 1024 * 1024, `${sent} bytes`);
  });
}

test('what a receiver says of its refusal reaches no log', async (t) => {
  const channel = await channelAt(t, (_request, response) => {
    response.writeHead(500, 'evil words').end('evil \u001b[2K');
  });
  await assert.rejects(channel.send(NOTICE), failed);
});
