/**
 * Times, durations and enumerations in words.
 *
 * Invariants: times are UTC and ISO 8601, never of the machine's zone; only times become numbers
 * here, amounts of money stay the text that they are.
 */

export function utc(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `not a time: ${ms}` : date.toISOString();
}

export function seconds(ms: number): string {
  const value = ms / 1000;
  return `${Math.abs(value) < 1 ? value.toFixed(3) : value.toFixed(1)} s`;
}

/** Hours and minutes besides the seconds, once seconds alone are hard to picture. */
export function duration(ms: number): string {
  if (ms < 120_000) return seconds(ms);
  const minutes = Math.floor(ms / 60_000);
  const hours = Math.floor(minutes / 60);
  const rest = `${Math.floor((ms % 60_000) / 1000)} s`;
  const long = hours > 0 ? `${hours} h ${minutes % 60} min ${rest}` : `${minutes} min ${rest}`;
  return `${seconds(ms)} (${long})`;
}

export function words(name: string): string {
  return name.replaceAll('_', ' ');
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function orDash(text: string): string {
  return text.trim() === '' ? '–' : text;
}
