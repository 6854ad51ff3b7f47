/**
 * One limit of one venue, as a bucket that fills with every request and drains at a steady rate.
 *
 * Invariants: in any stretch of time no more is let through than the capacity and what drains in it;
 * a ban holds everything until it ends; a clock that jumps neither fills the bucket for ever nor
 * extends a ban beyond the longest that venues give.
 */
export interface Limit {
  /** What may go at once. */
  capacity: number;
  perSecond: number;
}

export interface BucketState {
  level: number;
  atMs: number;
  bannedUntilMs: number;
}

export const EMPTY: BucketState = { level: 0, atMs: 0, bannedUntilMs: 0 };

/** Three days, Binance's longest. */
const LONGEST_BAN_MS = 3 * 86_400_000;

export interface Grant {
  state: BucketState;
  /** How long to wait before sending. */
  waitMs: number;
  banned: boolean;
}

/** The bucket after this cost, and how long the sender has to wait for its place. */
export function reserve(
  before: BucketState,
  { capacity, perSecond }: Limit,
  cost: number,
  nowMs: number,
): Grant {
  const level = levelAt(before, perSecond, nowMs) + cost;
  // What costs nothing waits for nothing but the end of a ban.
  const fullMs = cost === 0 ? 0 : ((level - Math.max(capacity, cost)) / perSecond) * 1000;
  const banMs = banAt(before, nowMs) - nowMs;
  return {
    state: { level, atMs: nowMs, bannedUntilMs: banAt(before, nowMs) },
    waitMs: Math.ceil(Math.max(0, fullMs, banMs)),
    banned: banMs > 0 && banMs >= fullMs,
  };
}

/** What the venue said counts more than what we counted: the bucket is full, and nothing goes. */
export function banned(
  before: BucketState,
  { capacity, perSecond }: Limit,
  forMs: number,
  nowMs: number,
): BucketState {
  const until = nowMs + Math.min(Math.max(0, forMs), LONGEST_BAN_MS);
  return {
    level: Math.max(levelAt(before, perSecond, nowMs), capacity),
    atMs: nowMs,
    bannedUntilMs: Math.max(banAt(before, nowMs), until),
  };
}

function levelAt({ level, atMs }: BucketState, perSecond: number, nowMs: number): number {
  const elapsedMs = Math.max(0, nowMs - atMs);
  return Math.max(0, level - (elapsedMs / 1000) * perSecond);
}

function banAt({ bannedUntilMs }: BucketState, nowMs: number): number {
  return bannedUntilMs > nowMs + LONGEST_BAN_MS ? 0 : bannedUntilMs;
}

/** What a broken record is taken for: full, so that nothing rushes, and drained in its time. */
export function full({ capacity }: Limit, nowMs: number): BucketState {
  return { level: capacity, atMs: nowMs, bannedUntilMs: 0 };
}
