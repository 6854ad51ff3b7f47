/** Times as a surface tells them. */
import { utcText } from '../../content/utc-text.js';

/** In words; what is told again later must not say how long it still is. */
export type Times = (ms: number) => string;

/** For what is read at any time, anywhere: to the second. */
export const utcTimes: Times = (ms) =>
  `${utcText(ms)
    .replace('T', ' ')
    .replace(/\.\d{3}Z$/, '')} UTC`;

/** How long from now, in one figure: `in 12 min`, `3 h ago`. */
export function relative(ms: number, nowMs: number): string {
  const away = Math.abs(ms - nowMs);
  const [unit, each] =
    away < 120_000 ? ['s', 1_000] : away < 7_200_000 ? ['min', 60_000] : ['h', 3_600_000];
  const figure = `${Math.round(away / each)} ${unit}`;
  return ms >= nowMs ? `in ${figure}` : `${figure} ago`;
}
