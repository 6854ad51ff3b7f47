/** Readings of one account that answers from here: what is asked, how often, and what becomes of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readVenues, type Reading } from '../../../activities/procedures/read-venues.js';
import type { VenueAccount } from '../../../activities/ports.js';
import { balance, order, position } from '../../workflows/domain/builders.js';

const PACE = { sleep: async () => undefined, beat: () => undefined, nowMs: () => 1_000 };
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
