/** What a key of Binance may do: told by the wallet's API, for spot and futures alike. */
import type { VenueAdapter } from '../adapter.js';
import { call } from '../adapter.js';
import { recordAt } from '../../answers/rows.js';

/** Whoever may trade on a market may cancel there, and nobody else. */
export function keyRightsBy(
  market: 'enableSpotAndMarginTrading' | 'enableFutures',
): NonNullable<VenueAdapter['keyRights']> {
  return async (exchange) => {
    const told = recordAt(await call(exchange, 'sapiGetAccountApiRestrictions'));
    return { cancel: told[market] === true, withdraw: told['enableWithdrawals'] === true };
  };
}
