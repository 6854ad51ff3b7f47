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
  /** What of a new instance is done otherwise than ccxt does it. */
  prepare?(exchange: Exchange): void;
  /** Shapes of answers, by their paths; an answer without a rule must hold something. */
  envelope: Rules;
  words: Words;
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
