/** Binance, spot and USD-M, as a connection must know them. */
import type { Exchange } from '../../connection/ccxt.js';
import {
  anyInstrument,
  isPrivate,
  signWithDeadline,
  spotOnly,
  type VenueProfile,
} from '../profile.js';
import { BINANCE } from './envelope.js';
import { BINANCE_LIMITS } from './limits.js';
import { BINANCE_WORDS } from './words.js';

// The wallet's section is named by neither "private" nor "public".
const isSigned = (api: string) => isPrivate(api) || /sapi/i.test(api);
/** Binance's own default; its documentation asks for no more. */
const LONGEST_WINDOW_MS = 5_000;

const EITHER = {
  prepare(exchange: Exchange, leftMs: () => number | null) {
    signWithDeadline(exchange, ({ api }) => {
      const windowMs = isSigned(api) ? leftMs() : null;
      return windowMs === null
        ? {}
        : { recvWindow: Math.max(1, Math.min(windowMs, LONGEST_WINDOW_MS)) };
    });
  },
  envelope: BINANCE,
  words: BINANCE_WORDS,
  limits: BINANCE_LIMITS,
  isSigned,
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
