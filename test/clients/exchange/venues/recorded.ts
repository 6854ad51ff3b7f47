/**
 * A venue that answers some paths with given bytes, as recorded or as its documentation shows them,
 * and everything else as the sandbox does. Bodies are text, because what JSON.stringify would write
 * is not what a venue writes: long ids, zeros at the end, numbers where others have text.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { VenueAccount } from '../../../../activities/ports.js';
import type { VenueId } from '../../../../sandbox/venues/index.js';
import type { Bench } from '../bench.js';

export interface Recording {
  account: VenueAccount;
  /** Answers this path's end so from now on; a list of texts is one for each request, then the last. */
  answer: (path: string, text: string | string[], status?: number) => void;
  /** The queries and forms that came to this path's end. */
  asked: (path: string) => URLSearchParams[];
  forget: () => void;
  close: () => void;
}

interface Rule {
  path: string;
  status: number;
  texts: string[];
  asked: URLSearchParams[];
}

export async function openRecording(bench: Bench, venue: VenueId): Promise<Recording> {
  let rules: Rule[] = [];
  const server = createServer((request, response) => {
    void reply(rules, bench.venues.urls[venue], request).then(({ status, text }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    account: bench.account(venue, { url, timeoutMs: 5_000 }),
    answer: (path, text, status = 200) => {
      rules.unshift({ path, status, texts: [text].flat(), asked: [] });
    },
    asked: (path) => rules.find((rule) => rule.path === path)?.asked ?? [],
    forget: () => {
      rules = [];
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function reply(rules: readonly Rule[], venueUrl: string, request: IncomingMessage) {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const rule = rules.find((one) => path.endsWith(one.path));
  if (rule !== undefined) {
    rule.asked.push(new URLSearchParams(query === '' ? body : query));
    const text = rule.texts.length > 1 ? rule.texts.shift() : rule.texts[0];
    return { status: rule.status, text: text ?? '' };
  }
  const headers = Object.entries(request.headers)
    .filter(([key]) => /^(x-mbx-apikey|authorization|api-|apikey|authent|content-type)/.test(key))
    .map(([key, value]): [string, string] => [key, String(value)]);
  const answer = await fetch(venueUrl + request.url, {
    method: request.method ?? 'GET',
    headers,
    ...(body === '' ? {} : { body }),
  });
  return { status: answer.status, text: await answer.text() };
}
