/**
 * Market conditions. Realised volatility of a window: the square root of the sum of squared simple
 * returns of its one-minute closes, so that 0.05 reads as "moved about 5 % in the window".
 */
import { Decimal, canonical, exceeds } from '../numbers/decimal.js';

export type VenueStatus = 'open' | 'cancel_only' | 'maintenance' | 'unknown';

interface InstrumentVolatility {
  venue: string;
  instrument: string;
  /** Null where there are too few candles: unknown is not calm. */
  volatility: string | null;
}

export interface MarketFacts {
  volatility: InstrumentVolatility[];
  statuses: { venue: string; status: VenueStatus }[];
}

export type MarketVerdict =
  | { kind: 'normal'; highest: string }
  | { kind: 'closed'; venues: string[] }
  | { kind: 'volatile'; highest: string; limit: string }
  | { kind: 'unknown'; what: string[] };

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

/** Closed first: a market that is shut has no volatility worth asking about. */
export function judgeMarket(facts: MarketFacts, maxVolatility: string): MarketVerdict {
  const closed = facts.statuses.filter(({ status }) => status !== 'open' && status !== 'unknown');
  if (closed.length > 0) {
    return { kind: 'closed', venues: closed.map(({ venue, status }) => `${venue} (${status})`) };
  }
  const unknown = [
    ...facts.statuses.filter(({ status }) => status === 'unknown').map(({ venue }) => venue),
    ...facts.volatility
      .filter(({ volatility }) => volatility === null)
      .map(({ venue, instrument }) => `${venue} ${instrument}`),
  ];
  if (unknown.length > 0) return { kind: 'unknown', what: unknown };
  const highest = Decimal.max(0, ...facts.volatility.map(({ volatility }) => volatility ?? '0'));
  return exceeds(canonical(highest), maxVolatility)
    ? { kind: 'volatile', highest: canonical(highest), limit: maxVolatility }
    : { kind: 'normal', highest: canonical(highest) };
}
