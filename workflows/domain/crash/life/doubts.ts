/**
 * What has been seen of a living engine that alone proves neither a death nor a hang: it is suspected.
 *
 * Invariants: a suspicion starts no recovery, and is taken back by the probe that had it; each probe has one of a
 * kind, since the time at which it was first seen.
 */
import { z } from 'zod';
import { utcText } from '../../content/utc-text.js';
import { Probe } from '../report.js';

/** Not longer than its limit: then it is a hang, or a death. */
export const DOUBTS = [
  'no heartbeat',
  'no heartbeat on its socket',
  'no progress in what it tells of its work',
  'it does not work',
  'its health is not well',
  'its connection is closed, and it has not come back',
] as const;

export const Doubt = z.object({
  probe: Probe,
  what: z.enum(DOUBTS),
  sinceMs: z.number().int().nonnegative(),
});
export type Doubt = z.infer<typeof Doubt>;

type Kind = Pick<Doubt, 'probe' | 'what'>;

/** The very same list where nothing is new. */
export function withDoubt(doubts: readonly Doubt[], kind: Kind, sinceMs: number): readonly Doubt[] {
  return doubts.some((known) => isOf(known, kind)) ? doubts : [...doubts, { ...kind, sinceMs }];
}

/** The very same list where there was none. */
export function withoutDoubt(doubts: readonly Doubt[], kind: Kind): readonly Doubt[] {
  const left = doubts.filter((known) => !isOf(known, kind));
  return left.length === doubts.length ? doubts : left;
}

function isOf(known: Doubt, { probe, what }: Kind): boolean {
  return known.probe === probe && known.what === what;
}

/** Behind the words that it lives; empty where nothing is suspected. */
export function doubtWords(doubts: readonly Doubt[]): string {
  if (doubts.length === 0) return '';
  const told = doubts.map(
    ({ what, probe, sinceMs }) => `${what} (${probe}) since ${utcText(sinceMs)}`,
  );
  return `, and is SUSPECTED: ${told.join('; ')}`;
}
