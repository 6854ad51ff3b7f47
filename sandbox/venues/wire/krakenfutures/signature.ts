/**
 * Kraken Futures' Authent: an HMAC over the parameters as sent and the path without "/derivatives".
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Credentials } from '../../credentials.js';
import type { VenueRequest } from '../../http/route.js';
import { Refusal } from '../../refusal.js';

export function krakenFuturesAuthenticator(credentials: Credentials) {
  const secret = Buffer.from(credentials.secret, 'base64');
  return ({ headers, path, rawQuery, body }: VenueRequest): void => {
    if (headers.apikey !== credentials.apiKey) throw new Refusal('bad-key', 'unknown key');
    const signed = rawQuery + body + path.replace(/^\/derivatives/, '');
    const hash = createHash('sha256').update(signed).digest();
    const expected = createHmac('sha512', secret).update(hash).digest();
    const sent = Buffer.from(String(headers.authent ?? ''), 'base64');
    if (sent.length !== expected.length || !timingSafeEqual(sent, expected)) {
      throw new Refusal('bad-signature', 'signature does not match');
    }
  };
}
