/** What is judged by the world's own figures and ledger: each violation is found, by its own invariant alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecoveryPolicy } from '../../../../workflows/domain/policy/policy.js';
import { call, CALLS, GATE, GOOD, record, RULES } from '../example.js';
import type { Facts } from '../facts.js';
import { judge } from '../judge.js';

const LIMITED = RecoveryPolicy.parse({
  ...RULES,
  gates: { ...RULES.gates, remindAfterMs: 1 },
  risk: { maxExposure: '100', limits: { maxDailyLoss: '50' } },
});
const [high, low] = ['150', '90'].map((total, at) => ({ atMs: 55 + at, total, unpriced: [] }));
const held = (...seen: (Facts['held'][number] | undefined)[]): Facts => ({
  ...GOOD,
  rules: LIMITED,
  calls: [call('takeSnapshot', 50), ...CALLS],
  incidents: [record({ gates: [{ ...GATE, kind: 'volatility' }] })],
  heard: GOOD.heard.map((each) => ({ ...each, key: each.key.replace('exposure', 'volatility') })),
  held: seen.flatMap((one) => one ?? []),
});
const placed = { atMs: 90, epoch: 1, order: 'rl-01', dayResult: '-51' };
const cancelled = {
  atMs: 90,
  order: 'binance 7',
  whose: 'own',
  protects: false,
  beside: null,
} as const;
const left = { atMs: 20, by: 'agent', venue: 'binance', orders: ['rl-00'] } as const;

const BROKEN: [what: string, invariant: string, facts: Facts][] = [
  ['an exposure beyond its limit that nobody was asked about', 'I2', held(high)],
  [
    'an asset without a price that nobody was asked about',
    'I2',
    held({ atMs: 55, total: '1', unpriced: ['binance X'] }),
  ],
  [
    'a grant without a limit that is demanded',
    'I2',
    { ...GOOD, unlimited: [{ atMs: 80, epoch: 1, names: ['maxOrders'] }] },
  ],
  ['an order after a loss beyond the limit', 'I2', { ...held(low), placed: [placed] }],
  [
    'a start without a checkpoint, and nobody asked about the breaker',
    'I2',
    {
      ...GOOD,
      happened: [{ kind: 'situation', at: { afterMs: 0 }, ms: 0, what: 'no checkpoint is left' }],
    },
  ],
  [
    'a result of the day that was not earned',
    'I4',
    { ...GOOD, day: { believed: '1', earned: '2' } },
  ],
  ['an order that rests where none is told', 'I4', { ...GOOD, left: [{ ...left, orders: ['a'] }] }],
  ['a stop that is cancelled', 'I6', { ...GOOD, cancelled: [{ ...cancelled, protects: true }] }],
  ['an order beside who trades', 'I6', { ...GOOD, cancelled: [{ ...cancelled, beside: 'e-e1' }] }],
  [
    "somebody's order that is cancelled",
    'I6',
    { ...GOOD, cancelled: [{ ...cancelled, whose: 'theirs' }] },
  ],
  [
    "nobody's order that is cancelled",
    'I6',
    { ...GOOD, cancelled: [{ ...cancelled, whose: 'nobody' }] },
  ],
];

for (const [what, invariant, facts] of BROKEN) {
  test(`${what} is found by ${invariant}`, () => {
    const found = new Set(judge(facts).map((breach) => breach.invariant));
    assert.deepEqual([...found], [invariant]);
  });
}

test('what is within its limits, or was so at one look, is nobody to be asked about', () => {
  assert.deepEqual(judge(held(low)), []);
  assert.deepEqual(judge(held(high, low)), []);
  assert.deepEqual(judge({ ...held(high), incidents: GOOD.incidents, heard: GOOD.heard }), []);
  assert.deepEqual(judge({ ...held(low), placed: [{ ...placed, dayResult: '-50' }] }), []);
});

test('orders of the engine are cancelled, and a result is none that people took as it is', () => {
  assert.deepEqual(judge({ ...GOOD, cancelled: [cancelled] }), []);
  const gates = [{ ...GATE, kind: 'discrepancies' as const }];
  const day = { believed: '1', earned: '2' };
  const heard = GOOD.heard.map((each) => ({
    ...each,
    key: each.key.replace('exposure', 'discrepancies'),
  }));
  assert.deepEqual(judge({ ...GOOD, incidents: [record({ gates })], heard, day }), []);
});
