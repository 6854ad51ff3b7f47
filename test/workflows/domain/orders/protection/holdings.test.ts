/** Stops of spot holdings and of margin positions, over assets, wallets, currencies and accounts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { checkProtection } from '../../../../../workflows/domain/orders/protection/protection.js';
import { warningsOf } from '../../../../../workflows/domain/orders/fate/summary.js';
import type { VenueBalance } from '../../../../../workflows/domain/books/snapshot.js';
import type { Order } from '../../../../../workflows/domain/books/state.js';
import { balance, engineState, order, position, readable, snapshot } from '../../builders.js';
import { toText } from '../../exact.js';

const BTC = balance({ asset: 'BTC', total: '1' });

/** As Binance tells a stop-limit: its type says nothing of what it is for. */
function stop(change: Partial<Order> = {}): Order {
  return order({
    side: 'sell',
    price: '54900',
    quantity: '1',
    conditional: true,
    triggerPrice: '55000',
    ...change,
  });
}

interface Given {
  held?: VenueBalance;
  before?: Order[];
  now?: Order[];
  marks?: Record<string, string>;
}

const MARKS = { 'BTC/USDT': '60000', 'BTC/EUR': '52000' };

function check({ held = BTC, before = [], now = [], marks = MARKS }: Given) {
  const venues = snapshot(readable('alpha', { balances: [held], orders: now, marks }));
  const internal = engineState({ balances: [BTC], orders: before });
  return checkProtection(internal, venues).map(({ protection, covered, lost }) => [
    protection,
    covered,
    lost,
  ]);
}

test('a stop of a holding that was cancelled at its venue is lost, and asked about', () => {
  assert.deepEqual(check({ before: [stop()] }), [['unprotected', '0', true]]);
  const sources = { orders: [], brokenLinks: [], maxDeviation: '1' };
  const venues = snapshot(readable('alpha', { balances: [BTC], marks: MARKS }));
  const internal = engineState({ balances: [BTC], orders: [stop()] });
  const { lost, unprotected } = warningsOf(internal, { ...sources, snapshot: venues });
  assert.deepEqual([lost.count, lost.shown], [1, ['alpha BTC 1: unprotected, stops cover 0']]);
  assert.deepEqual(unprotected.shown, lost.shown);
});

test('a holding that never had a stop needs none, and one that has some is told of none', () => {
  assert.deepEqual(check({}), []);
  const [half] = check({ now: [stop({ quantity: '0.5' })] });
  assert.deepEqual(half, ['partly', '0.5', false]);
  const sources = { orders: [], brokenLinks: [], maxDeviation: '1' };
  const orders = [stop({ quantity: '0.5' })];
  const venues = snapshot(readable('alpha', { balances: [BTC], orders, marks: MARKS }));
  const { unprotected } = warningsOf(engineState(), { ...sources, snapshot: venues });
  assert.equal(unprotected.count, 0);
});

test('stops at all markets of an asset add up, each by the mark of its own', () => {
  const inEuro = stop({ clientOrderId: 'e', instrument: 'BTC/EUR', triggerPrice: '53000' });
  assert.deepEqual(check({ now: [inEuro] }), [], 'a trigger above the mark takes a profit');
  const lower = { ...inEuro, triggerPrice: '51000', quantity: '0.4' };
  const both = [stop({ quantity: '0.6' }), lower];
  assert.deepEqual(check({ now: both }), [['protected', '1', false]]);
  assert.deepEqual(check({ before: both, now: [lower] }), [['partly', '0.4', true]]);
});

test('a stop that did its work is not lost, nor is one that was cut to the unit of the venue', () => {
  const sold = { ...BTC, total: '0.3' };
  assert.deepEqual(check({ held: sold, before: [stop()], now: [stop({ filled: '0.7' })] }), [
    ['protected', '0.3', false],
  ]);
  assert.deepEqual(check({ held: { ...BTC, total: '0' }, before: [stop()] }), []);
  const grown = { ...BTC, total: '1.00001' };
  assert.deepEqual(check({ held: grown, before: [stop()], now: [stop()] }), [
    ['partly', '1', false],
  ]);
  const spec = { quantityStep: '0.001', priceTick: null, minNotional: null };
  const instruments = [{ instrument: 'BTC/USDT', contractSize: '1', inverse: false, ...spec }];
  const sent = [stop({ quantity: '0.1250001' })];
  const lostAt = (quantity: string) => {
    const orders = [stop({ quantity })];
    const there = readable('alpha', { balances: [BTC], orders, marks: MARKS, instruments });
    return checkProtection(engineState({ orders: sent }), snapshot(there))[0]?.lost;
  };
  assert.deepEqual([lostAt('0.125'), lostAt('0.124')], [false, true]);
});

