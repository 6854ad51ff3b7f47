/** How often Bybit may be asked: each endpoint so often in a second, by whom it knows or from where. */
import { perWindow, type Limits } from '../../budget/charge.js';

/** ccxt's weight of an endpoint that may be asked fifty times in a second. */
const PER_SECOND = 50;
/** Of one address, whatever is asked. */
const ADDRESS = perWindow(600, 5);

export const BYBIT_LIMITS: Limits = {
  charges: ({ path, cost, signed }) => {
    const all = { bucket: 'address', scope: 'ip' as const, limit: ADDRESS, cost: 1 };
    if (!signed) return [all];
    const times = PER_SECOND / Math.max(cost, 1 / PER_SECOND);
    const limit = { capacity: Math.max(1, times / 2), perSecond: times / 2 };
    return [all, { bucket: path, scope: 'key', limit, cost: 1 }];
  },
};
