/** Binance's tickers, spot and USD-M futures. */
import type { Desk } from '../../../desk.js';
import { Decimal, padded, ZERO } from '../../../decimal.js';
import type { VenueRequest } from '../../../http/route.js';
import type { Instrument } from '../../../instruments.js';
import { MINUTE_MS } from '../../../market/intervals.js';
import type { Level } from '../../../market/order-book.js';

/** One object for one symbol, a list without: as Binance does. */
export function perSymbol(
  desk: Desk,
  { params }: VenueRequest,
  describe: (instrument: Instrument) => unknown,
): unknown {
  const symbol = params.get('symbol');
  if (symbol !== null) return describe(desk.instrument(symbol));
  const symbols = params.get('symbols');
  const wanted = desk.instruments.filter(
    ({ nativeId }) => symbols === null || symbols.includes(`"${nativeId}"`),
  );
  return wanted.map(describe);
}

export function ticker24h(desk: Desk, instrument: Instrument) {
  const candles = desk.recentCandles(instrument);
  const price = desk.price(instrument);
  const open = candles[0]?.open ?? price;
  const volume = candles.reduce((sum, candle) => sum.plus(candle.volume), ZERO);
  const quotes = instrument.kind === 'spot' ? quotesOf(desk, instrument) : {};
  return {
    symbol: instrument.nativeId,
    priceChange: padded(price.minus(open), 2),
    priceChangePercent: price.minus(open).div(open).times(100).toFixed(3),
    weightedAvgPrice: padded(price, 8),
    lastPrice: padded(price, 2),
    lastQty: '0.100',
    openPrice: padded(open, 2),
    highPrice: padded(Decimal.max(...candles.map(({ high }) => high)), 2),
    lowPrice: padded(Decimal.min(...candles.map(({ low }) => low)), 2),
    volume: padded(volume, 8),
    quoteVolume: padded(volume.times(price), 8),
    openTime: candles[0]?.openMs ?? desk.nowMs(),
    closeTime: desk.nowMs(),
    firstId: 0,
    lastId: 0,
    count: 0,
    ...quotes,
  };
}

function quotesOf(desk: Desk, instrument: Instrument) {
  const { bids, asks } = desk.book(instrument, 1);
  const side = (name: string, [best]: Level[]) => ({
    [`${name}Price`]: padded(best?.price ?? ZERO, 2),
    [`${name}Qty`]: padded(best?.quantity ?? ZERO, 8),
  });
  return { ...side('bid', bids), ...side('ask', asks) };
}

export function bookTicker(desk: Desk, instrument: Instrument) {
  return {
    symbol: instrument.nativeId,
    ...quotesOf(desk, instrument),
    ...stamped(desk, instrument),
  };
}

export function tickerPrice(desk: Desk, instrument: Instrument) {
  const price = padded(desk.price(instrument), 8);
  return { symbol: instrument.nativeId, price, ...stamped(desk, instrument) };
}

/** Only futures tell when. */
function stamped(desk: Desk, { kind }: Instrument) {
  return kind === 'spot' ? {} : { time: desk.nowMs() };
}

const AVERAGE_MINUTES = 5;

export function averagePrice(desk: Desk, instrument: Instrument) {
  const closes = desk.recentCandles(instrument).slice(-AVERAGE_MINUTES);
  const sum = closes.reduce((total, { close }) => total.plus(close), ZERO);
  return {
    mins: AVERAGE_MINUTES,
    price: sum.div(closes.length).toFixed(8),
    closeTime: desk.nowMs(),
  };
}

export function premiumIndex(desk: Desk, instrument: Instrument) {
  const price = padded(desk.price(instrument), 8);
  return {
    symbol: instrument.nativeId,
    markPrice: price,
    indexPrice: price,
    estimatedSettlePrice: price,
    lastFundingRate: '0.00000000',
    interestRate: '0.00010000',
    nextFundingTime: desk.nowMs() + 8 * 60 * MINUTE_MS,
    time: desk.nowMs(),
  };
}
