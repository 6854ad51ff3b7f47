/** Readings of one account that answers from here: what is asked, how often, and what becomes of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readVenues, type Reading } from '../../../activities/procedures/read-venues.js';
import type { VenueAccount } from '../../../activities/ports.js';
import { readFault } from '../../../workflows/domain/books/read-fault.js';
import { failure, venueFailure } from '../../../workflows/failure.js';
import { balance, order, position } from '../../workflows/domain/builders.js';

const TRIES = 3;
const WITHOUT_WAITS = { tries: TRIES, firstWaitMs: 0, longestWaitMs: 0 };
const PACE = { patience: WITHOUT_WAITS, beat: () => undefined, nowMs: () => 1_000 };
const READING: Reading = {
  sinceMs: 0,
  thorough: false,
  cashAssets: ['USDT'],
  orderIdPrefix: 'rl-',
  live: false,
};

type Asked = Record<string, number>;

/** An account that holds a little and says how often it was asked for what. */
function account(change: Partial<VenueAccount> = {}): { account: VenueAccount; asked: Asked } {
  const asked: Asked = {};
  const never = () => Promise.reject(new Error('not asked for here'));
  const told: VenueAccount = {
    venue: 'alpha',
    account: 'main',
    blindSpots: [],
    instruments: ['BTC/USDT'],
    openOrders: async () => [order()],
    readOpenOrders: never,
    fillsSince: async (sinceMs) => ({ rows: [], fromMs: sinceMs }),
    cashFlowsSince: async (sinceMs) => ({ rows: [], fromMs: sinceMs }),
    positions: async () => [],
    balances: async () => [balance()],
    instrumentSpecs: async () => [],
    marks: async () => new Map(),
    lookUp: never,
    cancel: never,
    armDeadManSwitch: never,
    closes: never,
    status: never,
    ...change,
  };
  const counted = Object.entries(told).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'function') return [name, value];
    const ask = value as (...given: unknown[]) => unknown;
    const count = (...given: unknown[]) => {
      asked[name] = (asked[name] ?? 0) + 1;
      return ask(...given);
    };
    return [name, count];
  });
  return { account: Object.fromEntries(counted) as VenueAccount, asked };
}

async function readOne(given: VenueAccount, reading: Partial<Reading> = {}) {
  const [truth] = await readVenues([given], { ...READING, ...reading }, PACE);
  assert.ok(truth);
  return truth;
}

test('of a live engine the open orders are read once, at rest before and after', async () => {
  for (const [live, lists] of [
    [true, 1],
    [false, 2],
  ] as const) {
    const { account: one, asked } = account();
    const truth = await readOne(one, { live });
    assert.ok(truth.readable);
    assert.equal(truth.orders.length, 1);
    assert.deepEqual([asked['openOrders'], asked['fillsSince']], [lists, 1], `live: ${live}`);
  }
});

test('what a live engine holds elsewhere costs a second reading, and no second list', async () => {
  const held = position({ venue: 'alpha', instrument: 'ETH/USDT:USDT' });
  const { account: one, asked } = account({ positions: async () => [held] });
  const truth = await readOne(one, { live: true });
  assert.ok(truth.readable);
  assert.deepEqual([asked['openOrders'], asked['fillsSince']], [1, 2]);
});

const silent = readFault({ kind: 'no_answer', venue: 'alpha', what: 'balances' });

async function whyOf(given: VenueAccount, pace: Partial<typeof PACE> = {}) {
  const [truth] = await readVenues([given], READING, { ...PACE, ...pace });
  assert.ok(truth?.readable === false);
  return truth.why;
}

test('a venue is asked as often as patience has it, and then says why as data', async () => {
  const away = async () => Promise.reject(venueFailure('VenueUnreadable', silent));
  const { account: one, asked } = account({ balances: away });
  const beats: string[] = [];
  const beat = (venue?: string) => void beats.push(venue ?? '');
  assert.deepEqual(await whyOf(one, { beat }), silent);
  assert.equal(asked['balances'], TRIES);
  assert.deepEqual([...new Set(beats)], ['alpha']);
});

