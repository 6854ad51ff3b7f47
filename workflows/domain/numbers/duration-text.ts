/** How long something took or is to take, for people: the two largest units, and tenths of a few seconds. */

import { DAY_MS } from './durations.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Such as 7 ms, 2.4 s, 42 s, 23 min 16 s, 2 h 5 min, 3 d 4 h; rounded down to its smaller unit. */
export function durationText(ms: number): string {
  if (!Number.isFinite(ms)) return 'an unknown time';
  if (ms < 0) return `-${durationText(-ms)}`;
  if (ms < SECOND_MS) return `${Math.floor(ms)} ms`;
  if (ms < 10 * SECOND_MS) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  if (ms < MINUTE_MS) return `${Math.floor(ms / SECOND_MS)} s`;
  if (ms < HOUR_MS) return two(ms, { large: MINUTE_MS, small: SECOND_MS, names: ['min', 's'] });
  if (ms < DAY_MS) return two(ms, { large: HOUR_MS, small: MINUTE_MS, names: ['h', 'min'] });
  return two(ms, { large: DAY_MS, small: HOUR_MS, names: ['d', 'h'] });
}

function two(
  ms: number,
  { large, small, names }: { large: number; small: number; names: [string, string] },
): string {
  const rest = Math.floor((ms % large) / small);
  const whole = `${Math.floor(ms / large)} ${names[0]}`;
  return rest === 0 ? whole : `${whole} ${rest} ${names[1]}`;
}
