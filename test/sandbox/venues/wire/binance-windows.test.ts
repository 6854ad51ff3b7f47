/**
 * What of a list Binance gives: one bound left out, both, none, too far apart, and too old. Asked
 * without ccxt's unified calls, which send the other bound themselves and so hide what the venue does.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Exchange } from 'ccxt';
import { createVenueAdmin, type VenueAdmin } from '../../../../sandbox/venues/admin-client.js';
import { startVenues, type RunningVenues } from '../../../../sandbox/venues/index.js';
import { connect } from '../connect.js';

const DAY_MS = 24 * 3_600_000;

let venues: RunningVenues;
let admin: VenueAdmin;
const nowMs = Date.now();
const ago = (days: number) => nowMs - Math.round(days * DAY_MS);

type Row = Readonly<Record<string, unknown>>;
type Query = Readonly<Record<string, number | string>>;

interface List {
  venue: 'binance' | 'binanceusdm';
  /** ccxt's name of the path. */
  call: string;
  query: Query;
  time: string;
  /** Most that may lie between both bounds. */
  window: number;
  /** A bound left out is the window's other end. */
  bounded: boolean;
  /** Days after which rows are gone, if ever. */
  kept?: number;
  from?: string;
  /** Makes a row of that time. */
  make: (atMs: number) => Promise<unknown>;
}

const usdm = { venue: 'binanceusdm', window: 7, bounded: true } as const;
const spot = { venue: 'binance', window: 1, bounded: false } as const;
const wallet = { venue: 'binance', window: 90, bounded: true, query: {} } as const;

/** Instruments of their own, where one act would make rows of two lists. */
const BTC = { venue: 'binanceusdm', instrument: 'BTC/USDT:USDT' } as const;
const ETH = { venue: 'binanceusdm', instrument: 'ETH/USDT:USDT' } as const;
const SPOT_BTC = { venue: 'binance', instrument: 'BTC/USDT' } as const;
const SPOT_ETH = { venue: 'binance', instrument: 'ETH/USDT' } as const;

const buys = (at: typeof BTC | typeof ETH | typeof SPOT_BTC | typeof SPOT_ETH) => (atMs: number) =>
  admin.placeOrder({ ...at, side: 'buy', type: 'market', quantity: '0.1', atMs });
const transfers = (venue: List['venue'], amount: string) => (atMs: number) =>
  admin.transfer({ venue, asset: 'USDT', amount, atMs });
const liquidates = (atMs: number) =>
  admin.liquidate({ ...ETH, cause: 'liquidation', quantity: '0.01', atMs });
const stops = (atMs: number) =>
  admin.placeOrder({
    ...BTC,
    side: 'sell',
    type: 'market',
    quantity: '0.1',
    trigger: { kind: 'stop', price: '30000' },
    atMs,
  });

const LISTS: Readonly<Record<string, List>> = {
  'USD-M trades': {
    ...usdm,
    call: 'fapiPrivateGetUserTrades',
    query: { symbol: 'BTCUSDT' },
    time: 'time',
    kept: 183,
    from: 'fromId',
    make: buys(BTC),
  },
  'USD-M orders': {
    ...usdm,
    call: 'fapiPrivateGetAllOrders',
    query: { symbol: 'ETHUSDT' },
    time: 'time',
    kept: 90,
    from: 'orderId',
    make: buys(ETH),
  },
  'USD-M conditional orders': {
    ...usdm,
    call: 'fapiPrivateGetAllAlgoOrders',
    query: { symbol: 'BTCUSDT' },
    time: 'createTime',
    kept: 90,
    from: 'algoId',
    make: stops,
  },
  'USD-M forced orders': {
    ...usdm,
    call: 'fapiPrivateGetForceOrders',
    query: {},
    time: 'time',
    make: liquidates,
  },
  'spot trades': {
    ...spot,
    call: 'privateGetMyTrades',
    query: { symbol: 'BTCUSDT' },
    time: 'time',
    from: 'fromId',
    make: buys(SPOT_BTC),
  },
  'spot orders': {
    ...spot,
    call: 'privateGetAllOrders',
    query: { symbol: 'ETHUSDT' },
    time: 'time',
    from: 'orderId',
    make: buys(SPOT_ETH),
  },
  deposits: {
    ...wallet,
    call: 'sapiGetCapitalDepositHisrec',
    time: 'insertTime',
    make: transfers('binance', '10'),
  },
  withdrawals: {
    ...wallet,
    call: 'sapiGetCapitalWithdrawHistory',
    time: 'applyTime',
    make: transfers('binance', '-10'),
  },
};

