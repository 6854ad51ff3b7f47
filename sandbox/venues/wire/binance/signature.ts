/**
 * Binance request signing.
 *
 * Invariants: the HMAC covers the exact text sent, less the signature itself, and a request older
 * than its window is refused.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Credentials } from '../../credentials.js';
import type { VenueRequest } from '../../http/route.js';
import { Refusal } from '../../refusal.js';
import { optionalInteger } from '../parameters.js';

const DEFAULT_WINDOW_MS = 5000;
const MAX_WINDOW_MS = 60_000;
/** Binance allows clients to be ahead of it by this much. */
const MAX_AHEAD_MS = 1000;

export function binanceAuthenticator(credentials: Credentials, nowMs: () => number) {
  return (request: VenueRequest): void => {
    if (request.headers['x-mbx-apikey'] !== credentials.apiKey) {
      throw new Refusal('bad-key', 'Invalid API-key, IP, or permissions for action.');
    }
    checkTimestamp(request, nowMs());
    checkSignature(request, credentials.secret);
  };
}

function checkTimestamp(request: VenueRequest, nowMs: number): void {
  const timestamp = optionalInteger(request.params, 'timestamp');
  if (timestamp === undefined) throw new Refusal('invalid-argument', 'timestamp was not sent');
  const windowMs = optionalInteger(request.params, 'recvWindow') ?? DEFAULT_WINDOW_MS;
  if (windowMs > MAX_WINDOW_MS) {
    throw new Refusal('invalid-argument', `recvWindow must be less than ${MAX_WINDOW_MS}`);
  }
  if (timestamp > nowMs + MAX_AHEAD_MS || nowMs - timestamp > windowMs) {
    throw new Refusal('stale-timestamp', `timestamp ${timestamp} at ${nowMs}`);
  }
}

function checkSignature(request: VenueRequest, secret: string): void {
  const sent = request.rawQuery + request.body;
  const match = /&signature=([0-9a-f]{64})$/.exec(sent);
  if (!match?.[1]) throw new Refusal('bad-signature', 'signature was not sent');
  const signedText = sent.slice(0, match.index);
  const expected = createHmac('sha256', secret).update(signedText).digest();
  if (!timingSafeEqual(expected, Buffer.from(match[1], 'hex'))) {
    throw new Refusal('bad-signature', 'signature does not match');
  }
}
