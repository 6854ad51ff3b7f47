/** A real HTTP server on loopback that misbehaves as it is told. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import type { Fault } from './faults.js';

export interface Asked {
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface Reply {
  status: number;
  content?: unknown;
  headers?: Record<string, string>;
}

interface Service {
  faultFor: (asked: Asked) => Fault | null;
  /** Takes it. */
  take: (asked: Asked) => Reply;
}

export interface Listening {
  origin: string;
  server: Server;
}

export async function listen(
  t: Pick<TestContext, 'after'>,
  { faultFor, take }: Service,
): Promise<Listening> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url: path = '', headers } = request;
      const asked = { path, headers, body: Buffer.concat(chunks) };
      const fault = faultFor(asked);
      if (fault === 'down') return response.destroy();
      if (fault === 'slow') return undefined;
      if (fault === 'refuses') {
        // By turns as services do: too many of us, and trouble of their own.
        const reply = asked.body.length % 2 === 0 ? 429 : 503;
        return response.writeHead(reply, reply === 429 ? { 'retry-after': '0' } : {}).end();
      }
      const reply = take(asked);
      if (fault === 'killed') return response.destroy();
      const type = { 'content-type': 'application/json', ...reply.headers };
      response.writeHead(reply.status, type).end(JSON.stringify(reply.content ?? null));
      return undefined;
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}
