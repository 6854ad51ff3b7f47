/** How often Kraken may be asked: a counter that decays, by tier. */
import type { Limits } from '../../budget/charge.js';
import type { Limit } from '../../budget/bucket.js';
import { KRAKEN_TIERS, type KrakenTier } from './tiers.js';

const COUNTERS: Readonly<Record<KrakenTier, Limit>> = {
  starter: { capacity: 15, perSecond: 0.33 },
  intermediate: { capacity: 20, perSecond: 0.5 },
  pro: { capacity: 20, perSecond: 1 },
};
const PUBLIC = { capacity: 5, perSecond: 1 };

/** The slowest where the word is none of them. */
function counterOf(word: string): Limit {
  return COUNTERS[KRAKEN_TIERS.find((tier) => tier === word) ?? 'starter'];
}

export const KRAKEN_LIMITS: Limits = {
  /** Histories count double; orders are counted elsewhere, by the engine. */
  charges: ({ signed, cost }, { tier }) =>
    signed
      ? [{ bucket: 'private', scope: 'key', limit: counterOf(tier), cost: cost / 3 }]
      : [{ bucket: 'public', scope: 'ip', limit: PUBLIC, cost: 1 }],
};
