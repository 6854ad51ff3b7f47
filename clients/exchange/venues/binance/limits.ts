/** How often Binance may be asked, by address. */
import { perWindow, type Charges, type Limits } from '../../budget/charge.js';

const SPOT = perWindow(6000, 60);
const WALLET = perWindow(12_000, 60);
const FUTURES = perWindow(2400, 60);

/** ccxt counts spot in fifths of a weight, the wallet in tenths, and futures as they are. */
const charges: Charges = ({ api, cost }) => {
  if (api.startsWith('fapi')) return [{ bucket: 'futures', scope: 'ip', limit: FUTURES, cost }];
  if (api.startsWith('sapi')) {
    return [{ bucket: 'wallet', scope: 'ip', limit: WALLET, cost: cost * 10 }];
  }
  return [{ bucket: 'spot', scope: 'ip', limit: SPOT, cost: cost * 5 }];
};

const ONE_HOST = ['api', 'sapi'];

export const BINANCE_LIMITS: Limits = {
  charges,
  /** An address is banned from a whole host, whichever limit of it was broken. */
  bans: (request, terms) =>
    request.api.startsWith('fapi')
      ? charges(request, terms)
      : ONE_HOST.flatMap((api) => charges({ ...request, api }, terms)),
};
