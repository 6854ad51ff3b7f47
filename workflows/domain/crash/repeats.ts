/**
 * How often an engine has died of the same thing: over restarts, builds and incidents.
 *
 * Invariants: a death counts once, by its instance, however often it is analysed; one without a signature
 * is counted by its cause alone and said to be, never together with one that has a signature, and not at all
 * where the cause is unknown; what is remembered is bounded in number and time, and a bug that strikes
 * often pushes out its own deaths, never those of another.
 */
import { z } from 'zod';
import { counted } from '../content/counted.js';
import { utcText } from '../content/utc-text.js';
import type { Classification, Seen } from './cause/cause.js';
import { DAY_MS, HOUR_MS } from '../numbers/durations.js';

const MOST_REMEMBERED = 100;
export const REMEMBERED_MS = 30 * DAY_MS;

const LONGEST_CAUSE = 100;
const LONGEST_SIGNATURE = 400;

/** A death of the engine whose cause is known. */
export const KnownDeath = z.looseObject({
  instanceId: z.string().min(1).max(200),
  atMs: z.number().int().nonnegative(),
  cause: z.string().max(LONGEST_CAUSE),
  signature: z.string().max(LONGEST_SIGNATURE).optional(),
});
/** As a memory holds it, which may be one of a later version. */
export interface KnownDeath {
  instanceId: string;
  atMs: number;
  cause: string;
  signature?: string;
}

/** With this one; what is known of its instance already is replaced. */
export function withDeath(
  known: readonly KnownDeath[],
  death: KnownDeath,
  nowMs: number,
): KnownDeath[] {
  const others = known.filter(({ instanceId }) => instanceId !== death.instanceId);
  const recent = [...others, death]
    .filter(({ atMs }) => nowMs - atMs < REMEMBERED_MS)
    .toSorted((a, b) => a.atMs - b.atMs);
  return bounded(recent);
}

function bounded(deaths: KnownDeath[]): KnownDeath[] {
  if (deaths.length <= MOST_REMEMBERED) return deaths;
  const [most] = groupsOf(deaths).toSorted((a, b) => b.length - a.length);
  return bounded(deaths.filter((death) => death !== most?.[0]));
}

/** Null where nothing says of what it died. */
export function seenOf(known: readonly KnownDeath[], death: KnownDeath): Seen | null {
  const key = keyOf(death);
  if (key === null) return null;
  const others = othersLike(known, death, REMEMBERED_MS).map(({ atMs }) => atMs);
  const { atMs, signature } = death;
  return {
    by: signature === undefined ? 'cause' : 'signature',
    times: others.length + 1,
    atMs,
    firstMs: Math.min(atMs, ...others),
    lastMs: others.length === 0 ? null : Math.max(...others),
  };
}

/** How often this bug has struck in the last while, this time included; 0 where no signature tells it. */
export function strikesWithin(
  known: readonly KnownDeath[],
  death: KnownDeath,
  withinMs: number,
): number {
  return death.signature === undefined ? 0 : othersLike(known, death, withinMs).length + 1;
}

/** Clocks of hosts differ: what another says to have come a little later has come too. */
function othersLike(known: readonly KnownDeath[], death: KnownDeath, withinMs: number) {
  const key = keyOf(death);
  return known.filter(
    (other) =>
      other.instanceId !== death.instanceId &&
      keyOf(other) === key &&
      Math.abs(death.atMs - other.atMs) < withinMs,
  );
}

function keyOf({ cause, signature }: KnownDeath): string | null {
  if (signature !== undefined) return `bug ${signature}`;
  return cause === 'unknown' ? null : `cause ${cause}`;
}

/** Each oldest first. */
function groupsOf(deaths: readonly KnownDeath[]): KnownDeath[][] {
  const groups = new Map<string | null, KnownDeath[]>();
  for (const death of deaths) {
    const key = keyOf(death);
    groups.set(key, [...(groups.get(key) ?? []), death]);
  }
  return [...groups.values()];
}

/** As `the third time in a week; last on …`; null where it is the first. */
export function seenWords(seen: Seen | undefined): string | null {
  if (seen === undefined || seen.lastMs === null) return null;
  const { by, times, firstMs, lastMs, atMs } = seen;
  const kind = by === 'cause' ? ', counted by the cause alone: it has no signature' : '';
  return `the ${ordinal(times)} time in ${spanWords(atMs - firstMs)}; last on ${utcText(lastMs)}${kind}`;
}

/** What is known of a death for the next one: as its host has it, cut so that no memory is refused for it. */
export function knownDeath(
  { instanceId, atMs }: Pick<KnownDeath, 'instanceId' | 'atMs'>,
  { cause, signature }: Classification,
): KnownDeath {
  const known = { instanceId, atMs, cause: cause.slice(0, LONGEST_CAUSE) };
  if (signature === undefined) return known;
  return { ...known, signature: signature.slice(0, LONGEST_SIGNATURE) };
}

/** What has struck more than once, most often first; a line each. */
export function repeatedLines(deaths: readonly KnownDeath[]): string[] {
  return groupsOf(deaths)
    .filter((group) => group.length > 1)
    .toSorted((a, b) => b.length - a.length)
    .flatMap((group) => {
      const last = group.at(-1);
      if (last === undefined || keyOf(last) === null) return [];
      const { signature, cause, atMs } = last;
      const what = signature ?? `${cause} (no signature)`;
      return [`${what}: ${counted(group.length, 'death')} in 30 days, last on ${utcText(atMs)}`];
    });
}

const ORDINALS = ['zeroth', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth'];

function ordinal(times: number): string {
  const word = ORDINALS[times];
  if (word !== undefined) return word;
  const ending = ['th', 'st', 'nd', 'rd'][times % 10] ?? 'th';
  const isTeen = times % 100 > 10 && times % 100 < 14;
  return `${times}${isTeen ? 'th' : ending}`;
}

const SPANS = [
  [HOUR_MS, 'an hour'],
  [DAY_MS, 'a day'],
  [7 * DAY_MS, 'a week'],
] as const;

function spanWords(ms: number): string {
  return SPANS.find(([most]) => ms <= most)?.[1] ?? '30 days';
}
