/** Kraken Futures as a connection must know it. */
import { anyInstrument, isPrivate, signWithDeadline, type VenueProfile } from '../profile.js';
import { KRAKENFUTURES } from './envelope.js';
import { KRAKENFUTURES_LIMITS } from './limits.js';
import { KRAKENFUTURES_WORDS } from './words.js';

export const krakenfuturesProfile: VenueProfile = {
  options: () => ({}),
  /** Its timer has no deadline; one that is armed late moves a time, and cancels nothing at once. */
  prepare(exchange, leftMs) {
    signWithDeadline(exchange, ({ path }) => {
      const forMs = path === 'cancelorder' ? leftMs() : null;
      if (forMs === null) return {};
      return { processBefore: new Date(exchange.milliseconds() + forMs).toISOString() };
    });
  },
  envelope: KRAKENFUTURES,
  words: KRAKENFUTURES_WORDS,
  limits: KRAKENFUTURES_LIMITS,
  /** Its histories are signed, but for those of whole markets. */
  isSigned: (api, path) => isPrivate(api) || (api === 'history' && !path.startsWith('market')),
  refusal: anyInstrument,
};
