/** Times as a person at a terminal reads them: by the clock of their own wall, and how long ago. */
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../workflows/domain/numbers/durations.js';

/** In the zone of this machine (`TZ`), named: `2026-11-30 19:02:11 CET`. */
export function momentText(ms: number): string {
  const at = new Date(ms);
  if (Number.isNaN(at.getTime())) return 'at no known time';
  const date = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(twoDigits).join('-');
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':');
  return `${date} ${time} ${zoneOf(at)}`;
}

/** How long ago that was, or how long it is until then. */
export function sinceText(ms: number, nowMs: number): string {
  const apart = Math.abs(nowMs - ms);
  return nowMs >= ms ? `${spanText(apart)} ago` : `in ${spanText(apart)}`;
}

/** In two units at most: `12 s`, `23 min`, `4 h 12 min`, `3 d 4 h`. */
export function spanText(ms: number): string {
  if (ms < 2 * MINUTE_MS) return `${Math.floor(ms / 1_000)} s`;
  if (ms < HOUR_MS) return `${Math.floor(ms / MINUTE_MS)} min`;
  const [large, small, first, second]: [number, number, string, string] =
    ms < DAY_MS ? [HOUR_MS, MINUTE_MS, 'h', 'min'] : [DAY_MS, HOUR_MS, 'd', 'h'];
  const rest = Math.floor((ms % large) / small);
  return `${Math.floor(ms / large)} ${first}${rest === 0 ? '' : ` ${rest} ${second}`}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

function zoneOf(at: Date): string {
  const offset = -at.getTimezoneOffset();
  if (offset === 0) return 'UTC';
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `UTC${offset < 0 ? '-' : '+'}${hours}${minutes === 0 ? '' : `:${twoDigits(minutes)}`}`;
}