test('without any mark a stop of before may have been one, and none is one now: people are asked', () => {
  assert.deepEqual(check({ before: [stop()], marks: {} }), [['unprotected', '0', true]]);
  assert.deepEqual(check({ before: [stop()], now: [stop()], marks: {} }), [
    ['unprotected', '0', true],
  ]);
  const takes = stop({ type: 'take_profit_limit' });
  assert.deepEqual(check({ before: [takes], now: [takes], marks: {} }), []);
});

const NO_STOPS: readonly [string, Partial<Order>][] = [
  ['of a margin position', { positionSide: 'net' }],
  ['that reduces a margin position', { reduceOnly: true }],
  ['of a contract', { instrument: 'BTC/USDT:USDT' }],
  ['of another asset', { instrument: 'ETH/USDT' }],
  ['that pays with the asset', { instrument: 'ETH/BTC', side: 'buy' }],
  ['that buys', { side: 'buy', triggerPrice: '65000' }],
  ['that takes a profit', { triggerPrice: '65000' }],
  ['that waits for another order', { type: 'pending_stop_loss_limit' }],
  ['that waits for nothing', { conditional: false }],
  ['of another account', { account: 'other' }],
];

for (const [what, change] of NO_STOPS) {
  test(`an order ${what} is no stop of a holding`, () => {
    assert.deepEqual(check({ before: [stop(change)] }), []);
    if (change.account === undefined) assert.deepEqual(check({ now: [stop(change)] }), []);
  });
}

test('what is owed is protected by a purchase above the mark', () => {
  const owed = { ...BTC, total: '-1' };
  const above = stop({ side: 'buy', triggerPrice: '65000' });
  assert.deepEqual(check({ held: owed, before: [above], now: [above] }), [
    ['protected', '1', false],
  ]);
  assert.deepEqual(check({ held: owed, before: [above] }), [['unprotected', '0', true]]);
  assert.deepEqual(check({ held: owed, now: [stop({ side: 'buy' })] }), []);
});

const ACCOUNTS = ['alpha|main', 'alpha|other', 'beta|main'] as const;
const ASSETS = ['BTC', 'ETH'] as const;
const CURRENCIES = ['USDT', 'EUR', 'BTC'] as const;
const MARK = '100';

const rows = fc.array(
  fc.record({
    at: fc.constantFrom(...ACCOUNTS),
    asset: fc.constantFrom(...ASSETS),
    currency: fc.constantFrom(...CURRENCIES),
    kind: fc.constantFrom('spot', 'margin', 'contract'),
    waits: fc.boolean(),
    sells: fc.boolean(),
    above: fc.boolean(),
    steps: fc.integer({ min: 1, max: 30 }),
    before: fc.boolean(),
    now: fc.boolean(),
  }),
  { maxLength: 14 },
);
type Row = (typeof rows extends fc.Arbitrary<infer T> ? T : never)[number];

/** In tenths: a holding, what of it is in a wallet of its own, and a margin position. */
const books = fc.array(
  fc.record({
    at: fc.constantFrom(...ACCOUNTS),
    asset: fc.constantFrom(...ASSETS),
    steps: fc.integer({ min: -40, max: 40 }),
    wallet: fc.integer({ min: 0, max: 40 }),
    margin: fc.integer({ min: -40, max: 40 }),
  }),
  { maxLength: 6 },
);
type Book = (typeof books extends fc.Arbitrary<infer T> ? T : never)[number];

const place = (at: string) => {
  const [venue = '', account = ''] = at.split('|');
  return { venue, account };
};

function orderOf(row: Row, index: number): Order {
  const spot = `${row.asset}/${row.currency}`;
  const margin = { positionSide: 'net', reduceOnly: true } as const;
  return order({
    ...place(row.at),
    instrument: row.kind === 'contract' ? `${spot}:${row.currency}` : spot,
    clientOrderId: `mine-${index}`,
    venueOrderId: `v-${index}`,
    side: row.sells ? 'sell' : 'buy',
    quantity: toText(BigInt(row.steps), 1),
    triggerPrice: row.above ? '101' : '99',
    ...(row.waits ? { conditional: true } : {}),
    ...(row.kind === 'margin' ? margin : {}),
  });
}

