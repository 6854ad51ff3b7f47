/** A server between an account and its venue that answers for the venue where it is told to. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Twist {
  url: string;
  /** Answers whose path ends so pass through this, with status 200; the others as they are. */
  on: (path: string, change: (body: unknown) => unknown) => void;
  off: () => void;
  close: () => void;
}

export async function openTwist(venueUrl: string, host = '127.0.0.1'): Promise<Twist> {
  let rules: [string, (body: unknown) => unknown][] = [];
  const server = createServer((request, response) => {
    void forward(venueUrl, request).then(({ status, body }) => {
      const path = request.url?.split('?')[0] ?? '';
      const change = rules.find(([end]) => path.endsWith(end))?.[1];
      const told = change === undefined ? body : JSON.stringify(change(JSON.parse(body)));
      response.writeHead(change === undefined ? status : 200, {
        'content-type': 'application/json',
      });
      response.end(told);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    on: (path, change) => rules.push([path, change]),
    off: () => {
      rules = [];
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const SIGNED = [
  'x-mbx-apikey',
  'authorization',
  'api-key',
  'api-sign',
  'apikey',
  'authent',
  'content-type',
];

async function forward(venueUrl: string, request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const headers = Object.entries(request.headers).filter(([key]) => SIGNED.includes(key));
  const answer = await fetch(venueUrl + request.url, {
    method: request.method ?? 'GET',
    headers: headers.map(([key, value]): [string, string] => [key, String(value)]),
    ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks).toString() }),
  });
  return { status: answer.status, body: await answer.text() };
}
