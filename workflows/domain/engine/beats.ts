/**
 * Whether an engine that shows its life beat by beat still does.
 *
 * Invariants: no wall clock is asked, so none that steps makes an engine fresh or silent: a beat is new
 * when its sequence is; silence is the time in which somebody looked and saw none, so who was stopped
 * himself, or slept with the machine, has seen none of it; an alarm needs looks that came in time, one
 * after the other, after which a beat would have shown.
 */

/** All in milliseconds of one monotonic clock. */
export interface BeatLimits {
  /** How often it is looked. */
  everyMs: number;
  healthyMs: number;
  alarmMs: number;
}

export interface BeatSeen {
  nowMs: number;
  sequence: string;
  /** When it beat, by the same clock; null where it does not tell. */
  beatMs: number | null;
}

export interface Silence {
  sequence: string;
  silentMs: number;
  lookedMs: number;
  /** Looks in time, one after the other, in which it was silent for too long. */
  alarming: number;
}

export type BeatVerdict = 'healthy' | 'late' | 'hung';

const LOOKS = 2;
/** Of the time between two looks: what is longer was somebody else's, or nobody's. */
const MOST_LATE = 2;

export function judgeBeat(
  before: Silence | null,
  seen: BeatSeen,
  limits: BeatLimits,
): { silence: Silence; verdict: BeatVerdict } {
  const silence = before === null ? firstLook(seen, limits) : nextLook(before, seen, limits);
  if (silence.alarming >= LOOKS) return { silence, verdict: 'hung' };
  return { silence, verdict: silence.silentMs > limits.healthyMs ? 'late' : 'healthy' };
}

/** Of a beat that was there before anybody looked: old, but never so old that it is an alarm by itself. */
function firstLook(seen: BeatSeen, { alarmMs }: BeatLimits): Silence {
  const { sequence, nowMs } = seen;
  return { sequence, silentMs: Math.min(ageOf(seen), alarmMs), lookedMs: nowMs, alarming: 0 };
}

function nextLook(before: Silence, seen: BeatSeen, { everyMs, alarmMs }: BeatLimits): Silence {
  const { sequence, nowMs } = seen;
  const longestMs = everyMs * MOST_LATE;
  const sinceMs = nowMs - before.lookedMs;
  const isNew = before.sequence !== sequence;
  const silentMs = isNew
    ? Math.min(ageOf(seen), longestMs)
    : before.silentMs + Math.min(sinceMs, longestMs);
  const counts = silentMs > alarmMs && sinceMs < longestMs;
  return { sequence, silentMs, lookedMs: nowMs, alarming: counts ? before.alarming + 1 : 0 };
}

/** A time ahead of ours, as in a container with clocks of its own, tells nothing. */
function ageOf({ nowMs, beatMs }: BeatSeen): number {
  return beatMs === null || beatMs > nowMs ? 0 : nowMs - beatMs;
}
