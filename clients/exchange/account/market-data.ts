/** Prices, candles, status and specifications: what a venue tells everybody. */
import type { Exchange } from '../connection/ccxt.js';
import type { InstrumentSpec } from '../../../workflows/domain/books/state.js';
import { canonical, Decimal, exceeds } from '../../../workflows/domain/numbers/decimal.js';
import type { MarketStatus, VenueStatus } from '../../../workflows/domain/policy/market.js';
import { malformed, text } from '../answers/rows.js';
import type { Reach, Venue, VenueProfile } from '../venues/index.js';
import { endsSoon } from '../answers/statuses.js';

const MINUTE_MS = 60_000;
/** Instruments without a price have no entry. */
export async function marksOf(
  exchange: Exchange,
  instruments: readonly string[],
): Promise<Map<string, string>> {
  const known = instruments.filter((symbol) => exchange.markets?.[symbol] !== undefined);
  const tickers = await tickersOf(exchange, known);
  const marks = new Map<string, string>();
  for (const [symbol, ticker] of tickers) {
    const mark = text(ticker.markPrice ?? ticker.last ?? ticker.close);
    if (mark !== null && exceeds(mark, '0')) marks.set(symbol, mark);
  }
  return marks;
}

async function tickersOf(exchange: Exchange, symbols: readonly string[]) {
  const inOne = symbols.length > 1 && exchange.has['fetchTickers'] === true;
  if (!inOne) {
    const read = async (symbol: string) => [symbol, await exchange.fetchTicker(symbol)] as const;
    return Promise.all(symbols.map(read));
  }
  const tickers = await exchange.fetchTickers([...symbols]);
  return symbols.flatMap((symbol) => {
    const ticker = tickers[symbol];
    return ticker === undefined ? [] : [[symbol, ticker] as const];
  });
}

export async function closesOf(exchange: Exchange, instrument: string, windowMs: number) {
  const minutes = Math.ceil(windowMs / MINUTE_MS);
  const since = exchange.milliseconds() - windowMs;
  const candles = await exchange.fetchOHLCV(instrument, '1m', since, minutes);
  const rise = candles.every((candle, at) => at === 0 || time(candle) > time(candles[at - 1]));
  // One told twice would halve the volatility that is measured.
  if (!rise) throw malformed('malformed answer from candles: not one a minute');
  return candles.flatMap((candle) => text(candle[4]) ?? []);
}

function time(candle: readonly unknown[] | undefined): number {
  return Number(candle?.[0]);
}

/**
 * Of the venue as a whole where it is not open, else of each instrument: from what it states of them
 * where its adapter reads that, and anyway where a contract is about to end.
 */
export async function statusesOf(
  reach: Reach,
  { profile, adapter }: Venue,
): Promise<MarketStatus[]> {
  const status = await statusOf(reach.exchange, profile);
  if (status !== 'open') return [{ instrument: null, status }];
  if (adapter.statuses !== undefined) return adapter.statuses(reach);
  const { exchange, instruments } = reach;
  return instruments.map((instrument) => ({
    instrument,
    status: endsSoon(exchange.markets?.[instrument]?.expiry, exchange.milliseconds())
      ? 'ending'
      : status,
  }));
}

const WORDS: Readonly<Record<string, VenueStatus>> = {
  ok: 'open',
  online: 'open',
  maintenance: 'maintenance',
  shutdown: 'maintenance',
  cancel_only: 'cancel_only',
  post_only: 'post_only',
};

/** A venue without a status call is open as far as one can know: its reads have just worked. */
async function statusOf(exchange: Exchange, { statusWord }: VenueProfile): Promise<VenueStatus> {
  if (exchange.has['fetchStatus'] !== true) return 'open';
  const told = await exchange.fetchStatus();
  return WORDS[statusWord?.(told.info) ?? String(told.status)] ?? 'unknown';
}

export function specsOf(exchange: Exchange, instruments: readonly string[]): InstrumentSpec[] {
  return instruments.flatMap((instrument) => {
    const market = exchange.markets?.[instrument];
    if (market === undefined) return [];
    const { precision, limits } = market;
    const minNotional = text(limits?.cost?.min);
    return [
      {
        instrument,
        quantityStep: stepOf(exchange, precision?.amount),
        priceTick: stepOf(exchange, precision?.price),
        minNotional: minNotional === '0' ? null : minNotional,
        contractSize: text(market.contractSize) ?? '1',
        inverse: market.inverse === true,
      },
    ];
  });
}

const [DECIMAL_PLACES, TICK_SIZE] = [2, 4];

/** ccxt gives steps, or numbers of digits, or numbers of significant digits, which are no step. */
function stepOf(exchange: Exchange, precision: unknown): string | null {
  const given = text(precision);
  if (given === null) return null;
  if (exchange.precisionMode === DECIMAL_PLACES) {
    return canonical(new Decimal(10).pow(new Decimal(given).negated()));
  }
  return exchange.precisionMode === TICK_SIZE && given !== '0' ? given : null;
}
