/** A time as people and logs write it, without a clock: a pure function of milliseconds. */
import { DAY_MS } from '../numbers/durations.js';

/** As ISO 8601 in UTC, such as 2026-11-26T03:12:00.000Z; the bare number where it is no date. */
export function utcText(ms: number): string {
  if (!Number.isSafeInteger(ms) || ms < 0 || ms >= 253_402_300_800_000) return String(ms);
  const { year, month, day } = dateOf(Math.floor(ms / DAY_MS));
  const rest = ms % DAY_MS;
  const [hours, minutes] = [Math.floor(rest / 3_600_000), Math.floor(rest / 60_000) % 60];
  const [seconds, millis] = [Math.floor(rest / 1_000) % 60, rest % 1_000];
  const date = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
  return `${date}T${digits(hours, 2)}:${digits(minutes, 2)}:${digits(seconds, 2)}.${digits(millis, 3)}Z`;
}

/** The begin of a day written as 2026-12-31, in UTC; null where the calendar has no such day. */
export function utcDayMs(text: string): number | null {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  const fromMarch = (month + 9) % 12;
  const marchYear = month <= 2 ? year - 1 : year;
  const days =
    marchYear * 365 +
    Math.floor(marchYear / 4) -
    Math.floor(marchYear / 100) +
    Math.floor(marchYear / 400) +
    Math.floor((153 * fromMarch + 2) / 5) +
    day -
    1 -
    719_468;
  const ms = days * DAY_MS;
  return utcText(ms).startsWith(`${text}T`) ? ms : null;
}

/** Years begin in March here, so that the day of a leap year comes last. */
function dateOf(daysSince1970: number): { year: number; month: number; day: number } {
  const days = daysSince1970 + 719_468; // since 1 March of the year 0
  const era = Math.floor(days / 146_097);
  const ofEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) /
      365,
  );
  const ofYear =
    ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const day = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

function digits(number: number, count: number): string {
  return String(number).padStart(count, '0');
}
