/** Coinbase Advanced as a connection must know it. */
import type { coinbase } from 'ccxt';
import { listAt } from '../../answers/rows.js';
import { isPrivate, spotOnly, type VenueProfile } from '../profile.js';
import { COINBASE } from './envelope.js';
import { COINBASE_LIMITS } from './limits.js';
import { COINBASE_WORDS } from './words.js';

export const coinbaseProfile: VenueProfile = {
  options: () => ({ fetchTime: 'v3PublicGetBrokerageTime' }),
  /** ccxt would also ask for two kinds of futures and for our fees. */
  prepare(exchange) {
    const own = exchange as coinbase;
    own.fetchMarkets = async () => {
      const answer: unknown = await own.v3PublicGetBrokerageMarketProducts({});
      return listAt(answer, 'products').map((row) => own.parseSpotMarket(row, {}));
    };
  },
  envelope: COINBASE,
  words: COINBASE_WORDS,
  limits: COINBASE_LIMITS,
  isSigned: isPrivate,
  refusal: spotOnly('coinbase'),
};
