/** Kraken Futures as a connection must know it. */
import { anyInstrument, isPrivate, type VenueProfile } from '../profile.js';
import { KRAKENFUTURES } from './envelope.js';
import { KRAKENFUTURES_LIMITS } from './limits.js';
import { KRAKENFUTURES_WORDS } from './words.js';

export const krakenfuturesProfile: VenueProfile = {
  options: () => ({}),
  envelope: KRAKENFUTURES,
  words: KRAKENFUTURES_WORDS,
  limits: KRAKENFUTURES_LIMITS,
  /** Its histories are signed, but for those of whole markets. */
  isSigned: (api, path) => isPrivate(api) || (api === 'history' && !path.startsWith('market')),
  refusal: anyInstrument,
};
