/** What Binance trades and by which rules, spot and USD-M futures. */
import type { Desk } from '../../../desk.js';
import { padded } from '../../../decimal.js';
import { PRICE_TICK, type Instrument } from '../../../instruments.js';
import { minNotionalOf } from '../../../ledger/venue-customs.js';
import { LISTED_MS } from '../../../market/candles.js';

const PERPETUAL_DELIVERY_MS = 4_133_404_800_000;

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
