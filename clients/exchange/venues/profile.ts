/**
 * What a connection, a budget and a reading must know of a venue beside its adapter, handed in.
 *
 * Invariant: nothing outside a venue's folder asks which venue it is; what differs stands here.
 */
import type { Rules } from '../answers/envelope-checks.js';
import type { Words } from '../answers/words.js';
import type { Limits } from '../budget/charge.js';
import type { Exchange } from '../connection/ccxt.js';
import { isDerivative } from '../../../workflows/domain/books/instruments.js';
import type { VenueAdapter } from './adapter.js';

export interface VenueProfile {
  /** What ccxt's instance is told, the way to the venue's time with it. */
  options(instruments: readonly string[]): Record<string, unknown>;
  /**
   * What of a new instance is done otherwise than ccxt does it. `leftMs`: for how long what is signed
   * now may arrive, null where nothing bounds it; a venue that takes a deadline is told.
   */
  prepare?(exchange: Exchange, leftMs: () => number | null): void;
  /** Shapes of answers, by their paths; an answer without a rule must hold something. */
  envelope: Rules;
  words: Words;
  /**
   * Whether an answer says how the request went: where it always does, one that does not is malformed, and
   * no refusal, which ccxt takes it for. Left out where ccxt takes none for one.
   */
  tellsHow?: (answer: unknown) => boolean;
  limits: Limits;
  /** Of ccxt's section and path: signed for the account, with a time or a nonce. */
  isSigned: (api: string, path: string) => boolean;
  /** Its own word for its status, in the raw answer, where ccxt keeps less of it. */
  statusWord?: (answer: unknown) => string | undefined;
  /** Why its adapter cannot read these instruments; null where it can. */
  refusal(instruments: readonly string[], make: () => Exchange): string | null;
}

export interface Venue {
  profile: VenueProfile;
  adapter: VenueAdapter;
}

/** Parameters that tell the venue by when a request must be there, added where it is signed. */
export function signWithDeadline(
  exchange: Exchange,
  deadline: (request: { path: string; api: string }) => Record<string, unknown>,
): void {
  const sign = exchange.sign.bind(exchange);
  exchange.sign = (...request: Parameters<Exchange['sign']>) => {
    const [path, api = 'public', method, params = {}, ...rest] = request;
    const told = deadline({ path: String(path), api: String(api) });
    return sign(path, api, method, { ...(params as object), ...told }, ...rest);
  };
}

export function isPrivate(api: string): boolean {
  return /private/i.test(api);
}

/** Read as a spot account a derivative's position would be flat. */
export function spotOnly(ccxtId: string): VenueProfile['refusal'] {
  return (instruments) => {
    const derivative = instruments.find(isDerivative);
    return derivative === undefined ? null : `the adapter for ${ccxtId} reads no ${derivative}`;
  };
}

export const anyInstrument: VenueProfile['refusal'] = () => null;
