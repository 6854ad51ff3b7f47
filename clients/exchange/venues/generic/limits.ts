/** How often a venue may be asked whose limits nobody has read: ccxt's pace, a second's worth at once. */
import type { Limits } from '../../budget/charge.js';

export const GENERIC_LIMITS: Limits = {
  charges: ({ cost }, { msPerCost }) => {
    const perSecond = 1000 / Math.max(1, msPerCost);
    const limit = { capacity: Math.max(1, perSecond), perSecond };
    return [{ bucket: 'all', scope: 'key', limit, cost }];
  },
};
