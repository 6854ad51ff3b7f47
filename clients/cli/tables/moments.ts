/** Times as a person at a terminal reads them: by the clock of their own wall, and how long ago. */
import { durationText } from '../../../workflows/domain/numbers/duration-text.js';

/** In the zone of this machine (`TZ`), named: `2026-11-30 19:02:11 UTC+01:00`. */
export function momentText(ms: number): string {
  const at = new Date(ms);
  if (Number.isNaN(at.getTime())) return 'at no known time';
  const date = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(twoDigits).join('-');
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(':');
  return `${date} ${time} ${zoneOf(at)}`;
}

/** The same, with how long ago that was, or how long it is until then. */
export function momentSince(ms: number, nowMs: number): string {
  const apart = durationText(Math.abs(nowMs - ms));
  return `${momentText(ms)} (${nowMs >= ms ? `${apart} ago` : `in ${apart}`})`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

function zoneOf(at: Date): string {
  const offset = -at.getTimezoneOffset();
  if (offset === 0) return 'UTC';
  const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60];
  return `UTC${offset < 0 ? '-' : '+'}${twoDigits(hours)}:${twoDigits(minutes)}`;
}
