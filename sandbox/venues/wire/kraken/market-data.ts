/** Kraken market data. */
import { Decimal, padded, toText, ZERO } from '../../decimal.js';
import type { Desk } from '../../desk.js';
import type { VenueRequest } from '../../http/route.js';
import { MARGIN_RATE, PRICE_TICK, type Instrument } from '../../instruments.js';
import { every, MINUTE_MS } from '../../market/intervals.js';
import type { Level } from '../../market/order-book.js';
import type { MarketTrade } from '../../market/tape.js';
import { oneOf, optionalInteger, optionalText, parseDecimal } from '../parameters.js';
import { altnameOf, assetNames, findPair, spotPairs } from './names.js';

/** The one the ledger margins every position at. */
export const LEVERAGE = new Decimal(1).div(MARGIN_RATE).toNumber();

export function assets(desk: Desk) {
  const rows = desk.ledger.assetsOf(desk.venue).map((asset) => {
    const { id, altname, places } = assetNames(asset);
    const common = { aclass: 'currency', altname, decimals: places };
    return [id, { ...common, display_decimals: 5, status: 'enabled' }] as const;
  });
  return Object.fromEntries(rows);
}

export function assetPairs(desk: Desk) {
  return Object.fromEntries(spotPairs(desk).map((row) => [row.nativeId, pairOf(desk, row)]));
}

function pairOf(desk: Desk, instrument: Instrument) {
  const altname = altnameOf(instrument);
  return {
    altname,
    wsname: `${assetNames(instrument.base).altname}/${instrument.quote}`,
    aclass_base: 'currency',
    base: assetNames(instrument.base).id,
    aclass_quote: 'currency',
    quote: assetNames(instrument.quote).id,
    lot: 'unit',
    cost_decimals: 5,
    pair_decimals: PRICE_TICK.decimalPlaces(),
    lot_decimals: instrument.quantityStep.decimalPlaces(),
    lot_multiplier: 1,
    leverage_buy: [LEVERAGE],
    leverage_sell: [LEVERAGE],
    fees: [[0, instrument.takerFee.times(100).toNumber()]],
    fees_maker: [[0, instrument.makerFee.times(100).toNumber()]],
    fee_volume_currency: 'ZUSD',
    margin_call: 80,
    margin_stop: 40,
    ordermin: toText(instrument.quantityStep),
    costmin: '0.5',
    tick_size: toText(PRICE_TICK),
    status: desk.status === 'ok' ? 'online' : desk.status,
  };
}

export function tickers(desk: Desk, { params }: VenueRequest) {
  const pairs = params.get('pair');
  const all = spotPairs(desk);
  const wanted = pairs === null ? all : pairs.split(',').map((name) => findPair(all, name));
  return Object.fromEntries(wanted.map((row) => [row.nativeId, tickerOf(desk, row)]));
}

function tickerOf(desk: Desk, instrument: Instrument) {
  const candles = desk.recentCandles(instrument);
  const price = desk.price(instrument);
  const { bids, asks } = desk.book(instrument, 1);
  const text = padded(price, 5);
  const high = padded(Decimal.max(...candles.map((candle) => candle.high)), 5);
  const low = padded(Decimal.min(...candles.map((candle) => candle.low)), 5);
  return {
    a: bestOf(asks),
    b: bestOf(bids),
    c: [text, '0.00100000'],
    v: ['1000.00000000', '1000.00000000'],
    p: [text, text],
    t: [1000, 1000],
    l: [low, low],
    h: [high, high],
    o: padded(candles[0]?.open ?? price, 5),
  };
}

/** Price, whole lots, lots. */
function bestOf([best]: Level[]) {
  const quantity = best?.quantity ?? ZERO;
  return [padded(best?.price ?? ZERO, 5), quantity.toFixed(0), quantity.toFixed(3)];
}

/** By their minutes. */
const INTERVALS = ['1', '5', '15', '30', '60', '240', '1440', '10080', '21600'];
const MOST_CANDLES = 720;

/** The newest ones, however early the start: as Kraken does. */
export function ohlc(desk: Desk, { params }: VenueRequest) {
  const instrument = findPair(spotPairs(desk), params.get('pair'));
  const minutes = Number(oneOf('interval', INTERVALS, params.get('interval') ?? '1'));
  const sinceMs = (optionalInteger(params, 'since') ?? 0) * 1000;
  const lengthMs = minutes * MINUTE_MS;
  const fromMs = Math.max(sinceMs + 1, desk.nowMs() - MOST_CANDLES * lengthMs);
  const query = { interval: every(lengthMs), fromMs, limit: MOST_CANDLES };
  const rows = desk.candles(instrument, query);
  return {
    [instrument.nativeId]: rows.map((row) => [
      row.openMs / 1000,
      padded(row.open, 2),
      padded(row.high, 2),
      padded(row.low, 2),
      padded(row.close, 2),
      padded(row.close, 2),
      padded(row.volume, 8),
      100,
    ]),
    last: (rows.at(-2)?.openMs ?? 0) / 1000,
  };
}

const USUAL_DEPTH = 100;
const MOST_DEPTH = 500;

export function depth(desk: Desk, { params }: VenueRequest) {
  const instrument = findPair(spotPairs(desk), params.get('pair'));
  const count = Math.min(optionalInteger(params, 'count') ?? USUAL_DEPTH, MOST_DEPTH);
  const { bids, asks } = desk.book(instrument, count);
  const nowS = Math.floor(desk.nowMs() / 1000);
  const row = ({ price, quantity }: Level) => [padded(price, 5), padded(quantity, 3), nowS];
  return { [instrument.nativeId]: { asks: asks.map(row), bids: bids.map(row) } };
}

const MOST_TRADES = 1000;
const NANOSECONDS = '000000';

/** `since` is in nanoseconds, and in seconds where it is short; so is `last`. */
export function publicTrades(desk: Desk, { params }: VenueRequest) {
  const instrument = findPair(spotPairs(desk), params.get('pair'));
  const sinceMs = sinceOf(optionalText(params, 'since'));
  const count = Math.min(optionalInteger(params, 'count') ?? MOST_TRADES, MOST_TRADES);
  const rows = desk
    .trades(instrument, MOST_TRADES)
    .filter(({ timeMs }) => timeMs > sinceMs)
    .slice(sinceMs > 0 ? 0 : -count)
    .slice(0, count);
  return {
    [instrument.nativeId]: rows.map(tradeRow),
    last: `${rows.at(-1)?.timeMs ?? sinceMs}${NANOSECONDS}`,
  };
}

function tradeRow({ id, price, quantity, timeMs, buyerIsMaker }: MarketTrade) {
  const time = timeMs / 1000;
  return [padded(price, 5), padded(quantity, 8), time, buyerIsMaker ? 's' : 'b', 'l', '', id];
}

const LONGEST_SECONDS = 11;

function sinceOf(text = '0'): number {
  const since = parseDecimal('since', text);
  const factor = text.length > LONGEST_SECONDS ? 1e-6 : 1000;
  return since.times(factor).toNumber();
}
