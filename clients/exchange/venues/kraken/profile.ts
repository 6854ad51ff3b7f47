/** Kraken spot and margin as a connection must know it. */
import { isRow } from '../../answers/rows.js';
import { isPrivate, spotOnly, type VenueProfile } from '../profile.js';
import { KRAKEN } from './envelope.js';
import { KRAKEN_LIMITS } from './limits.js';
import { KRAKEN_WORDS } from './words.js';

export const krakenProfile: VenueProfile = {
  options: () => ({}),
  prepare(exchange) {
    exchange.nonce = risingNonce();
  },
  envelope: KRAKEN,
  words: KRAKEN_WORDS,
  limits: KRAKEN_LIMITS,
  isSigned: isPrivate,
  /** ccxt calls all but "online" maintenance. */
  statusWord: (answer) => {
    const result = isRow(answer) ? answer['result'] : undefined;
    const status = isRow(result) ? result['status'] : undefined;
    return typeof status === 'string' ? status : undefined;
  },
  refusal: spotOnly('kraken'),
};

/** ccxt's own is the millisecond, which concurrent requests share and the venue refuses. */
function risingNonce(): () => number {
  let last = 0;
  return () => {
    last = Math.max(last + 1, Date.now());
    return last;
  };
}
