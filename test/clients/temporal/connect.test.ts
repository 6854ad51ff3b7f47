/** A connection that is closed while its calls are asked again: over a server that has gone away. */
import assert from 'node:assert/strict';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { openConnection, saysNobody } from '../../../clients/temporal/connect.js';

const OK = 0;
const UNAVAILABLE = 14;

/** Speaks gRPC just so far that a client connects: everything else is unavailable. */
async function openAwayServer(t: TestContext): Promise<{ address: string; asked: () => number }> {
  let asked = 0;
  const server = createServer();
  server.on('stream', (stream: ServerHttp2Stream, headers) => {
    const isFirst = String(headers[':path']).endsWith('/GetSystemInfo');
    if (!isFirst) asked += 1;
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc' },
      { waitForTrailers: true },
    );
    stream.on('wantTrailers', () => {
      stream.sendTrailers({ 'grpc-status': String(isFirst ? OK : UNAVAILABLE) });
    });
    stream.end(isFirst ? Buffer.alloc(5) : undefined);
  });
  const sessions = new Set<{ destroy: () => void }>();
  server.on('session', (session) => void sessions.add(session));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    for (const session of sessions) session.destroy();
    server.close();
  });
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
  };
}

test(
  'calls that are asked again end as cancelled once their connection is closed',
  { timeout: 60_000 },
  async (t) => {
    const { address, asked } = await openAwayServer(t);
    const connection = await openConnection({ address, tls: null, apiKey: null });
    const { workflowService } = connection;
    const ask = async () => workflowService.describeNamespace({ namespace: 'default' });
    const calls = [ask(), ask(), ask()].map((call) => call.catch((error: unknown) => error));
    while (asked() < calls.length) await sleep(5);
    await connection.close();
    for (const call of calls) assert.equal(saysNobody(await call), true);

    // One that begins after it, too.
    const late: unknown = await ask().catch((error: unknown) => error);
    assert.deepEqual([(late as { code?: unknown }).code, saysNobody(late)], [1, true]);
  },
);
