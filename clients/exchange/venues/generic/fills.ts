/**
 * Fills of a venue that ccxt's unified methods alone are asked for, instrument by instrument.
 *
 * Invariants: a page that may be cut is read again in halves, or onwards where the venue ignores an
 * end; which part of a history a page shows is never assumed; what may be missing fails the read.
 */
import type { History } from '../../../../activities/ports.js';
import type { Fill } from '../../../../workflows/domain/books/state.js';
import { kindOf } from '../../connection/market-kind.js';
import { toFill } from '../../answers/parse.js';
import { malformed } from '../../answers/rows.js';
import { DAY_MS, listed, mayBeCut, type Reach } from '../adapter.js';
import { MAX_PAGES, tooManyPages } from '../pages.js';
import { correctedTrade, fillTermsOf as rawTermsOf } from './raw.js';
import { featureOf, fillTerms } from './terms.js';

/** Of a venue that gives windows only: as many as can be read in a recovery. */
const WINDOWED_DAYS = 90;
/** A trade of this moment may be in one answer and not yet in another. */
const RECENT_MS = 5_000;
/** Some venues take an end in whole seconds. */
const SECOND_MS = 1_000;
/** A window that ends after the reading does needs no end, which not every venue takes. */
const SOON_MS = 60_000;
/** ccxt does not pass every limit on; a page as long as a usual one may have been cut. */
const USUAL_LENGTHS = new Set([10, 20, 25, 30, 50, 100, 200, 250, 500, 1000]);

export async function allFills(reach: Reach, sinceMs: number): Promise<History<Fill>> {
  const fills: Fill[] = [];
  let oldestMs = sinceMs;
  for (const instrument of listed(reach.exchange, reach.instruments)) {
    const { fromMs, stepMs, limit } = historyOf(reach, instrument, sinceMs);
    const startMs = reach.exchange.milliseconds();
    const read = new Map<string, Fill>();
    const reading: Reading = { reach, instrument, limit, read, startMs, calls: 0 };
    for (let from = fromMs; from <= reach.exchange.milliseconds(); from += stepMs) {
      await readWindow(reading, from, from + stepMs);
    }
    await checkNewest(reading, fromMs);
    fills.push(...reading.read.values());
    oldestMs = Math.max(oldestMs, fromMs);
  }
  return { rows: fills.filter(({ timeMs }) => timeMs >= oldestMs), fromMs: oldestMs };
}

interface Reading {
  reach: Reach;
  instrument: string;
  limit: number | undefined;
  read: Map<string, Fill>;
  startMs: number;
  calls: number;
}

/** How far back ccxt says that the venue goes, and how much of it in one answer. */
function historyOf({ exchange }: Reach, instrument: string, sinceMs: number) {
  const terms = featureOf(exchange, kindOf(instrument), 'fetchMyTrades');
  const days = (given: number | undefined) => (given !== undefined && given > 0 ? given : Infinity);
  const nowMs = exchange.milliseconds();
  const stepMs = days(terms?.untilDays) * DAY_MS;
  const windowedDays = Number.isFinite(stepMs) ? WINDOWED_DAYS : Infinity;
  const daysBack = Math.min(days(terms?.daysBack), windowedDays);
  const fromMs = Number.isFinite(daysBack) ? Math.max(sinceMs, nowMs - daysBack * DAY_MS) : sinceMs;
  return { fromMs, stepMs: Math.min(stepMs, nowMs - fromMs + SOON_MS), limit: terms?.limit };
}

async function readWindow(reading: Reading, from: number, until: number): Promise<void> {
  const fills = await readPage(reading, from, until);
  keep(reading, fills);
  if (!isFull(reading, fills)) return;
  if (latestOf(fills) > until + SECOND_MS) return readOnwards(reading, fills);
  if (until - from <= 1) throw mayBeCut('fetchMyTrades', fills.length);
  const middle = Math.floor((from + until) / 2);
  await readWindow(reading, from, middle);
  await readWindow(reading, middle, until);
}

/** Only where a page shows the oldest trades, which it proves by not showing the newest. */
async function readOnwards(reading: Reading, first: readonly Fill[]): Promise<void> {
  const newest = await readPage(reading, 0, Infinity);
  // One that was made since the first page proves nothing about it.
  const newestMs = latestOf(newest.filter(({ timeMs }) => timeMs < reading.startMs - RECENT_MS));
  let fills = first;
  while (isFull(reading, fills)) {
    const last = latestOf(fills);
    if (last >= newestMs) throw mayBeCut('fetchMyTrades', fills.length);
    fills = await readPage(reading, last, Infinity);
    keep(reading, fills);
    if (latestOf(fills) <= last) throw mayBeCut('fetchMyTrades', fills.length);
  }
}

async function readPage(reading: Reading, from: number, until: number): Promise<Fill[]> {
  const { exchange, place } = reading.reach;
  reading.calls += 1;
  if (reading.calls > MAX_PAGES) throw tooManyPages('fetchMyTrades');
  const rows = await exchange.fetchMyTrades(
    reading.instrument,
    from > 0 ? from : undefined,
    reading.limit,
    {
      ...(until < exchange.milliseconds() ? { until } : {}),
      ...fillTerms(exchange, reading.instrument),
    },
  );
  return rows.map((row) => toFill(place, correctedTrade(exchange, row), rawTermsOf(exchange, row)));
}

function keep({ read }: Reading, fills: readonly Fill[]): void {
  for (const fill of fills) read.set(keyOf(fill), fill);
}

/** A trade with ourselves has one id on both of its sides. */
const keyOf = ({ instrument, tradeId, side, positionSide }: Fill) =>
  `${instrument}|${tradeId}|${side}|${positionSide}`;

const latestOf = (fills: readonly Fill[]) => Math.max(0, ...fills.map(({ timeMs }) => timeMs));

function isFull({ limit = Infinity }: Reading, { length }: readonly Fill[]): boolean {
  return length >= limit || USUAL_LENGTHS.has(length);
}

/** A venue that clips what it was asked for without a word is found out by its newest trades. */
async function checkNewest(reading: Reading, fromMs: number): Promise<void> {
  const readAtMs = reading.reach.exchange.milliseconds();
  const newest = await readPage(reading, 0, Infinity);
  const mustBeKnown = ({ timeMs }: Fill) => timeMs >= fromMs && timeMs < readAtMs - RECENT_MS;
  if (newest.some((fill) => mustBeKnown(fill) && !reading.read.has(keyOf(fill)))) {
    throw malformed('malformed answer from fetchMyTrades: it leaves trades out');
  }
  keep(reading, newest);
}
