/**
 * What could not be read, in words for people: what happened, where by the configuration, and what to
 * do about it.
 *
 * Invariant: of an error's text nothing is said but what the gateways have let through: words of ours
 * and codes of the venue. Addresses are those of the configuration, without credentials.
 */
import { isFailure } from '../../activities/errors.js';
import type { EngineConfig } from '../config/schema.js';
import { whyOf } from './why.js';

interface At {
  venue: string;
  /** Null: the venue's own address. */
  url: string | null;
}

/** `why`: as a reading of the venue says it, `VenueUnreadable: kraken: open orders: NetworkError`. */
export function venueWords(why: string, at: At): string {
  const plain = why.replace(/^Venue(Unreadable|Refused): /, '');
  const told = plain.startsWith(`${at.venue}: `) ? plain.slice(at.venue.length + 2) : plain;
  const [, what, kind, detail] = /^([^:]+): ([A-Z][A-Za-z]+)(?: (.+))?$/.exec(told) ?? [];
  if (what === undefined || kind === undefined) return told;
  const said = SAID.find(({ kinds }) => kinds.includes(kind));
  if (said === undefined) return `${what}: ${detail ?? 'it could not be read'}`;
  const code = detail === undefined ? '' : ` (${detail})`;
  return `${what}: ${said.what(at)}${code}: ${said.remedy(at)}`;
}

/** `gap`: what a venue that could be read does not tell; of prices, with why. */
export function gapWords(gap: string, at: At): string {
  const [, why] = /^prices: (Venue.+)$/.exec(gap) ?? [];
  return why === undefined ? gap : venueWords(why, at).replace(/^marks: /, 'prices: ');
}

interface Said {
  /** ccxt's names of errors. */
  kinds: readonly string[];
  what: (at: At) => string;
  remedy: (at: At) => string;
}

const SAID: readonly Said[] = [
  {
    kinds: ['NetworkError', 'RequestTimeout'],
    what: ({ url }) => (url === null ? 'no answer' : `no answer from ${new URL(url).host}`),
    remedy: ({ venue, url }) =>
      url === null ? 'check the network' : `check venues.${venue}.url and the network`,
  },
  {
    kinds: ['ExchangeNotAvailable', 'OnMaintenance'],
    what: () => 'it is not available',
    remedy: () => 'look at its status page and try again later',
  },
  {
    kinds: ['RateLimitExceeded', 'DDoSProtection'],
    what: () => 'it takes no more requests for now',
    remedy: () => 'wait, and look for what else uses this key or address',
  },
  {
    kinds: ['AuthenticationError'],
    what: () => 'it refuses the key',
    remedy: ({ venue }) => `check venues.${venue}.apiKey and .secret`,
  },
  {
    kinds: ['PermissionDenied', 'AccountNotEnabled', 'AccountSuspended'],
    what: () => 'the key may not do this',
    remedy: () => 'give it the permission to read',
  },
  {
    kinds: ['InvalidNonce'],
    what: () => 'it refuses the time or the number of the request',
    remedy: () => 'check the clock of this host, and give Relight a key of its own',
  },
];

/** Why the engine did not tell its state. */
export function engineWords({ control }: EngineConfig, error: unknown): string {
  const engine =
    control.kind === 'http' ? `the engine at ${new URL(control.url).origin}` : 'the engine';
  if (!isFailure(error)) return `${engine} could not be asked (${whyOf(error)})`;
  const isSilent = control.kind === 'http' && / does not answer/.test(error.message);
  if (isSilent) return `${engine} does not answer`;
  return `${engine} does not tell its state (${error.message})`;
}
