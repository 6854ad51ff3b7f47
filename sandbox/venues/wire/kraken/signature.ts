/**
 * Kraken's API-Sign.
 *
 * Invariants: the HMAC covers path, nonce and body, and no nonce is taken twice.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Credentials } from '../../credentials.js';
import type { VenueRequest } from '../../http/route.js';
import { Refusal } from '../../refusal.js';

/** Kraken keys have a nonce window for parallel requests; this key's is ten seconds of nonces. */
const NONCE_WINDOW = 10_000n;

export function krakenAuthenticator(credentials: Credentials) {
  const nonces = new NonceWindow();
  const secret = Buffer.from(credentials.secret, 'base64');
  return (request: VenueRequest): void => {
    if (request.headers['api-key'] !== credentials.apiKey) {
      throw new Refusal('bad-key', 'unknown key');
    }
    const nonce = request.params.get('nonce') ?? '';
    const hash = createHash('sha256')
      .update(nonce + request.body)
      .digest();
    const expected = createHmac('sha512', secret).update(request.path).update(hash).digest();
    const sent = Buffer.from(String(request.headers['api-sign'] ?? ''), 'base64');
    if (sent.length !== expected.length || !timingSafeEqual(sent, expected)) {
      throw new Refusal('bad-signature', 'signature does not match');
    }
    nonces.take(nonce);
  };
}

class NonceWindow {
  #highest = 0n;
  #taken = new Set<bigint>();

  take(text: string): void {
    if (!/^\d{1,20}$/.test(text)) throw new Refusal('invalid-nonce', 'nonce is not a number');
    const nonce = BigInt(text);
    if (nonce + NONCE_WINDOW <= this.#highest || this.#taken.has(nonce)) {
      throw new Refusal('invalid-nonce', `nonce ${text} is not above ${this.#highest}`);
    }
    if (nonce > this.#highest) this.#highest = nonce;
    this.#taken.add(nonce);
    // Below the window the first check refuses, so old nonces can be forgotten; in bulk, as it is rare.
    if (this.#taken.size > 50_000) {
      const lowest = this.#highest - NONCE_WINDOW;
      this.#taken = new Set([...this.#taken].filter((taken) => taken > lowest));
    }
  }
}
