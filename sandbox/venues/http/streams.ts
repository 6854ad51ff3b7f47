/**
 * Websockets beside a venue's HTTP: who connects tells what it wants, and is sent it at every beat.
 *
 * Invariants: a path that is no stream's is refused; after `close` no socket and no timer is left.
 */
import type { Server } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';

/** One connection, in the venue's own words. */
export interface StreamSession {
  /** What is answered at once. */
  receive: (text: string) => readonly unknown[];
  /** What is new since the beat before. */
  beat: () => readonly unknown[];
}

/** Null where there is no stream. */
export type Streams = (url: URL) => StreamSession | null;

const BEAT_MS = 500;

export function serveStreams(server: Server, streams: Streams): () => void {
  const sockets = new WebSocketServer({ noServer: true });
  const timers = new Set<NodeJS.Timeout>();
  server.on('upgrade', (request, socket, head) => {
    const session = streams(new URL(request.url ?? '/', 'http://127.0.0.1'));
    if (session === null) {
      socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const timer = setInterval(() => tell(client, session.beat()), BEAT_MS);
      timers.add(timer);
      client.on('message', (data: Buffer) => tell(client, session.receive(data.toString())));
      client.on('close', () => clearInterval(timer));
    });
  });
  return () => {
    for (const timer of timers) clearInterval(timer);
    for (const client of sockets.clients) client.terminate();
  };
}

function tell(client: WebSocket, messages: readonly unknown[]): void {
  for (const message of messages) client.send(JSON.stringify(message));
}
