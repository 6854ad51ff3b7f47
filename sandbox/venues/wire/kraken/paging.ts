/**
 * Kraken's windows and pages.
 *
 * Invariants: `start` is exclusive and `end` inclusive, both in seconds; a page holds fifty rows
 * from `ofs` on, newest first, so rows that arrive shift those behind them.
 */
import type { VenueRequest } from '../../http/route.js';
import { Refusal } from '../../refusal.js';
import { optionalInteger } from '../parameters.js';

const PAGE = 50;

type Params = VenueRequest['params'];

/** Kraken also takes ids as bounds, which this venue refuses. */
export function windowFilter(params: Params): (timeMs: number) => boolean {
  const startMs = secondsOf(params, 'start', -Infinity);
  const endMs = secondsOf(params, 'end', Infinity);
  return (timeMs) => timeMs > startMs && timeMs <= endMs;
}

function secondsOf(params: Params, name: string, absent: number): number {
  const text = params.get(name);
  if (text === null) return absent;
  const seconds = Number(text);
  if (Number.isNaN(seconds)) throw new Refusal('invalid-argument', `${name} must be seconds`);
  return seconds * 1000;
}

export function pageOf<Row>(rows: readonly Row[], params: Params): Row[] {
  const offset = optionalInteger(params, 'ofs') ?? 0;
  return rows.slice(offset, offset + PAGE);
}
