/**
 * One limit of one venue, as a bucket that fills with every request and drains at a steady rate.
 *
 * Invariants: in any stretch of time no more is let through than the capacity and what drains in it;
 * what is urgent has a part of the capacity that reads leave free, however many of them wait;
 * a ban holds everything until it ends; a clock that jumps neither fills the bucket for ever nor
 * extends a ban beyond the longest that venues give.
 */
export interface Limit {
  /** What may go at once. */
  capacity: number;
  perSecond: number;
}

export interface BucketState {
  /** Of all that has a place, sent or waiting for its time. */
  level: number;
  /** Of what is urgent: how much of the part that reads leave free it has taken. */
  passed: number;
  atMs: number;
  bannedUntilMs: number;
}

export const EMPTY: BucketState = { level: 0, passed: 0, atMs: 0, bannedUntilMs: 0 };

/** Three days, the longest that a venue is known to give. */
const LONGEST_BAN_MS = 3 * 86_400_000;

export interface Grant {
  state: BucketState;
  /** How long to wait before sending. */
  waitMs: number;
  banned: boolean;
}

export interface Asked {
  cost: number;
  urgent: boolean;
}

const READS = 0.9;

/** The bucket after this cost, and how long the sender has to wait for its place. */
export function reserve(
  before: BucketState,
  { capacity, perSecond }: Limit,
  { cost, urgent }: Asked,
  nowMs: number,
): Grant {
  const level = levelAt(before, perSecond, nowMs);
  const forReads = capacity * READS;
  // At this level nobody waits any more: it holds all that was sent.
  const taken = level <= forReads ? 0 : before.passed;
  const passed = taken + (urgent ? Math.min(cost, Math.max(0, level + cost - forReads)) : 0);
  const passes = urgent && passed <= capacity - forReads;
  const room = Math.max(cost, urgent ? capacity : forReads);
  const dueMs = ((level + cost - room) / perSecond) * 1000;
  // What costs nothing waits for nothing but the end of a ban.
  const fullMs = cost === 0 || passes ? 0 : dueMs;
  const banMs = banAt(before, nowMs) - nowMs;
  return {
    state: {
      level: level + cost,
      passed,
      atMs: nowMs,
      bannedUntilMs: banAt(before, nowMs),
    },
    waitMs: Math.ceil(Math.max(0, fullMs, banMs)),
    banned: banMs > 0 && banMs >= fullMs,
  };
}

/** Of a venue's limit, what readings that nobody waits for take in the long run. */
const SPARE_RATE = 0.2;
/** They begin only where so much of the capacity is free: a recovery that begins meanwhile finds the rest. */
const SPARE_LEVEL = 0.3;

/** What was asked is owed, and paid back at a share of what drains. */
export function owing(
  before: BucketState,
  { limit, cost }: { limit: Limit; cost: number },
  nowMs: number,
): BucketState {
  const level = levelAt(before, limit.perSecond * SPARE_RATE, nowMs) + cost;
  return { ...EMPTY, level, atMs: nowMs };
}

/** When nothing is owed any more, and the limit has room. */
export function spareInMs(
  { owed, shared }: { owed: BucketState; shared: BucketState },
  { capacity, perSecond }: Limit,
  nowMs: number,
): number {
  const paidMs = levelAt(owed, perSecond * SPARE_RATE, nowMs) / (perSecond * SPARE_RATE);
  const busy = levelAt(shared, perSecond, nowMs) - capacity * SPARE_LEVEL;
  const banMs = banAt(shared, nowMs) - nowMs;
  return Math.ceil(Math.max(0, paidMs * 1000, (busy / perSecond) * 1000, banMs));
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
    // Nothing is left free: the count was wrong.
    passed: capacity,
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
  return { level: capacity, passed: capacity, atMs: nowMs, bannedUntilMs: 0 };
}