test('what refuses is not asked again', async () => {
  const refusal = readFault({
    kind: 'key_refused',
    venue: 'alpha',
    what: 'balances',
    code: '-2015',
  });
  const { account: one, asked } = account({
    balances: async () => Promise.reject(venueFailure('VenueRefused', refusal)),
  });
  assert.deepEqual(await whyOf(one), refusal);
  assert.equal(asked['balances'], 1);
});

test('a venue that moves in every reading is never still, however often it is read', async () => {
  let times = 0;
  const { account: one, asked } = account({
    openOrders: async () => [order({ clientOrderId: `rl-${(times += 1)}` })],
  });
  assert.deepEqual(await whyOf(one), readFault({ kind: 'never_still', venue: 'alpha' }));
  assert.equal(asked['fillsSince'], TRIES * 5);
});

test('one that moved and then stands is read', async () => {
  let times = 0;
  const moving = 6;
  const { account: one } = account({
    openOrders: async () => {
      times += 1;
      return times > moving ? [] : [order({ clientOrderId: `rl-${times}` })];
    },
  });
  const truth = await readOne(one);
  assert.ok(truth.readable);
});

test('what no gateway has put into words tells its class, and nothing of its text', async () => {
  const broken = account({ balances: async () => Promise.reject(new TypeError('canary')) });
  const why = readFault({ kind: 'unexpected', venue: 'alpha', code: 'TypeError' });
  assert.deepEqual(await whyOf(broken.account), why);
  const told = account({ balances: async () => Promise.reject(failure('VenueRefused', 'closed')) });
  assert.deepEqual(
    await whyOf(told.account),
    readFault({ kind: 'unexpected', venue: 'alpha', words: 'closed' }),
  );
});

test('prices that could not be had are a gap, asked for twice', async () => {
  const noPrices = { ...silent, what: 'prices' as const };
  const { account: one, asked } = account({
    marks: async () => Promise.reject(venueFailure('VenueUnreadable', noPrices)),
  });
  const truth = await readOne(one);
  assert.ok(truth.readable);
  assert.deepEqual([truth.marks, asked['marks']], [{}, 2]);
  assert.deepEqual(truth.gaps.at(-1), noPrices);
});

test('a reading that is called off fails, and is no unreadable venue', async () => {
  const off = new AbortController();
  const { account: one } = account({
    balances: async () => {
      off.abort(new Error('called off'));
      throw venueFailure('VenueUnreadable', silent);
    },
  });
  const reading = readVenues([one], READING, { ...PACE, signal: off.signal });
  await assert.rejects(reading, /called off/);
});

test('of what is held beyond the configured markets those with a price in cash are read', async () => {
  const held = ['BTC', 'ETH', 'USDT'].map((asset) => balance({ asset }));
  const questions: (readonly string[] | undefined)[] = [];
  const { account: one } = account({
    instruments: ['BTC/USDT'],
    balances: async () => held,
    instrumentSpecs: async (others) => {
      questions.push(others);
      return [];
    },
  });
  await readOne(one, { thorough: true });
  assert.deepEqual(questions[0], ['ETH/USDT']);
});

test('fills and flows are asked for from no later than the state, whatever this host’s clock seems to be', async () => {
  const sinceMs = 1_000_000;
  for (const [aheadMs, from] of [
    [0, sinceMs],
    [180_000, sinceMs],
    [-40_000, sinceMs - 40_000],
  ] as const) {
    const asked: number[] = [];
    const telling = async (at: number) => {
      asked.push(at);
      return { rows: [], fromMs: at };
    };
    const { account: one } = account({ fillsSince: telling, cashFlowsSince: telling });
    await readVenues([one], { ...READING, sinceMs, thorough: true }, { ...PACE, aheadMs });
    assert.deepEqual([...new Set(asked)], [from], `${aheadMs} ms ahead`);
  }
});

test('a venue whose clock nobody can tell is taken to have that by which states are dated', async () => {
  for (const [hostMs, told] of [
    [null, undefined],
    [0, -60_000],
    [60_000, undefined],
    [50_000, -10_000],
  ] as const) {
    const { account: one } = account({ clockAheadMs: () => hostMs });
    const [truth] = await readVenues([one], READING, { ...PACE, aheadMs: 60_000 });
    assert.ok(truth?.readable === true);
    assert.equal(truth.clockAheadMs, told);
  }
});
