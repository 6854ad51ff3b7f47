/**
 * Binance's market streams, as far as candles: `/ws`, `/ws/NAME` and `/stream`, with SUBSCRIBE and UNSUBSCRIBE.
 *
 * Invariant: each candle that is followed is told as closed once, before the next one is begun.
 */
import type { Desk } from '../../../desk.js';
import { padded } from '../../../decimal.js';
import type { StreamSession, Streams } from '../../../http/streams.js';
import type { Instrument } from '../../../instruments.js';
import type { Interval } from '../../../market/intervals.js';
import type { Candle } from '../../../market/rows.js';
import { INTERVALS } from './klines.js';

interface Followed {
  instrument: Instrument;
  name: string;
  interval: Interval;
  /** Of the candle that was told last. */
  openMs: number;
}

const PATH = /^(?:\/(?:market|public))?\/(ws|stream)(?:\/(.+))?$/;
const NAME = /^([a-z0-9]+)@kline_(\w+)$/;

export function klineStreams(desk: Desk): Streams {
  return ({ pathname, searchParams }) => {
    const [, kind, name] = PATH.exec(pathname) ?? [];
    if (kind === undefined) return null;
    const first = [name ?? '', ...(searchParams.get('streams') ?? '').split('/')];
    return sessionOf(desk, { isCombined: kind === 'stream', first });
  };
}

function sessionOf(
  desk: Desk,
  { isCombined, first }: { isCombined: boolean; first: readonly string[] },
): StreamSession {
  const followed = new Map<string, Followed>();
  const follow = (stream: string) => {
    const one = readStream(desk, stream);
    if (one !== null) followed.set(stream, one);
  };
  for (const stream of first) follow(stream);
  return {
    receive: (text) => {
      const { method, params = [], id } = JSON.parse(text) as Ask;
      if (method === 'SUBSCRIBE') for (const stream of params) follow(stream);
      if (method === 'UNSUBSCRIBE') for (const stream of params) followed.delete(stream);
      const isList = method === 'LIST_SUBSCRIPTIONS';
      return [{ result: isList ? [...followed.keys()] : null, id }];
    },
    beat: () =>
      [...followed].flatMap(([stream, one]) =>
        eventsOf(desk, one).map((data) => (isCombined ? { stream, data } : data)),
      ),
  };
}

interface Ask {
  method: string;
  params?: string[];
  id: unknown;
}

/** The venue takes any name, and never tells anything of one that is no stream. */
function readStream(desk: Desk, stream: string): Followed | null {
  const [, symbol = '', name = ''] = NAME.exec(stream) ?? [];
  const instrument = desk.instruments.find(({ nativeId }) => nativeId === symbol.toUpperCase());
  const interval = INTERVALS[name];
  if (instrument === undefined || interval === undefined) return null;
  return { instrument, name, interval, openMs: interval.startOf(desk.nowMs()) };
}

function eventsOf(desk: Desk, one: Followed) {
  const { instrument, interval, openMs: fromMs } = one;
  const candles = desk.candles(instrument, { interval, fromMs, limit: Infinity });
  one.openMs = candles.at(-1)?.openMs ?? fromMs;
  return candles.map((candle) => eventOf(desk, one, candle));
}

function eventOf(desk: Desk, { instrument, name, openMs }: Followed, candle: Candle) {
  const symbol = instrument.nativeId;
  const worth = candle.volume.times(candle.close);
  return {
    e: 'kline',
    E: desk.nowMs(),
    s: symbol,
    k: {
      t: candle.openMs,
      T: candle.closeMs - 1,
      s: symbol,
      i: name,
      f: 100,
      L: 200,
      o: padded(candle.open, 8),
      c: padded(candle.close, 8),
      h: padded(candle.high, 8),
      l: padded(candle.low, 8),
      v: padded(candle.volume, 8),
      n: 100,
      x: candle.openMs < openMs,
      q: padded(worth, 8),
      V: padded(candle.volume.div(2), 8),
      Q: padded(worth.div(2), 8),
      B: '0',
    },
  };
}
