/** A state rebuilt from the venues alone, and the list of what they cannot tell. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { reconcile } from '../../../../../workflows/domain/reconciliation/reconciliation.js';
import { reconstruct } from '../../../../../workflows/domain/reconciliation/origin/reconstruction.js';
import type { Snapshot } from '../../../../../workflows/domain/books/snapshot.js';
import { positionKey } from '../../../../../workflows/domain/books/keys.js';
import {
  stateDigest,
  type CashFlow,
  type Fill,
} from '../../../../../workflows/domain/books/state.js';
import { balance, engineState, fill, PERPETUAL, position } from '../../builders.js';
import { readable, snapshot, unreadable } from '../../builders.js';
import { toText, toUnits } from '../../exact.js';
import { figuresIn, histories, report } from '../../books/trading-history.js';

const RUNS = { numRuns: 1000, seed: 314 };
const TOLERANCE = '0.0001';
const G = { venue: 'gamma', instrument: PERPETUAL } as const;

const deposit: CashFlow = {
  venue: 'alpha',
  account: 'main',
  id: 'd-1',
  kind: 'transfer',
  asset: 'USDT',
  amount: '5',
  instrument: null,
  timeMs: 1500,
};

function unknownsOf(...venues: Snapshot['venues']): string[] {
  return reconstruct(snapshot(...venues)).unknowns;
}

test('every figure is the venues’, and what no venue can tell of an engine is listed', () => {
  const { state, unknowns } = reconstruct(
    snapshot(readable('gamma', { positions: [position()] }), readable('alpha')),
  );
  assert.deepEqual(
    state,
    engineState({ positions: [position()], appliedFills: { gamma: [], alpha: [] } }),
  );
  assert.deepEqual(unknowns, [
    'daily profit and loss, and whether the risk breaker had latched (no checkpoint)',
    'orders in flight at the crash, and orders that ended before it',
  ]);
});

test('what spot holdings cost is listed as not known, where there are any', () => {
  const cost = 'what spot holdings cost (a balance has no entry price)';
  assert.ok(unknownsOf(readable('alpha', { balances: [balance()] })).includes(cost));
  assert.ok(!unknownsOf(readable('alpha', { balances: [balance({ total: '0' })] })).includes(cost));
});

test('gaps of a venue and venues that were not read are listed by name', () => {
  const unknowns = unknownsOf(
    readable('alpha', { gaps: ['fills before May: gone'] }),
    unreadable('beta'),
  );
  assert.deepEqual(unknowns.slice(-2), [
    'alpha: fills before May: gone',
    'everything at beta: timed out',
  ]);
});

test('an entry price that neither the venue nor the fills tell is listed with its reason', () => {
  const held = position({ side: 'long', averagePrice: null });
  const unknowns = unknownsOf(readable('gamma', { positions: [held] }));
  assert.equal(
    unknowns.at(-1),
    `entry price of gamma ${PERPETUAL} long: the fills do not add up to the position`,
  );
  const fills = [fill({ ...G, quantity: '2', price: '7', positionSide: 'long' })];
  const { state, unknowns: none } = reconstruct(
    snapshot(readable('gamma', { positions: [held], fills })),
  );
  assert.equal(state.positions[0]?.averagePrice, '7');
  assert.equal(none.length, 2);
});

test('a flat position has no entry price to miss', () => {
  const flat = position({ quantity: '0', averagePrice: null });
  assert.equal(unknownsOf(readable('gamma', { positions: [flat] })).length, 2);
});

test('what a venue closed by force is listed, because nothing finds it afterwards', () => {
  const forced = (change: Partial<Fill>) =>
    fill({ ...G, side: 'sell', quantity: '2', forced: 'liquidation', ...change });
  const fills = [
    forced({ tradeId: '1', timeMs: 60_000 }),
    forced({ tradeId: '2', timeMs: 120_000, quantity: '3' }),
    forced({ tradeId: '2', timeMs: 120_000, quantity: '3' }),
    forced({ tradeId: '3', positionSide: 'short', side: 'buy', forced: 'deleveraging' }),
    fill({ ...G, tradeId: '4' }),
  ];
  const margin = { venue: 'kraken', instrument: 'BTC/USD', positionSide: 'net' } as const;
  const venues = {
    takenAtMs: 400_000,
    venues: [
      readable('gamma', { fills }),
      readable('kraken', { fills: [forced({ ...margin, quantity: '5', timeMs: 400_000 })] }),
    ],
  };
  assert.deepEqual(
    reconstruct(venues)
      .unknowns.filter((each) => each.includes('closed by the exchange'))
      .toSorted(),
    [
      `gamma ${PERPETUAL} short: 2 closed by the exchange (deleveraging), the last 6 min before this reading`,
      `gamma ${PERPETUAL}: 5 closed by the exchange (liquidation), the last 4 min before this reading`,
      'kraken BTC/USD: 5 closed by the exchange (liquidation), the last 0 min before this reading',
    ],
  );
});

test('fills and cash flows are remembered, of every account of a venue', () => {
  const other = { account: 'other' };
  const venues = snapshot(
    readable('alpha', { fills: [fill(), fill()], cashFlows: [deposit] }),
    readable('alpha', { ...other, fills: [fill(other)] }),
  );
  const { state } = reconstruct(venues);
  assert.deepEqual(state.appliedFills, {
    alpha: ['main|BTC/USDT|t-1', 'main|cash|USDT|d-1', 'other|BTC/USDT|t-1'],
  });
  const { fillsApplied, flowsApplied } = reconcile(state, venues, { tolerance: TOLERANCE });
  assert.deepEqual([fillsApplied, flowsApplied], [0, 0]);
});

test('a gain at one venue and an equal loss at another stay where they are', () => {
  const venues = snapshot(
    readable('gamma', { positions: [position({ quantity: '5' })] }),
    readable('delta', { positions: [position({ venue: 'delta', quantity: '-5' })] }),
  );
  assert.deepEqual(
    reconstruct(venues).state.positions.map(({ venue, quantity }) => [venue, quantity]),
    [
      ['gamma', '5'],
      ['delta', '-5'],
    ],
  );
});

test('a state rebuilt from the venues is the ledger, and reconciling it finds nothing', () => {
  fc.assert(
    fc.property(histories, (history) => {
      const venues = report(figuresIn(history.truth), history.events);
      const { state } = reconstruct(venues);
      const truth = engineState({ ...figuresIn(history.truth), risk: state.risk });
      assert.equal(stateDigest(state), stateDigest(truth));
      const { lines, fillsApplied, flowsApplied } = reconcile(state, venues, {
        tolerance: TOLERANCE,
      });
      assert.deepEqual([fillsApplied, flowsApplied], [0, 0]);
      assert.ok(lines.every(({ verdict }) => verdict === 'match'));
    }),
    RUNS,
  );
});

test('where the venues tell no entry price, whole fills tell that of the ledger, lost ones none', () => {
  const lossy = histories.chain((history) =>
    fc.subarray(history.events).map((kept) => ({ history, kept })),
  );
  fc.assert(
    fc.property(lossy, ({ history, kept }) => {
      const truth = figuresIn(history.truth);
      const silent = truth.positions.map((held) => ({ ...held, averagePrice: null }));
      const venues = report({ ...truth, positions: silent }, kept);
      const { state, unknowns } = reconstruct(venues);
      for (const held of truth.positions) {
        const mine = (event: (typeof kept)[number]) =>
          event.kind === 'fill' &&
          event.market.side !== null &&
          positionKey({ ...event.fill, side: event.market.side }) === positionKey(held);
        const net = (events: typeof kept) =>
          events
            .flatMap((event) => (event.kind === 'fill' && mine(event) ? [event.fill] : []))
            .reduce((sum, f) => sum + toUnits(f.quantity) * (f.side === 'buy' ? 1n : -1n), 0n);
        const lost = history.events.filter((event) => mine(event) && !kept.includes(event));
        // Lost fills that cancel each other out leave no trace in the quantity.
        if (lost.length > 0 && net(lost) === 0n) continue;
        const found = state.positions.find((each) => positionKey(each) === positionKey(held));
        const isWhole = lost.length === 0;
        assert.equal(found?.averagePrice, isWhole ? held.averagePrice : null, toText(net(kept)));
        const side = held.side === 'net' ? '' : ` ${held.side}`;
        const said = unknowns.some((why) =>
          why.startsWith(`entry price of ${held.venue} ${held.instrument}${side}:`),
        );
        assert.equal(said, !isWhole);
      }
    }),
    RUNS,
  );
});
