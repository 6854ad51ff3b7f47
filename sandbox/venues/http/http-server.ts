/**
 * An HTTP server, on loopback unless told otherwise, that can be closed at once.
 *
 * Invariant: after `close` no socket is left, also none whose answer was withheld or delayed on
 * purpose.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveStreams, type Streams } from './streams.js';

export interface HttpAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  text: string;
  delayMs?: number;
}

export interface HttpAsk {
  method: string;
  url: URL;
  headers: IncomingMessage['headers'];
  body: string;
}

/** `hang`: never answer. `reset`: destroy the socket. */
export type HttpOutcome = HttpAnswer | 'hang' | 'reset';
export type HttpHandler = (ask: HttpAsk) => HttpOutcome;

export interface RunningServer {
  url: string;
  close: () => Promise<void>;
}

const LOOPBACK = { host: '127.0.0.1', advertised: '127.0.0.1' };

interface ServerOptions {
  listen?: { host: string; advertised: string } | undefined;
  /** Where it has websockets. */
  streams?: Streams | undefined;
}

export async function startHttpServer(
  port: number,
  handler: HttpHandler,
  { listen = LOOPBACK, streams }: ServerOptions = {},
): Promise<RunningServer> {
  const server = createServer((request, response) => {
    void answer(request, response, handler);
  });
  // Longer than any client keeps an idle socket, so none is closed just as it is used again.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, listen.host, resolve);
  });
  const closeStreams = streams && serveStreams(server, streams);
  const { port: boundPort } = server.address() as AddressInfo;
  return {
    url: `http://${listen.advertised}:${boundPort}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        closeStreams?.();
        server.closeAllConnections();
      }),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handler: HttpHandler,
): Promise<void> {
  const body = await readBody(request);
  // The client hung up while sending: there is nothing to do and nobody to tell.
  if (body === undefined) return;
  const outcome = handler({
    method: request.method ?? 'GET',
    url: new URL(request.url ?? '/', 'http://127.0.0.1'),
    headers: request.headers,
    body,
  });
  if (outcome === 'hang') return;
  if (outcome === 'reset') response.socket?.resetAndDestroy();
  else if (outcome.delayMs === undefined) send(response, outcome);
  // Unreferenced: an answer nobody waits for any more keeps no process alive.
  else setTimeout(() => send(response, outcome), outcome.delayMs).unref();
}

function send(response: ServerResponse, { status, headers, text }: HttpAnswer): void {
  response.writeHead(status, headers).end(text);
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

export function jsonAnswer(status: number, body: unknown): HttpAnswer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    text: JSON.stringify(body),
  };
}
