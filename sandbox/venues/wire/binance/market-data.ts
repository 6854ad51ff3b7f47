/** Binance market data, spot and USD-M futures. */
import type { Desk } from '../../desk.js';
import { Decimal, padded } from '../../decimal.js';
import type { VenueRequest } from '../../http/route.js';
import { PRICE_TICK, type Instrument } from '../../instruments.js';
import { minNotionalOf } from '../../ledger/venue-customs.js';
import { MINUTE_MS } from '../../market/candles.js';
import { oneOf, optionalInteger } from '../parameters.js';

const DEFAULT_CANDLES = 500;
const PERPETUAL_DELIVERY_MS = 4_133_404_800_000;
const LISTED_MS = 1_569_398_400_000;

export function exchangeInfo(desk: Desk) {
  return {
    timezone: 'UTC',
    serverTime: desk.nowMs(),
    rateLimits: [],
    exchangeFilters: [],
    symbols: desk.instruments.map((instrument) => marketOf(desk, instrument)),
  };
}

const STATUSES = { ok: 'TRADING', cancel_only: 'CANCEL_ONLY', maintenance: 'HALT' } as const;

function marketOf(desk: Desk, instrument: Instrument) {
  const specific = instrument.kind === 'spot' ? spotFields() : perpetualFields(instrument);
  return {
    symbol: instrument.nativeId,
    status: STATUSES[desk.status],
    baseAsset: instrument.base,
    quoteAsset: instrument.quote,
    baseAssetPrecision: 8,
    quotePrecision: 8,
    filters: filtersOf(instrument),
    ...specific,
  };
}

function spotFields() {
  return {
    quoteAssetPrecision: 8,
    orderTypes: [
      'LIMIT',
      'LIMIT_MAKER',
      'MARKET',
      'STOP_LOSS',
      'STOP_LOSS_LIMIT',
      'TAKE_PROFIT',
      'TAKE_PROFIT_LIMIT',
    ],
    icebergAllowed: false,
    ocoAllowed: false,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    permissions: [],
    permissionSets: [['SPOT']],
  };
}

function perpetualFields(instrument: Instrument) {
  return {
    pair: instrument.nativeId,
    contractType: 'PERPETUAL',
    deliveryDate: PERPETUAL_DELIVERY_MS,
    onboardDate: LISTED_MS,
    marginAsset: instrument.quote,
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    pricePrecision: 2,
    quantityPrecision: instrument.quantityStep.decimalPlaces(),
    underlyingType: 'COIN',
    orderTypes: [
      'LIMIT',
      'MARKET',
      'STOP',
      'STOP_MARKET',
      'TAKE_PROFIT',
      'TAKE_PROFIT_MARKET',
      'TRAILING_STOP_MARKET',
    ],
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX'],
  };
}

function filtersOf(instrument: Instrument) {
  const tick = PRICE_TICK.toFixed();
  const step = instrument.quantityStep.toFixed();
  return [
    { filterType: 'PRICE_FILTER', minPrice: tick, maxPrice: '1000000.00', tickSize: tick },
    { filterType: 'LOT_SIZE', minQty: step, maxQty: '9000.00', stepSize: step },
    notionalFilter(instrument),
  ];
}

function notionalFilter(instrument: Instrument) {
  const least = padded(minNotionalOf(instrument), instrument.kind === 'spot' ? 8 : 0);
  if (instrument.kind !== 'spot') return { filterType: 'MIN_NOTIONAL', notional: least };
  return {
    filterType: 'NOTIONAL',
    minNotional: least,
    applyMinToMarket: true,
    maxNotional: '9000000.00000000',
    applyMaxToMarket: false,
    avgPriceMins: 5,
  };
}

export function klines(desk: Desk, { params }: VenueRequest) {
  oneOf('interval', ['1m'], params.get('interval'));
  const startMs = optionalInteger(params, 'startTime') ?? 0;
  const endMs = optionalInteger(params, 'endTime') ?? Infinity;
  const limit = optionalInteger(params, 'limit') ?? DEFAULT_CANDLES;
  const candles = desk
    .candles(desk.instrument(params.get('symbol')))
    .filter(({ openMs }) => openMs >= startMs && openMs <= endMs);
  const page = startMs > 0 ? candles.slice(0, limit) : candles.slice(-limit);
  return page.map((candle) => [
    candle.openMs,
    padded(candle.open, 8),
    padded(candle.high, 8),
    padded(candle.low, 8),
    padded(candle.close, 8),
    padded(candle.volume, 8),
    candle.openMs + MINUTE_MS - 1,
    padded(candle.volume.times(candle.close), 8),
    100,
    padded(candle.volume.div(2), 8),
    padded(candle.volume.times(candle.close).div(2), 8),
    '0',
  ]);
}

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
  const candles = desk.candles(instrument);
  const price = desk.price(instrument);
  const open = candles[0]?.open ?? price;
  const volume = candles.reduce((sum, candle) => sum.plus(candle.volume), new Decimal(0));
  const quotes = instrument.kind === 'spot' ? quotesAround(price) : {};
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

export function quotesAround(price: Decimal) {
  return {
    bidPrice: padded(price.minus(PRICE_TICK), 2),
    bidQty: '10.00000000',
    askPrice: padded(price.plus(PRICE_TICK), 2),
    askQty: '10.00000000',
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
