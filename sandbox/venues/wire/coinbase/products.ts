/** Coinbase market data: products, tickers and candles. */
import type { Desk } from '../../desk.js';
import { toText } from '../../decimal.js';
import type { VenueRequest } from '../../http/route.js';
import { PRICE_TICK, type Instrument } from '../../instruments.js';
import { oneOf, optionalInteger } from '../parameters.js';

const DEFAULT_CANDLES = 300;

export function listProducts(desk: Desk, { params }: VenueRequest) {
  // ccxt also asks for futures; there are none here.
  const spot = params.get('product_type') !== 'FUTURE';
  const ids = params.getAll('product_ids');
  const wanted = desk.instruments.filter(
    ({ nativeId }) => spot && (ids.length === 0 || ids.includes(nativeId)),
  );
  return { products: wanted.map((row) => product(desk, row)), num_products: wanted.length };
}

function product(desk: Desk, instrument: Instrument) {
  const step = toText(instrument.quantityStep);
  const price = desk.price(instrument);
  return {
    product_id: instrument.nativeId,
    price: toText(price),
    price_percentage_change_24h: '0.1',
    volume_24h: '1000',
    volume_percentage_change_24h: '0.1',
    base_increment: step,
    quote_increment: toText(PRICE_TICK),
    quote_min_size: '1',
    quote_max_size: '150000000',
    base_min_size: step,
    base_max_size: '10000',
    base_name: instrument.base,
    quote_name: instrument.quote,
    watched: false,
    is_disabled: false,
    new: false,
    status: 'online',
    cancel_only: desk.status === 'cancel_only',
    limit_only: false,
    post_only: false,
    trading_disabled: desk.status === 'maintenance',
    auction_mode: false,
    product_type: 'SPOT',
    quote_currency_id: instrument.quote,
    base_currency_id: instrument.base,
    mid_market_price: '',
    alias: '',
    alias_to: [],
    base_display_symbol: instrument.base,
    quote_display_symbol: instrument.quote,
    view_only: false,
    price_increment: toText(PRICE_TICK),
    display_name: instrument.nativeId,
    approximate_quote_24h_volume: toText(price.times(1000)),
  };
}

export function ticker(desk: Desk, { tail }: VenueRequest) {
  const instrument = desk.instrument(tail);
  const price = desk.price(instrument);
  return {
    trades: [
      {
        trade_id: '1',
        product_id: instrument.nativeId,
        price: toText(price),
        size: '0.01',
        time: new Date(desk.nowMs()).toISOString(),
        side: 'BUY',
        exchange: '',
      },
    ],
    best_bid: toText(price.minus(PRICE_TICK)),
    best_ask: toText(price.plus(PRICE_TICK)),
  };
}

/** Newest first, as Coinbase sends them. */
export function candles(desk: Desk, { tail, params }: VenueRequest) {
  oneOf('granularity', ['ONE_MINUTE'], params.get('granularity'));
  const startS = optionalInteger(params, 'start') ?? 0;
  const endS = optionalInteger(params, 'end') ?? Infinity;
  const rows = desk
    .recentCandles(desk.instrument(tail))
    .filter(({ openMs }) => openMs >= startS * 1000 && openMs <= endS * 1000)
    .slice(-(optionalInteger(params, 'limit') ?? DEFAULT_CANDLES))
    .toReversed();
  return {
    candles: rows.map((row) => ({
      start: String(row.openMs / 1000),
      low: toText(row.low),
      high: toText(row.high),
      open: toText(row.open),
      close: toText(row.close),
      volume: toText(row.volume),
    })),
  };
}

export function currencies(desk: Desk, kind: 'fiat' | 'crypto') {
  const assets = desk.ledger.assetsOf(desk.venue);
  const wanted = assets.filter((asset) => (asset === 'USD') === (kind === 'fiat'));
  return {
    data: wanted.map((asset) =>
      kind === 'fiat'
        ? { id: asset, name: asset, min_size: '0.01' }
        : { code: asset, name: asset, asset_id: `asset-${asset}`, type: 'crypto', exponent: 8 },
    ),
  };
}
