/**
 * What holds in every life of a ledger: sums, positions, reserves, states of orders, and the
 * journal.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ledgerView } from '../../../../sandbox/venues/admin/ledger-view.js';
import { decimal, type Decimal } from '../../../../sandbox/venues/decimal.js';
import {
  findBySymbol,
  INSTRUMENTS,
  instrumentsOf,
  VENUE_IDS,
  type VenueId,
} from '../../../../sandbox/venues/instruments.js';
import { holdOf, positionMargin } from '../../../../sandbox/venues/ledger/accounting.js';
import type { FillEntry } from '../../../../sandbox/venues/ledger/journal.js';
import { positionKey, remainingOf } from '../../../../sandbox/venues/ledger/state.js';
import { isSetOff } from '../../../../sandbox/venues/ledger/triggers.js';
import { anyStep, runOf, runs, stepOn } from './run.js';

const RUNS = { seed: 20_261_126 };

function sum(values: readonly Decimal[]): Decimal {
  return values.reduce((total, value) => total.plus(value), decimal('0'));
}

/** What one fill does to the balances of its venue. */
function effectsOf(fill: FillEntry): [asset: string, amount: Decimal][] {
  const instrument = findBySymbol(fill.venue, fill.instrument);
  assert.ok(instrument);
  const fee = [fill.feeAsset, decimal(fill.fee).negated()] as [string, Decimal];
  if (instrument.kind !== 'spot') return [fee, [instrument.quote, decimal(fill.realizedPnl)]];
  const change = decimal(fill.quantity).times(fill.side === 'buy' ? 1 : -1);
  return [fee, [instrument.base, change], [instrument.quote, change.times(fill.price).negated()]];
}

test('balances equal the sum of cash flows, fills, fees and realized profit', () => {
  fc.assert(
    fc.property(runs, (run) => {
      const expected = new Map<string, Decimal>();
      const add = (venue: VenueId, asset: string, amount: Decimal) => {
        const key = `${venue} ${asset}`;
        expected.set(key, (expected.get(key) ?? decimal('0')).plus(amount));
      };
      for (const entry of run.ledger.entriesAfter(0)) {
        if (entry.kind === 'cash-flow') add(entry.venue, entry.asset, decimal(entry.amount));
        if (entry.kind !== 'fill') continue;
        for (const [asset, amount] of effectsOf(entry)) add(entry.venue, asset, amount);
      }
      for (const [key, amount] of expected) {
        const [venue, asset] = key.split(' ') as [VenueId, string];
        const balance = run.ledger.state.venues[venue].balances.get(asset);
        assert.equal(balance?.total.toFixed(), amount.toFixed(), key);
      }
    }),
    RUNS,
  );
});

test('a position equals the sum of its fills, and in hedge mode keeps to its side', () => {
  fc.assert(
    fc.property(runs, (run) => {
      for (const [venue, state] of Object.entries(run.ledger.state.venues)) {
        const sums = new Map<string, Decimal>();
        for (const fill of state.fills) {
          if (findBySymbol(fill.venue, fill.instrument)?.kind === 'spot') continue;
          const key = positionKey(fill.instrument, fill.positionSide);
          const change = decimal(fill.quantity).times(fill.side === 'buy' ? 1 : -1);
          sums.set(key, (sums.get(key) ?? decimal('0')).plus(change));
        }
        assert.deepEqual([...state.positions.keys()].sort(), [...sums.keys()].sort(), venue);
        for (const [key, { side, quantity }] of state.positions) {
          assert.equal(quantity.toFixed(), sums.get(key)?.toFixed(), key);
          if (side === 'long') assert.ok(quantity.gte(0), key);
          if (side === 'short') assert.ok(quantity.lte(0), key);
        }
      }
    }),
    RUNS,
  );
});

test('what is used is exactly what open orders and positions hold, and spot is never overdrawn', () => {
  fc.assert(
    fc.property(runs, (run) => {
      for (const venue of VENUE_IDS) {
        const state = run.ledger.state.venues[venue];
        const orders = [...state.openOrders.values()].map((row) => holdOf(row, remainingOf(row)));
        const margins = [...state.positions.values()].map((position) => ({
          asset: findBySymbol(venue, position.symbol)?.quote,
          amount: positionMargin(position),
        }));
        const onlySpot = instrumentsOf(venue).every(({ kind }) => kind === 'spot');
        for (const [asset, { total, used }] of state.balances) {
          const holds = [...orders, ...margins].filter((hold) => hold.asset === asset);
          const held = sum(holds.map(({ amount }) => amount));
          assert.equal(used.toFixed(), held.toFixed(), `${venue} ${asset}`);
          assert.ok(!onlySpot || total.gte(used), `${venue} ${asset} overdrawn`);
        }
      }
    }),
    RUNS,
  );
});

test('every order is in one state, and only the live ones are listed as open', () => {
  fc.assert(
    fc.property(runs, (run) => {
      for (const state of Object.values(run.ledger.state.venues)) {
        for (const order of state.orders.values()) {
          const live = order.status === 'open' || order.status === 'untriggered';
          assert.equal(state.openOrders.has(order.venueOrderId), live);
          assert.equal(
            order.status === 'filled',
            live ? false : remainingOf(order).isZero() && order.filled.gt(0),
          );
          const filled = sum(order.fills.map((fill) => decimal(fill.quantity)));
          assert.equal(order.filled.toFixed(), filled.toFixed());
          if (order.status !== 'triggered') continue;
          const child = state.orders.get(order.trigger?.childOrderId ?? '');
          assert.equal(child?.parentOrderId, order.venueOrderId);
          assert.deepEqual(order.fills, []);
        }
      }
    }),
    RUNS,
  );
});

test('folding the journal again gives the live state, as of any time', () => {
  fc.assert(
    fc.property(
      fc.array(anyStep, { minLength: 40, maxLength: 40 }),
      fc.nat({ max: 40 }),
      (steps, cut) => {
        const early = runOf(steps.slice(0, cut));
        const whole = runOf(steps);
        const atMs = early.nowMs;
        assert.deepEqual(
          ledgerView(whole.ledger.stateAt(atMs), atMs),
          ledgerView(early.ledger.state, atMs),
        );
      },
    ),
    RUNS,
  );
});

test('in a deep market nothing that the price reached is left unfilled or untriggered', () => {
  const step = stepOn(4, false);
  fc.assert(
    fc.property(fc.array(step, { minLength: 60, maxLength: 80 }).map(runOf), (run) => {
      for (const { venue } of INSTRUMENTS) {
        for (const order of run.ledger.state.venues[venue].openOrders.values()) {
          if (order.status === 'untriggered') {
            assert.ok(!isSetOff(order, run.price));
          } else {
            const gap = order.price?.minus(run.price) ?? decimal('0');
            assert.ok(order.side === 'buy' ? gap.lt(0) : gap.gt(0));
          }
        }
      }
    }),
    RUNS,
  );
});
