/** Kraken Futures market data: flexible perpetuals margined in dollars. */
import { Decimal, padded } from '../../decimal.js';
import type { Desk } from '../../desk.js';
import type { VenueRequest } from '../../http/route.js';
import { MARGIN_RATE, PRICE_TICK, type Instrument } from '../../instruments.js';
import { optionalInteger } from '../parameters.js';
import { assetId, isoTime, jsonNumber } from './words.js';

const OPENED = '2022-03-22T14:06:40.000Z';
const FEE_SCHEDULE = '5a755841-fd35-4ac0-8f6d-7aa2e8f4a5cf';

export function instruments(desk: Desk) {
  return desk.instruments.map((row) => ({
    symbol: row.nativeId,
    type: 'flexible_futures',
    pair: pairOf(row),
    base: assetId(row.base),
    quote: row.quote,
    tradeable: desk.status === 'ok',
    tickSize: jsonNumber(PRICE_TICK),
    contractSize: 1,
    contractValueTradePrecision: row.quantityStep.decimalPlaces(),
    impactMidSize: 1,
    maxPositionSize: 1_000_000,
    openingDate: OPENED,
    marginLevels: [
      {
        numNonContractUnits: 0,
        initialMargin: jsonNumber(MARGIN_RATE),
        maintenanceMargin: jsonNumber(MARGIN_RATE.div(2)),
      },
    ],
    postOnly: false,
    feeScheduleUid: FEE_SCHEDULE,
    category: 'Layer 1',
    tags: [],
  }));
}

function pairOf({ base, quote }: Instrument): string {
  return `${assetId(base)}:${quote}`;
}

export function tickerOf(desk: Desk, instrument: Instrument) {
  const candles = desk.recentCandles(instrument);
  const price = desk.price(instrument);
  return {
    tag: 'perpetual',
    pair: pairOf(instrument),
    symbol: instrument.nativeId,
    markPrice: jsonNumber(price),
    bid: jsonNumber(price.minus(PRICE_TICK)),
    bidSize: 1,
    ask: jsonNumber(price.plus(PRICE_TICK)),
    askSize: 1,
    vol24h: 1000,
    volumeQuote: jsonNumber(price.times(1000)),
    openInterest: 1000,
    open24h: jsonNumber(candles[0]?.open ?? price),
    high24h: jsonNumber(Decimal.max(...candles.map((candle) => candle.high))),
    low24h: jsonNumber(Decimal.min(...candles.map((candle) => candle.low))),
    last: jsonNumber(price),
    lastTime: isoTime(desk.nowMs()),
    lastSize: 0.1,
    suspended: desk.status !== 'ok',
    indexPrice: jsonNumber(price),
    postOnly: false,
    change24h: 0,
  };
}

/** `from` and `to` are seconds; only one-minute candles are kept. */
export function candles(desk: Desk, { params, tail }: VenueRequest) {
  const fromMs = (optionalInteger(params, 'from') ?? 0) * 1000;
  const toMs = (optionalInteger(params, 'to') ?? Infinity) * 1000;
  const rows = desk.recentCandles(desk.instrument(tail));
  const inWindow = rows.filter(({ openMs }) => openMs >= fromMs && openMs <= toMs);
  return {
    candles: inWindow.map((row) => ({
      time: row.openMs,
      open: padded(row.open, 2),
      high: padded(row.high, 2),
      low: padded(row.low, 2),
      close: padded(row.close, 2),
      volume: padded(row.volume, 4),
    })),
    more_candles: false,
  };
}
