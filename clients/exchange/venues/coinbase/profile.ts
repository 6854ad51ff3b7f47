/** Coinbase Advanced as a connection must know it. */
import type { coinbase } from 'ccxt';
import { listAt } from '../../answers/rows.js';
import { isPrivate, spotOnly, type VenueProfile } from '../profile.js';
import { COINBASE } from './envelope.js';
import { COINBASE_LIMITS } from './limits.js';
import { COINBASE_WORDS } from './words.js';

export const coinbaseProfile: VenueProfile = {
  options: () => ({ fetchTime: 'v3PublicGetBrokerageTime' }),
  prepare(exchange, leftMs) {
    const own = exchange as coinbase;
    endTokens(own, leftMs);
    // ccxt would also ask for two kinds of futures and for our fees.
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

/** ccxt's tokens live for so long from when they are said to begin. */
const TOKEN_S = 120;

/** A token ends when its request must be there: one that ends sooner has begun sooner. */
function endTokens(exchange: coinbase, leftMs: () => number | null): void {
  const make = exchange.createAuthToken.bind(exchange);
  exchange.createAuthToken = (beginsAtS, ...rest) => {
    const forMs = leftMs();
    const soonerS = forMs === null ? 0 : Math.max(0, TOKEN_S - Math.ceil(forMs / 1_000));
    return make((beginsAtS ?? exchange.seconds()) - soonerS, ...rest);
  };
}
