/** A reach whose requests are answered from here, as a classic account of any venue would. */
import { ccxt } from '../../../../../clients/exchange/connection/ccxt.js';
import { stubbed, type Sent } from '../../stubbed.js';

export const SWAP = 'BTC/USDT:USDT';
export const INVERSE = 'BTC/USD:BTC';

export function reachOf(
  ccxtId: string,
  ids: Readonly<Record<string, string>>,
  answer: (sent: Sent) => unknown,
) {
  const { exchange } = stubbed(ccxtId, ids, (sent) => accountOf(sent) ?? answer(sent));
  return {
    exchange,
    place: { venue: ccxtId, account: 'main' },
    instruments: Object.keys(ids),
  };
}

/** What accounts are asked about themselves. */
function accountOf({ path }: Sent): unknown {
  if (path === 'v3/account/settings') return new ccxt.BadRequest('classic account');
  return path === 'account/mode' ? { data: { selfAccountMode: 'CLASSIC' } } : undefined;
}
