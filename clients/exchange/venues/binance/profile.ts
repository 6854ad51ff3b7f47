/** Binance, spot and USD-M, as a connection must know them. */
import { anyInstrument, isPrivate, spotOnly, type VenueProfile } from '../profile.js';
import { BINANCE } from './envelope.js';
import { BINANCE_LIMITS } from './limits.js';
import { BINANCE_WORDS } from './words.js';

const EITHER = {
  envelope: BINANCE,
  words: BINANCE_WORDS,
  limits: BINANCE_LIMITS,
  // The wallet's section is named by neither "private" nor "public".
  isSigned: (api: string) => isPrivate(api) || /sapi/i.test(api),
};

export const binanceProfile: VenueProfile = {
  ...EITHER,
  options: () => ({ defaultType: 'spot', fetchMargins: false, fetchMarkets: { types: ['spot'] } }),
  refusal: spotOnly('binance'),
};

export const binanceusdmProfile: VenueProfile = {
  ...EITHER,
  options: () => ({}),
  refusal: anyInstrument,
};
