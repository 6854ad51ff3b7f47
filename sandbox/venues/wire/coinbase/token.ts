/**
 * Coinbase's bearer token: a JWT signed with ES256.
 *
 * Invariant: key, signature and times are checked; the `uri` claim is not, since ccxt strips only
 * `https://` from it.
 */
import { verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { publicKeyOf, type Credentials } from '../../credentials.js';
import type { VenueRequest } from '../../http/route.js';
import { Refusal } from '../../refusal.js';

const ALLOWED_SKEW_S = 5;

const Header = z.object({ alg: z.literal('ES256'), kid: z.string() });
const Claims = z.object({ sub: z.string(), nbf: z.number(), exp: z.number() });

export function coinbaseAuthenticator(credentials: Credentials, nowMs: () => number) {
  const publicKey = publicKeyOf(credentials.secret);
  return (request: VenueRequest): void => {
    const { header, claims, signature } = splitToken(request);
    const { kid } = read(Header, header);
    const { sub, nbf, exp } = read(Claims, claims);
    if (kid !== credentials.apiKey || sub !== credentials.apiKey) {
      throw new Refusal('bad-key', `unknown key ${sub}`);
    }
    checkTimes(nbf, exp, nowMs() / 1000);
    if (!isSigned(publicKey, `${header}.${claims}`, signature)) {
      throw new Refusal('bad-signature', 'token signature does not match');
    }
  };
}

function splitToken(request: VenueRequest) {
  const token = /^Bearer ([^.]+)\.([^.]+)\.([^.]+)$/.exec(request.headers.authorization ?? '');
  const [, header, claims, signature] = token ?? [];
  if (header === undefined || claims === undefined || signature === undefined) {
    throw new Refusal('bad-key', 'no bearer token');
  }
  return { header, claims, signature };
}

function checkTimes(notBeforeS: number, expiresS: number, nowS: number): void {
  if (expiresS < nowS || notBeforeS > nowS + ALLOWED_SKEW_S) {
    throw new Refusal('stale-timestamp', `token is for ${notBeforeS} to ${expiresS}, not ${nowS}`);
  }
}

function isSigned(publicKey: KeyObject, text: string, signature: string): boolean {
  const key = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const;
  return verify('sha256', Buffer.from(text), key, Buffer.from(signature, 'base64url'));
}

function read<Shape extends z.ZodType>(shape: Shape, encoded: string): z.infer<Shape> {
  const parsed = shape.safeParse(parseJson(Buffer.from(encoded, 'base64url').toString('utf8')));
  if (!parsed.success) throw new Refusal('bad-key', 'token is malformed');
  return parsed.data;
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
