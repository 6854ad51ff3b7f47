/** Kraken market data. */
import { Decimal, padded, toText } from '../../decimal.js';
import type { Desk } from '../../desk.js';
import type { VenueRequest } from '../../http/route.js';
import { MARGIN_RATE, PRICE_TICK, type Instrument } from '../../instruments.js';
import { oneOf, optionalInteger } from '../parameters.js';
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
  const candles = desk.candles(instrument);
  const price = desk.price(instrument);
  const text = padded(price, 5);
  const high = padded(Decimal.max(...candles.map((candle) => candle.high)), 5);
  const low = padded(Decimal.min(...candles.map((candle) => candle.low)), 5);
  return {
    a: [padded(price.plus(PRICE_TICK), 5), '1', '1.000'],
    b: [padded(price.minus(PRICE_TICK), 5), '1', '1.000'],
    c: [text, '0.00100000'],
    v: ['1000.00000000', '1000.00000000'],
    p: [text, text],
    t: [1000, 1000],
    l: [low, low],
    h: [high, high],
    o: padded(candles[0]?.open ?? price, 5),
  };
}

export function ohlc(desk: Desk, { params }: VenueRequest) {
  const instrument = findPair(spotPairs(desk), params.get('pair'));
  oneOf('interval', ['1'], params.get('interval') ?? '1');
  const sinceMs = (optionalInteger(params, 'since') ?? 0) * 1000;
  const rows = desk.candles(instrument).filter(({ openMs }) => openMs > sinceMs);
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