before(async () => {
  venues = await startVenues({ seed: 'binance-windows' });
  admin = createVenueAdmin(venues.adminUrl);
  await admin.holdPrice();
});
after(() => venues.close());

/** The ages in days of what the list gives, each once: what the account opened with is of now too. */
async function agesOf({ venue, call, query, time }: List, more: Query): Promise<number[]> {
  const exchange = connect(venues, venue) as Exchange & Record<string, unknown>;
  const ask = exchange[call] as (params: Query) => Promise<readonly Row[]>;
  const rows = await ask.call(exchange, { ...query, ...more });
  const ages = rows.map((row) => (nowMs - timeOf(row[time])) / DAY_MS);
  const tenths = new Set(ages.map((age) => Math.round(age * 10) / 10));
  return [...tenths].toSorted((one, other) => other - one);
}

/** Milliseconds, or to the second and in words. */
function timeOf(told: unknown): number {
  const text = String(told);
  return /^\d+$/.test(text) ? Number(text) : Date.parse(`${text.replace(' ', 'T')}Z`);
}

for (const [name, list] of Object.entries(LISTS)) {
  const { window, bounded, kept, from } = list;
  const [old, middle] = [3 * window, 1.5 * window];
  const far = { startTime: ago(2 * window), endTime: ago(window) };

  describe(`a list of ${name}`, () => {
    before(async () => {
      for (const age of [old, middle, 0]) await list.make(ago(age));
    });

    test('without bounds is the last window, or has no end', async () => {
      assert.deepEqual(await agesOf(list, {}), bounded ? [0] : [old, middle, 0]);
    });

    test('with its start alone ends a window later, or has no end', async () => {
      const { startTime } = far;
      assert.deepEqual(await agesOf(list, { startTime }), bounded ? [middle] : [middle, 0]);
    });

    test('with its end alone starts a window earlier, or has no start', async () => {
      const { endTime } = far;
      assert.deepEqual(await agesOf(list, { endTime }), bounded ? [middle] : [old, middle]);
    });

    test('may be asked for one window, and for not a millisecond more', async () => {
      assert.deepEqual(await agesOf(list, far), [middle]);
      await assert.rejects(agesOf(list, { ...far, endTime: far.endTime + 1 }), /-11\d\d/);
    });

    if (from !== undefined) {
      test('from an id on has no end', async () => {
        assert.deepEqual(await agesOf(list, { [from]: 1 }), [old, middle, 0]);
      });
    }

    if (kept === undefined) return;
    test(`goes back ${kept} days`, async () => {
      for (const age of [kept + 1, kept - 1]) await list.make(ago(age));
      const startTime = ago(kept + 2);
      assert.deepEqual(await agesOf(list, { startTime }), [kept - 1]);
    });
  });
}

test('income without bounds is the last week, with one of them 92 days, and has no end', async () => {
  const list: List = {
    ...usdm,
    call: 'fapiPrivateGetIncome',
    query: { incomeType: 'TRANSFER' },
    time: 'time',
    make: transfers('binanceusdm', '10'),
  };
  for (const age of [93, 91, 8, 6, 0]) await list.make(ago(age));
  assert.deepEqual(await agesOf(list, {}), [6, 0]);
  assert.deepEqual(await agesOf(list, { startTime: ago(9) }), [8, 6, 0]);
  assert.deepEqual(await agesOf(list, { endTime: ago(7) }), [91, 8]);
  assert.deepEqual(await agesOf(list, { startTime: ago(100), endTime: ago(0.5) }), [91, 8, 6]);
});
