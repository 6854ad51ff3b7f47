/** Binance's candles, spot and USD-M futures. */
import type { Desk } from '../../../desk.js';
import { padded } from '../../../decimal.js';
import type { VenueRequest } from '../../../http/route.js';
import {
  DAY_MS,
  EVERY_MINUTE,
  EVERY_MONTH,
  EVERY_WEEK,
  every,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
  type Interval,
} from '../../../market/intervals.js';
import type { Candle } from '../../../market/rows.js';
import { oneOf, optionalInteger } from '../../parameters.js';

const DEFAULT_CANDLES = 500;

export const INTERVALS: Readonly<Record<string, Interval>> = {
  '1s': every(SECOND_MS),
  '1m': EVERY_MINUTE,
  '3m': every(3 * MINUTE_MS),
  '5m': every(5 * MINUTE_MS),
  '15m': every(15 * MINUTE_MS),
  '30m': every(30 * MINUTE_MS),
  '1h': every(HOUR_MS),
  '2h': every(2 * HOUR_MS),
  '4h': every(4 * HOUR_MS),
  '6h': every(6 * HOUR_MS),
  '8h': every(8 * HOUR_MS),
  '12h': every(12 * HOUR_MS),
  '1d': every(DAY_MS),
  '3d': every(3 * DAY_MS),
  '1w': EVERY_WEEK,
  '1M': EVERY_MONTH,
};

/** `most`: how many rows the market gives at once. Only spot has seconds. */
export function klines(desk: Desk, { params }: VenueRequest, most: number) {
  const instrument = desk.instrument(params.get('symbol'));
  const names = Object.keys(INTERVALS).filter(
    (name) => instrument.kind === 'spot' || name !== '1s',
  );
  const name = oneOf('interval', names, params.get('interval'));
  const candles = desk.candles(instrument, {
    interval: INTERVALS[name] ?? EVERY_MINUTE,
    fromMs: optionalInteger(params, 'startTime'),
    toMs: optionalInteger(params, 'endTime'),
    limit: Math.min(optionalInteger(params, 'limit') ?? DEFAULT_CANDLES, most),
  });
  return candles.map(klineOf);
}

function klineOf(candle: Candle) {
  return [
    candle.openMs,
    padded(candle.open, 8),
    padded(candle.high, 8),
    padded(candle.low, 8),
    padded(candle.close, 8),
    padded(candle.volume, 8),
    candle.closeMs - 1,
    padded(candle.volume.times(candle.close), 8),
    100,
    padded(candle.volume.div(2), 8),
    padded(candle.volume.times(candle.close).div(2), 8),
    '0',
  ];
}