interface Told {
  rows: readonly (Row & { order: Order })[];
  books: readonly Book[];
}

function linesOf({ rows: told, books: held }: Told, accounts: readonly string[]) {
  const marks = Object.fromEntries(
    ASSETS.flatMap((asset) => CURRENCIES.map((one) => [`${asset}/${one}`, MARK])),
  );
  const venues = accounts.map((at) =>
    readable(place(at).venue, {
      ...place(at),
      marks,
      orders: told.filter((row) => row.at === at && row.now).map((row) => row.order),
      balances: held.filter((one) => one.at === at).map(balanceOf),
      positions: held.filter((one) => one.at === at).map(positionOf),
    }),
  );
  const internal = engineState({
    orders: told.filter((row) => row.before).map((row) => row.order),
    positions: held.map(positionOf),
  });
  return checkProtection(internal, snapshot(...venues))
    .map(({ held: { venue, account, ...what }, covered, lost }) => {
      const name = 'asset' in what ? what.asset : what.instrument;
      return [venue, account, name, covered, lost].join(' ');
    })
    .toSorted();
}

function balanceOf({ at, asset, steps, wallet }: Book): VenueBalance {
  const parts = wallet === 0 ? {} : { parts: { [`${asset}.F`]: toText(BigInt(wallet), 1) } };
  return { ...place(at), asset, total: toText(BigInt(steps), 1), ...parts };
}

const positionOf = ({ at, asset, margin }: Book) =>
  position({
    ...place(at),
    instrument: `${asset}/USDT`,
    quantity: toText(BigInt(margin), 1),
    averagePrice: null,
  });

/** The rule again: stops on the closing side, on the losing side of the mark, at any market of the asset. */
function expected({ rows: told, books: held }: Told): string[] {
  return held.flatMap((one) => {
    const text = (steps: number) => toText(BigInt(steps), 1);
    const stopsOf = (steps: number, isIts: (row: Row) => boolean) =>
      told.filter(
        (row) =>
          row.at === one.at &&
          row.asset === one.asset &&
          row.waits &&
          isIts(row) &&
          (steps > 0 ? row.sells && !row.above : !row.sells && row.above),
      );
    const line = (name: string, steps: number, stops: readonly Row[]) => {
      const sumOf = (when: 'before' | 'now') =>
        stops.filter((row) => row[when]).reduce((sum, row) => sum + row.steps, 0);
      const size = Math.abs(steps);
      const now = Math.min(size, sumOf('now'));
      const { venue, account } = place(one.at);
      return [venue, account, name, text(now), now < Math.min(size, sumOf('before'))].join(' ');
    };
    const spot = stopsOf(one.steps, ({ kind }) => kind === 'spot').filter(
      (row) => row.before || row.now,
    );
    const margin = stopsOf(
      one.margin,
      ({ kind, currency }) => kind === 'margin' && currency === 'USDT',
    );
    return [
      ...(one.steps === 0 || spot.length === 0 ? [] : [line(one.asset, one.steps, spot)]),
      ...(one.margin === 0 ? [] : [line(`${one.asset}/USDT`, one.margin, margin)]),
    ];
  });
}

test('in every order of accounts, assets, wallets, currencies and orders, covers what the model counts', () => {
  const distinct = books.map((all) => [
    ...new Map(all.map((one) => [`${one.at} ${one.asset}`, one])).values(),
  ]);
  const all = fc.tuple(rows, distinct).chain(([told, held]) => {
    const named = told.map((row, index) => ({ ...row, order: orderOf(row, index) }));
    const shuffled = <T>(items: T[]) =>
      fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length });
    return fc.tuple(
      fc.constant({ rows: named, books: held }),
      fc.record({ rows: shuffled(named), books: shuffled(held) }),
      shuffled([...ACCOUNTS]),
    );
  });
  fc.assert(
    fc.property(all, ([told, again, accounts]) => {
      const lines = linesOf(told, ACCOUNTS);
      assert.deepEqual(lines, expected(told).toSorted());
      assert.deepEqual(linesOf(again, accounts), lines);
    }),
    { numRuns: 500, seed: 7 },
  );
});
