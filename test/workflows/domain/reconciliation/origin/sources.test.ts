/** Where each recovered figure comes from. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reconcile } from '../../../../../workflows/domain/reconciliation/reconciliation.js';
import {
  orderSourcesOf,
  riskSourcesOf,
  sourcesOf,
  type ReconciliationWords,
  type Told,
} from '../../../../../workflows/domain/reconciliation/origin/sources.js';
import { RESOLUTIONS } from '../../../../../workflows/domain/orders/resolution.js';
import type { Fill } from '../../../../../workflows/domain/books/state.js';
import {
  balance,
  engineState,
  fill,
  PERPETUAL,
  position,
  readable,
  snapshot,
  unreadable,
} from '../../builders.js';

type Kind = NonNullable<Told['stateSource']>['kind'];

function record(kind: Kind, words: ReconciliationWords = {}): Told {
  return { stateSource: { kind }, reconciliation: { words } };
}

const ASKED = record('checkpoint', { disputed: 'person', unverified: 'person' });
const HELD = { balances: [balance()], appliedFills: { alpha: [], gamma: [] } };
const at = (total: string, more: object = {}) =>
  readable('alpha', { balances: [balance({ total })], ...more });

function amounts(truth: Parameters<typeof snapshot>[0], told = ASKED, inferred: Fill[] = []) {
  const rules = { tolerance: '0.0001', inferred };
  const { lines } = reconcile(engineState(HELD), snapshot(truth), rules);
  return lines.filter(({ item }) => item === 'USDT').map((one) => sourcesOf(one, told).amount);
}

test('a figure names what told it, what moved it, and whose word it is', () => {
  const sold = fill({ side: 'sell', quantity: '1', price: '100' });
  const base = { venue: 'alpha', account: 'main', id: 'f-1', asset: 'USDT', instrument: null };
  const flow = { ...base, kind: 'transfer', amount: '50', timeMs: 1 } as const;
  assert.deepEqual(amounts(at('1000')), [['venue', 'checkpoint']]);
  assert.deepEqual(amounts(at('1100', { fills: [sold] })), [['venue', 'checkpoint', 'fills']]);
  assert.deepEqual(amounts(at('1050', { cashFlows: [flow] })), [['venue', 'checkpoint', 'flows']]);
  assert.deepEqual(amounts(at('7')), [['venue', 'person']]);
  assert.deepEqual(amounts(at('7'), record('checkpoint', { disputed: 'policy' })), [['venue']]);
  assert.deepEqual(amounts(unreadable('alpha')), [['checkpoint', 'person']]);
  assert.deepEqual(amounts(at('1100'), ASKED, [sold]), [
    ['venue', 'checkpoint', 'inferred', 'person'],
  ]);
});

test('without a checkpoint nothing is said to come from one', () => {
  const rules = { tolerance: '0.0001', independent: false };
  const { lines } = reconcile(engineState(HELD), snapshot(at('1000')), rules);
  const words = { unverified: 'person' } as const;
  const of = (told: Told) => lines.map((one) => sourcesOf(one, told).amount);
  assert.deepEqual(of(record('exchanges', words)), [['venue', 'person']]);
  assert.deepEqual(of(record('exchanges', { unverified: 'policy' })), [['venue']]);
});

test('an entry price is the venue’s, or ours after the fills since, or has no source', () => {
  const entry = (told: string | null, quantity = '2') => {
    const truth = readable('gamma', { positions: [position({ averagePrice: told, quantity })] });
    const internal = engineState({ positions: [position()], appliedFills: { gamma: [] } });
    const { lines } = reconcile(internal, snapshot(truth), { tolerance: '0.0001' });
    const [line] = lines.filter(({ item }) => item === PERPETUAL);
    assert.ok(line !== undefined);
    return sourcesOf(line, ASKED).entryPrice;
  };
  assert.deepEqual(entry('60000'), ['venue']);
  assert.deepEqual(entry(null), ['checkpoint']);
  assert.deepEqual(entry(null, '5'), [], 'it is not known any more');
});

test('the risk state comes from the checkpoint and the fills, or from a person', () => {
  const risk = { dailyPnl: '-5', breakerLatched: true, movedByFills: true, latched: true };
  const left = (kind: 'checkpoint' | 'exchanges', change: object, words = {}) => {
    const told = record(kind, words);
    const reconciliation = { ...told.reconciliation, risk: { ...risk, ...change } };
    return riskSourcesOf({ ...told, reconciliation });
  };
  const both = ['checkpoint', 'fills'];
  assert.deepEqual(left('checkpoint', {}), { dailyPnl: both, breaker: both });
  const unknown = { dailyPnl: null, movedByFills: false, latched: false };
  assert.deepEqual(left('exchanges', unknown, { breaker: 'person' }), {
    dailyPnl: [],
    breaker: ['person'],
  });
  assert.deepEqual(left('exchanges', unknown), { dailyPnl: [], breaker: [] });
});

test('every order has a source, whatever became of it', () => {
  for (const kind of ['checkpoint', 'shadow', 'exchanges'] as const) {
    const told = record(kind);
    assert.ok(RESOLUTIONS.every((one) => orderSourcesOf({ kind: one }, told).length > 0));
    assert.deepEqual(orderSourcesOf({ kind: 'adopted' }, told), ['venue']);
  }
  assert.deepEqual(orderSourcesOf({ kind: 'unknown' }, record('checkpoint')), ['checkpoint']);
  assert.deepEqual(orderSourcesOf({ kind: 'unknown' }, record('shadow')), ['shadow']);
  assert.deepEqual(orderSourcesOf({ kind: 'still_open' }, record('shadow')), ['venue', 'shadow']);
});

test('what was compared with a shadow says so, and a shadow tells no risk', () => {
  const told = record('shadow');
  assert.deepEqual(amounts(at('1000'), told), [['venue', 'shadow']]);
  const risk = { dailyPnl: null, breakerLatched: false, movedByFills: false, latched: false };
  const reconciliation = { words: {}, risk };
  assert.deepEqual(riskSourcesOf({ ...told, reconciliation }), { dailyPnl: [], breaker: [] });
});
