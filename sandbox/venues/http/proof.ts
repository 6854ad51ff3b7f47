/**
 * What a request proves its sender with, in the words of any of the venues: a signature or a token.
 * Kept so that tests can look for it where it must not be.
 */
import type { VenueRequest } from './route.js';

const HEADERS = ['authorization', 'api-sign', 'authent'] as const;

export function proofOf({ headers, params }: VenueRequest): string | undefined {
  const named = HEADERS.map((name) => headers[name]).find((value) => typeof value === 'string');
  const proof = typeof named === 'string' ? named.replace(/^Bearer /, '') : params.get('signature');
  return proof ?? undefined;
}
