/**
 * Times, durations and enumerations in words.
 *
 * Invariants: times are UTC and ISO 8601, never of the machine's zone; only times become numbers
 * here, amounts of money stay the text that they are.
 */

import { durationText } from '../../workflows/domain/numbers/duration-text.js';

export function utc(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `not a time: ${ms}` : date.toISOString();
}

export function lasted(fromMs: number, toMs: number | null): string {
  return toMs === null ? 'not ended' : durationText(toMs - fromMs);
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
