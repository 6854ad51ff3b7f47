/** Kraken's verification tiers, which set how fast its counter of calls decays. */
export const KRAKEN_TIERS = ['starter', 'intermediate', 'pro'] as const;
export type KrakenTier = (typeof KRAKEN_TIERS)[number];
