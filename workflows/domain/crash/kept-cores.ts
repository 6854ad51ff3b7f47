/**
 * Which cores of an engine have to go, so that the next one has room.
 *
 * Invariants: none of an open incident, and none that has just come; the newest goes by its age alone.
 */
import { DAY_MS } from '../numbers/durations.js';

export interface KeptCore {
  path: string;
  bytes: number;
  /** When it came to the evidence. */
  atMs: number;
  isOfOpenIncident: boolean;
}

export interface CoreBounds {
  keep: number;
  maxBytes: number;
  days: number;
}

/** Whether an incident is open is known to Temporal some time after it has begun. */
const JUST_COME_MS = 3_600_000;

/** Newest first. */
export function coresToRemove(
  cores: readonly KeptCore[],
  { keep, maxBytes, days }: CoreBounds,
  nowMs: number,
): KeptCore[] {
  let bytes = 0;
  return cores
    .toSorted((a, b) => b.atMs - a.atMs)
    .filter((core, at) => {
      bytes += core.bytes;
      const ageMs = nowMs - core.atMs;
      if (core.isOfOpenIncident || ageMs < JUST_COME_MS) return false;
      const isTooMuch = at > 0 && (at >= keep || bytes > maxBytes);
      return isTooMuch || ageMs > days * DAY_MS;
    });
}
