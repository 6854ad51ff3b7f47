/**
 * Market conditions. Realised volatility of a window: the square root of the sum of squared simple
 * returns of its one-minute closes, so that 0.05 reads as "moved about 5 % in the window".
 */
import { Decimal, canonical, exceeds } from '../numbers/decimal.js';

/**
 * Of a venue or of one instrument of it. `post_only`, `limit_only` and `reduce_only` take some orders
 * only; `halted`: none for now; `scheduled`: closed by the calendar of the configuration; `ending`: it
 * trades no more, or not for long, so nobody can wait for it.
 */
export type VenueStatus =
  | 'open'
  | 'post_only'
  | 'limit_only'
  | 'reduce_only'
  | 'cancel_only'
  | 'halted'
  | 'maintenance'
  | 'scheduled'
  | 'ending'
  | 'unknown';

/** `instrument` null: of the venue as a whole. */
export interface MarketStatus {
  instrument: string | null;
  status: VenueStatus;
}

interface InstrumentVolatility {
  venue: string;
  instrument: string;
  /** Null where there are too few candles: unknown is not calm. */
  volatility: string | null;
}

export interface MarketFacts {
  volatility: InstrumentVolatility[];
  statuses: ({ venue: string } & Partial<MarketStatus> & Pick<MarketStatus, 'status'>)[];
}

export type MarketVerdict =
  | { kind: 'normal'; highest: string }
  | { kind: 'closed'; venues: string[] }
  | { kind: 'volatile'; highest: string; limit: string }
  /** `highest`: of what is known; missing in histories of earlier versions. */
  | { kind: 'unknown'; what: string[]; highest?: string };

const FEWEST_CANDLES = 5;

export function realisedVolatility(closes: readonly string[]): string | null {
  if (closes.length < FEWEST_CANDLES) return null;
  let squares = new Decimal(0);
  for (let i = 1; i < closes.length; i += 1) {
    const previous = new Decimal(closes[i - 1] ?? '0');
    if (!previous.isPositive() || previous.isZero()) return null;
    squares = squares.plus(new Decimal(closes[i] ?? '0').dividedBy(previous).minus(1).pow(2));
  }
  return canonical(squares.sqrt().toDecimalPlaces(8));
}

const ASKED_ABOUT: ReadonlySet<VenueStatus> = new Set(['unknown', 'ending']);

/**
 * Closed first: a market that is shut has no volatility worth asking about. What never opens again is
 * asked about, as what is not known is: waiting for it would have no end.
 */
export function judgeMarket(facts: MarketFacts, maxVolatility: string): MarketVerdict {
  const closed = facts.statuses.filter(
    ({ status }) => status !== 'open' && !ASKED_ABOUT.has(status),
  );
  if (closed.length > 0) return { kind: 'closed', venues: closed.map(wordsOf) };
  const unknown = [
    ...facts.statuses.filter(({ status }) => ASKED_ABOUT.has(status)).map(wordsOf),
    ...facts.volatility
      .filter(({ volatility }) => volatility === null)
      .map(({ venue, instrument }) => `${venue} ${instrument}`),
  ];
  const known = facts.volatility.map(({ volatility }) => volatility ?? '0');
  const highest = canonical(Decimal.max(0, ...known));
  if (unknown.length > 0) return { kind: 'unknown', what: unknown, highest };
  return exceeds(highest, maxVolatility)
    ? { kind: 'volatile', highest, limit: maxVolatility }
    : { kind: 'normal', highest };
}

function wordsOf({ venue, instrument = null, status }: MarketFacts['statuses'][number]): string {
  const of = instrument === null ? venue : `${venue} ${instrument}`;
  return status === 'unknown' ? of : `${of} (${status})`;
}
