/**
 * The real gateway, through ccxt, to venues that are in this process: the sandbox's own handlers answer.
 *
 * Invariant: what a request is worth on the wire is what the handler is given: method, path, headers and body.
 */
import type { Fetch, VenueSettings } from '../../../../clients/exchange/index.js';
import type { HttpAnswer } from '../../../../sandbox/venues/http/http-server.js';
import type { EngineVenueId } from '../../../../sandbox/venues/index.js';
import type { Life } from '../life.js';
import { INSTRUMENTS, type Market, type Request } from './market.js';

const TIMEOUT_MS = 10_000;

export function wireSettings(
  market: Market,
  venue: EngineVenueId,
  { from, life }: { from: Request['from']; life: Life },
): VenueSettings {
  const { apiKey, secret } = market.sandbox.credentials[venue];
  return {
    venue,
    account: 'main',
    ccxt: venue,
    url: `http://${venue}`,
    apiKey,
    secret,
    password: null,
    instruments: [...INSTRUMENTS[venue]],
    timeoutMs: TIMEOUT_MS,
    budget: null,
    fetch: fetchOf(market, venue, { from, life }),
  };
}

function fetchOf(
  market: Market,
  venue: EngineVenueId,
  { from, life }: { from: Request['from']; life: Life },
): Fetch {
  const handler = market.sandbox.handlers[venue];
  return async (address, { method = 'GET', headers, body, signal }) => {
    await life.passes();
    const url = new URL(address);
    const ask = {
      method,
      url,
      headers: Object.fromEntries(new Headers(headers).entries()),
      body: typeof body === 'string' ? body : '',
    };
    const request = { venue, from, what: `${method} ${url.pathname}` };
    const outcome = await Promise.race([market.over(request, () => handler(ask)), aborted(signal)]);
    await life.passes();
    if (outcome === 'refused') return responseOf(unavailable(market.sandbox.credentials[venue]));
    if (outcome === null || outcome.answer === 'hang') return aborted(signal);
    if (outcome.answer === 'reset') throw new TypeError('fetch failed: connection reset');
    const { delayMs } = outcome.answer;
    if (delayMs !== undefined) {
      await Promise.race([new Promise((go) => setTimeout(go, delayMs)), aborted(signal)]);
    }
    return responseOf(outcome.answer);
  };
}

/** It repeats what it was asked with, as a gateway before a venue may: that goes no further than to who has asked. */
function unavailable({ apiKey, secret }: { apiKey: string; secret: string }): HttpAnswer {
  return {
    status: 503,
    headers: { 'content-type': 'application/json' },
    text: JSON.stringify({ msg: `unavailable for key ${apiKey} with ${secret}` }),
  };
}

async function aborted(signal: AbortSignal | null | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () => reject(new DOMException('The operation was aborted', 'AbortError'));
    if (signal?.aborted === true) return abort();
    signal?.addEventListener('abort', abort, { once: true });
  });
}

/** What ccxt asks of a response, without a stream that would take turns of the real loop. */
function responseOf({ status, headers, text }: HttpAnswer): Response {
  const answer = {
    status,
    statusText: String(status),
    ok: status >= 200 && status < 300,
    headers: new Headers(headers),
    text: async () => text,
    arrayBuffer: async () => Buffer.from(text),
  };
  return answer as unknown as Response;
}
