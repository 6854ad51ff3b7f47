/**
 * A venue that the sandbox does not speak: given bytes by path, over HTTP on this machine, as recorded
 * or as its documentation shows them. What no rule answers is a failure of the test.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before } from 'node:test';
import type { VenueAccount } from '../../../../activities/ports.js';
import { createVenueAccount } from '../../../../clients/exchange/account/venue-account.js';
import { settingsOf } from '../stubbed.js';

/** One text for each request, then the last; or by what is asked. */
type Answer = string | string[] | ((asked: URLSearchParams) => string);

interface Rule {
  path: string;
  status: number;
  answer: Answer;
  asked: URLSearchParams[];
}

export interface Scripted {
  account: VenueAccount;
  /** Of the paths that end so, until the test is over; the newest rule counts. */
  answer: (path: string, answer: Answer, status?: number) => void;
  asked: (path: string) => URLSearchParams[];
}

/** `always`: what stays, such as the list of markets. */
export function scriptedVenue(
  ccxtId: string,
  instruments: string[],
  always: Readonly<Record<string, Answer>>,
): Scripted {
  const standing = Object.entries(always).map(([path, answer]) => ruleOf(path, answer));
  let rules: Rule[] = [...standing];
  let account: VenueAccount | undefined;
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const rule = rules.find(({ path }) => pathname.endsWith(path));
      for (const [name, value] of fieldsOf(body)) searchParams.set(name, value);
      rule?.asked.push(searchParams);
      response.writeHead(rule?.status ?? 501, { 'content-type': 'application/json' });
      response.end(rule === undefined ? `no rule for ${pathname}` : textOf(rule, searchParams));
    });
  });
  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const settings = { ...settingsOf(ccxtId, instruments), url: `http://127.0.0.1:${port}` };
    account = createVenueAccount({ ...settings, timeoutMs: 5_000 });
  });
  afterEach(() => {
    rules = [...standing];
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    get account() {
      if (account === undefined) throw new Error('the venue is opened before the tests');
      return account;
    },
    answer: (path, answer, status = 200) => rules.unshift(ruleOf(path, answer, status)),
    asked: (path) => rules.find((rule) => rule.path === path)?.asked ?? [],
  };
}

function ruleOf(path: string, answer: Answer, status = 200): Rule {
  return { path, status, answer: Array.isArray(answer) ? [...answer] : answer, asked: [] };
}

function textOf({ answer }: Rule, asked: URLSearchParams): string {
  if (typeof answer === 'function') return answer(asked);
  if (typeof answer === 'string') return answer;
  return (answer.length > 1 ? answer.shift() : answer[0]) ?? '';
}

/** Of a JSON body, or of the first of a list. */
function fieldsOf(body: string): [string, string][] {
  if (!/^[[{]/.test(body)) return [...new URLSearchParams(body)];
  const parsed = JSON.parse(body) as Record<string, unknown> | Record<string, unknown>[];
  const [first = {}] = [parsed].flat();
  return Object.entries(first).map(([name, value]) => [name, String(value)]);
}
