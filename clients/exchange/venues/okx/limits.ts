/** How often OKX may be asked: each endpoint so often in two seconds, by whom it knows or from where. */
import type { Limits } from '../../budget/charge.js';

/** ccxt's weight of an endpoint that may be asked twenty times in two seconds. */
const PER_WINDOW = 20;
const WINDOW_S = 2;

export const OKX_LIMITS: Limits = {
  charges: ({ path, cost, signed }) => {
    const times = PER_WINDOW / Math.max(cost, 1 / PER_WINDOW);
    // Half at once and half drained; an endpoint that may be asked once in seconds has its one.
    const limit = { capacity: Math.max(1, times / 2), perSecond: times / 2 / WINDOW_S };
    return [{ bucket: path, scope: signed ? 'key' : 'ip', limit, cost: 1 }];
  },
};
