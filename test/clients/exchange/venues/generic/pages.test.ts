/** Pages of orders and fills, from models of venues that give them in different ways. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type * as ccxt from 'ccxt';
import { ccxt as classes } from '../../../../../clients/exchange/connection/ccxt.js';
import * as fc from 'fast-check';
import { allFills } from '../../../../../clients/exchange/venues/generic/fills.js';
import { openOrdersOf } from '../../../../../clients/exchange/venues/generic/orders.js';
import { allUnderstood } from '../../../../../clients/exchange/answers/open-rows.js';
import { stubbed, type Sent } from '../../stubbed.js';

const RUNS = { seed: 4, numRuns: 1000, endOnFailure: true };
const place = { venue: 'any', account: 'main' };

type Params = Sent['params'];
interface Venue {
  ccxt: string;
  instrument: string;
  id: string;
  limit: number;
  /** The paths of the plain list and of a conditional one, and what tells the latter apart. */
  isList: (request: Sent, conditional: boolean) => boolean;
  row: (orderId: string) => object;
  page: (params: Params, ids: string[]) => unknown;
  /** Whether it can be asked for the page after one. */
  goesOn: boolean;
}

const COMMON = { side: 'buy', price: '1', cTime: '1790000000000' };

/** Newest first, as these venues give them. */
function after(ids: string[], id: unknown, limit: number): string[] {
  const older = id === undefined ? ids : ids.filter((one) => Number(one) < Number(id));
  return older.toReversed().slice(0, limit);
}

const bitget: Venue = {
  ccxt: 'bitget',
  instrument: 'BTC/USDT:USDT',
  id: 'BTCUSDT',
  limit: 100,
  goesOn: true,
  isList: ({ path, params }, conditional) =>
    path === `v2/mix/order/orders-${conditional ? 'plan-' : ''}pending` &&
    (!conditional || params['planType'] === 'normal_plan'),
  row: (orderId) => ({
    ...COMMON,
    symbol: 'BTCUSDT',
    orderId,
    orderType: 'limit',
    size: '1',
    baseVolume: '0',
    status: 'live',
  }),
  page: ({ idLessThan, limit }, ids) => ({
    data: { entrustedList: after(ids, idLessThan, Number(limit)).map((id) => bitget.row(id)) },
  }),
};

const kucoin: Venue = {
  ccxt: 'kucoin',
  instrument: 'BTC/USDT:USDT',
  id: 'XBTUSDTM',
  limit: 200,
  goesOn: false,
  isList: ({ path }, conditional) => path === (conditional ? 'stopOrders' : 'orders'),
  row: (id) => ({
    ...COMMON,
    id,
    symbol: 'XBTUSDTM',
    type: 'limit',
    size: '1',
    dealSize: '0',
    isActive: true,
    createdAt: 1_790_000_000_000,
  }),
  page: (params, ids) => ({
    data: { items: after(ids, undefined, Number(params['pageSize'])).map((id) => kucoin.row(id)) },
  }),
};

for (const venue of [bitget, kucoin]) {
  test(`${venue.ccxt}: every resting order is read, or the read fails`, async () => {
    let lists: [plain: string[], conditional: string[]] = [[], []];
    const { exchange } = stubbed(venue.ccxt, { [venue.instrument]: venue.id }, (request) => {
      const [plain, conditional] = lists;
      const ids = [false, true].map((waits) => venue.isList(request, waits));
      if (request.path === 'v3/account/settings') return new classes.BadRequest('classic account');
      if (request.path === 'account/mode') return { data: { selfAccountMode: 'CLASSIC' } };
      return venue.page(request.params, ids[0] ? plain : ids[1] ? conditional : []);
    });
    const reach = { exchange, place, instruments: [venue.instrument] };
    const { limit } = venue;
    const count = fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 9 }) },
      { weight: 1, arbitrary: fc.constantFrom(limit - 1, limit, limit + 1, 2 * limit) },
    );
    const series = (from: number, length: number) =>
      Array.from({ length }, (_, at) => String(from + at));
    await fc.assert(
      fc.asyncProperty(count, count, async (plain, conditional) => {
        lists = [series(10_000, plain), series(20_000, conditional)];
        const isCut = !venue.goesOn && Math.max(plain, conditional) >= limit;
        const read = openOrdersOf(reach, venue.instrument).then(allUnderstood);
        if (isCut)
          return assert.rejects(read, /^OurWords: fetchOpenOrders may be cut at \d+ rows$/);
        const ids = (await read).map(({ venueOrderId }) => venueOrderId);
        assert.deepEqual(new Set(ids), new Set(lists.flat()));
        assert.equal(ids.length, plain + conditional);
        const waiting = (await read).filter((order) => order.conditional === true);
        assert.deepEqual(new Set(waiting.map((order) => order.venueOrderId)), new Set(lists[1]));
      }),
      RUNS,
    );
  });
}

