/**
 * What the agent of an engine's host did about resting orders at the death of an instance.
 *
 * Invariants: nothing counts as done but by the very rules of the recovery, and where nothing of ours is
 * known to be left but what protects; what an agent says is bounded.
 */
import { z } from 'zod';
import { cutToLength } from '../content/shortened.js';

const MOST_VENUES = 100;
const LONGEST_WHY = 1_000;

const ContainedAt = z.object({
  venue: z.string().min(1).max(200),
  /** Orders of ours that are gone by it. */
  cancelled: z.number().int().nonnegative(),
  /** Orders of ours that are, or may be, there still; null where the venue did not tell. */
  left: z.number().int().nonnegative().nullable(),
  /** In words. */
  why: z.string().max(LONGEST_WHY),
});
export type ContainedAt = z.infer<typeof ContainedAt>;

/** Venues where policy has something else done, and those without a key of the agent's, are not among them. */
export const Contained = z.object({
  /** Of policy, where it names nothing else for a venue. */
  action: z.string().max(100),
  atMs: z.number().int().nonnegative(),
  venues: z.array(ContainedAt).max(MOST_VENUES),
  rulesDigest: z.string().max(200),
});
export type Contained = z.infer<typeof Contained>;

export function isWhole({ venues }: Contained): boolean {
  return venues.every(({ left }) => left === 0);
}

export function cutWhy(why: string): string {
  return cutToLength(why, LONGEST_WHY);
}

/** Venues where nothing is left to be done by the rules with this digest. */
export function venuesDone(
  contained: Contained | undefined,
  rulesDigest: string | undefined,
): string[] {
  if (contained === undefined || contained.rulesDigest !== rulesDigest) return [];
  return contained.venues.filter(({ left }) => left === 0).map(({ venue }) => venue);
}

export function containedWords(contained: Contained): string {
  return contained.venues.map(({ venue, why }) => `${venue}: ${why}`).join('; ');
}
