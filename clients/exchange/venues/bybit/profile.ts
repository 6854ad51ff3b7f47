/** Bybit as a connection must know it. */
import type { Exchange } from '../../connection/ccxt.js';
import { isRow, word } from '../../answers/rows.js';
import { anyInstrument, isPrivate, type VenueProfile } from '../profile.js';
import { BYBIT } from './envelope.js';
import { BYBIT_LIMITS } from './limits.js';
import { BYBIT_WORDS } from './words.js';

/** Its own default. */
const LONGEST_WINDOW_MS = 5_000;

export const bybitProfile: VenueProfile = {
  options: () => ({
    unifiedMarginStatus: 6,
    enableUnifiedMargin: false,
    enableUnifiedAccount: true,
  }),
  prepare: tellWindow,
  envelope: BYBIT,
  words: BYBIT_WORDS,
  tellsHow: (answer) =>
    isRow(answer) && [answer['retCode'], answer['ret_code']].some((code) => word(code) !== ''),
  limits: BYBIT_LIMITS,
  isSigned: isPrivate,
  refusal: anyInstrument,
};

/** By when a request must be there goes in a header, which ccxt writes from this option. */
function tellWindow(exchange: Exchange, leftMs: () => number | null): void {
  const sign = exchange.sign.bind(exchange);
  exchange.sign = (...request) => {
    const left = leftMs() ?? LONGEST_WINDOW_MS;
    exchange.options['recvWindow'] = Math.max(1, Math.min(left, LONGEST_WINDOW_MS));
    return sign(...request);
  };
}