/** How a venue answers `fetchMyTrades`, through ccxt. */
interface History {
  times: number[];
  /** The longest page it gives, whatever it is asked for. */
  longest: number;
  /** What ccxt says of that. */
  told: number | undefined;
  newestFirst: boolean;
  headsUntil: boolean;
  /** Another trade is made before this answer. */
  tradesAt: number;
}

const NOW_MS = 1_790_000_000_000;
const SINCE_MS = NOW_MS - 600_000;

const HISTORY: fc.Arbitrary<History> = fc
  .record({
    times: fc.uniqueArray(fc.integer({ min: SINCE_MS - 50_000, max: NOW_MS - 10_000 }), {
      maxLength: 70,
      size: 'max',
    }),
    longest: fc.constantFrom(10, 20, 50),
    told: fc.constantFrom('same', 'more', 'nothing'),
    newestFirst: fc.boolean(),
    headsUntil: fc.boolean(),
    tradesAt: fc.constantFrom(0, 2, 3, 4),
  })
  .map(({ told, ...history }) => ({
    ...history,
    told: told === 'same' ? history.longest : told === 'more' ? 1000 : undefined,
  }));

function answer(history: History, since = 0, until = Infinity): number[] {
  const end = history.headsUntil ? until : Infinity;
  const rows = history.times.filter((time) => time >= since && time <= end);
  const sorted = rows.toSorted((a, b) => a - b);
  // Without a start every venue shows its newest.
  const fromEnd = history.newestFirst || since === 0;
  return fromEnd ? sorted.slice(-history.longest) : sorted.slice(0, history.longest);
}

const tradeAt = (time: number) => ({
  id: `t${time}`,
  symbol: 'BTC/USDT',
  side: 'buy',
  amount: '1',
  price: '1',
  timestamp: time,
});

test('every fill is read, or the read fails, however a venue cuts its pages', async () => {
  const { exchange } = stubbed('whitebit', { 'BTC/USDT': 'BTC_USDT' }, () => ({}));
  exchange.milliseconds = () => NOW_MS;
  const reach = { exchange, place, instruments: ['BTC/USDT'] };
  const outcomes = { read: 0, failed: 0, onwards: 0 };
  await fc.assert(
    fc.asyncProperty(HISTORY, async (history) => {
      const features = { fetchMyTrades: history.told === undefined ? {} : { limit: history.told } };
      (exchange as { features: object }).features = { spot: features };
      const made = [...history.times];
      let calls = 0;
      exchange.fetchMyTrades = async (_symbol, since, _limit, { until } = {} as never) => {
        calls += 1;
        if (calls === history.tradesAt) made.push(NOW_MS - 1);
        const times = answer({ ...history, times: made }, since, until as number | undefined);
        return times.map(tradeAt) as unknown as ccxt.Trade[];
      };
      const due = history.times.filter((time) => time >= SINCE_MS);
      // Ten is the shortest page that a venue may have been told nothing about.
      const cut = due.length + 1 >= Math.min(10, history.longest);
      try {
        const { rows, fromMs } = await allFills(reach, SINCE_MS);
        const times = rows.map(({ timeMs }) => timeMs).filter((time) => time < NOW_MS - 1);
        assert.equal(fromMs, SINCE_MS);
        assert.deepEqual(new Set(times), new Set(due));
        outcomes.read += 1;
        if (cut && !history.headsUntil) outcomes.onwards += 1;
      } catch (error) {
        assert.match(String(error), /fetchMyTrades may be cut|it leaves trades out/);
        assert.ok(cut && !history.headsUntil, 'it could have been read');
        outcomes.failed += 1;
      }
    }),
    RUNS,
  );
  assert.ok(Math.min(...Object.values(outcomes)) > 50, JSON.stringify(outcomes));
});

test('of a trade with ourselves both sides are read', async () => {
  const { exchange } = stubbed('whitebit', { 'BTC/USDT': 'BTC_USDT' }, () => ({}));
  exchange.milliseconds = () => NOW_MS;
  const bought = tradeAt(SINCE_MS + 1_000);
  const both = [bought, { ...bought, side: 'sell', order: 'o-2' }] as unknown as ccxt.Trade[];
  exchange.fetchMyTrades = async () => both;
  const { rows } = await allFills({ exchange, place, instruments: ['BTC/USDT'] }, SINCE_MS);
  assert.deepEqual(
    rows.map(({ tradeId, side }) => [tradeId, side]),
    [
      [bought.id, 'buy'],
      [bought.id, 'sell'],
    ],
  );
});
