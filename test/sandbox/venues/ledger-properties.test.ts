import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Decimal, decimal } from '../../../sandbox/venues/decimal.js';
import { INSTRUMENTS, type Instrument } from '../../../sandbox/venues/instruments.js';
import { ledgerView } from '../../../sandbox/venues/admin/ledger-view.js';
import { holdOf, positionMargin } from '../../../sandbox/venues/ledger/accounting.js';
import type { FillEntry } from '../../../sandbox/venues/ledger/journal.js';
import { Ledger } from '../../../sandbox/venues/ledger/ledger.js';
import { remainingOf } from '../../../sandbox/venues/ledger/state.js';
import { Refusal } from '../../../sandbox/venues/refusal.js';

const DEPOSITS = { BTC: '50', ETH: '500', USDT: '3000000', USD: '3000000' };

type Step =
  | { kind: 'place'; market: number; buy: boolean; limit: number | null; steps: number }
  | { kind: 'cancel'; pick: number }
  | { kind: 'fill'; pick: number; parts: number }
  | { kind: 'price'; cents: number };

const stepOn = (markets: number): fc.Arbitrary<Step> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('place' as const),
      market: fc.nat({ max: markets - 1 }),
      buy: fc.boolean(),
      limit: fc.option(fc.integer({ min: 5_900_000, max: 6_100_000 })),
      steps: fc.integer({ min: 1, max: 5000 }),
    }),
    fc.record({ kind: fc.constant('cancel' as const), pick: fc.nat() }),
    fc.record({
      kind: fc.constant('fill' as const),
      pick: fc.nat(),
      parts: fc.integer({ min: 1, max: 5 }),
    }),
    fc.record({
      kind: fc.constant('price' as const),
      cents: fc.integer({ min: 5_900_000, max: 6_100_000 }),
    }),
  );
const stepOf = stepOn(INSTRUMENTS.length);

/** One price for all instruments keeps the steps simple; refusals are part of a run. */
class Run {
  nowMs = 1000;
  price = decimal('60000');
  readonly ledger = new Ledger({ nowMs: () => this.nowMs, deposits: DEPOSITS });

  take(step: Step): void {
    this.nowMs += 10;
    try {
      this.#act(step);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  #act(step: Step): void {
    switch (step.kind) {
      case 'place':
        this.#place(step);
        break;
      case 'cancel': {
        const order = this.#openOrder(step.pick);
        if (order) this.ledger.cancel(order, 'client');
        break;
      }
      case 'fill': {
        const order = this.#openOrder(step.pick);
        if (!order) break;
        const places = order.instrument.quantityStep.decimalPlaces();
        const part = remainingOf(order).div(step.parts).toDecimalPlaces(places, Decimal.ROUND_DOWN);
        this.ledger.fillResting(order, part);
        break;
      }
      case 'price':
        this.price = decimal('0.01').times(step.cents);
        this.ledger.movePrice('BTC', this.price);
        this.ledger.movePrice('ETH', this.price);
        break;
    }
  }

  #place(step: Extract<Step, { kind: 'place' }>): void {
    const instrument = INSTRUMENTS[step.market] as Instrument;
    const request = {
      instrument,
      clientOrderId: null,
      side: step.buy ? ('buy' as const) : ('sell' as const),
      type: step.limit === null ? ('market' as const) : ('limit' as const),
      price: step.limit === null ? null : decimal('0.01').times(step.limit),
      quantity: instrument.quantityStep.times(step.steps),
    };
    this.ledger.place(request, this.price);
  }

  #openOrder(pick: number) {
    const open = INSTRUMENTS.flatMap((row) => this.ledger.openOrders(row.venue, row));
    return open[pick % Math.max(open.length, 1)];
  }
}

function runOf(steps: readonly Step[]): Run {
  const run = new Run();
  for (const step of steps) run.take(step);
  return run;
}

const runs = fc.array(stepOf, { minLength: 20, maxLength: 80 }).map(runOf);

function fillsOf(run: Run): FillEntry[] {
  return run.ledger.entriesAfter(0).filter((entry) => entry.kind === 'fill');
}

function sum(values: readonly Decimal[]): Decimal {
  return values.reduce((total, value) => total.plus(value), decimal('0'));
}

test('balances equal the sum of transfers, fills, fees and realized profit', () => {
  fc.assert(
    fc.property(runs, (run) => {
      const expected = new Map<string, Decimal>();
      const add = (key: string, amount: Decimal) =>
        expected.set(key, (expected.get(key) ?? decimal('0')).plus(amount));
      for (const entry of run.ledger.entriesAfter(0)) {
        if (entry.kind === 'transfer') add(`${entry.venue} ${entry.asset}`, decimal(entry.amount));
        if (entry.kind !== 'fill') continue;
        const quote = `${entry.venue} ${entry.feeAsset}`;
        add(quote, decimal(entry.fee).negated());
        add(quote, decimal(entry.realizedPnl));
        if (entry.venue === 'binanceusdm') continue;
        const change = decimal(entry.quantity).times(entry.side === 'buy' ? 1 : -1);
        add(`${entry.venue} ${entry.instrument.slice(0, 3)}`, change);
        add(quote, change.times(entry.price).negated());
      }
      for (const [key, amount] of expected) {
        const [venue, asset] = key.split(' ') as ['binance', string];
        const balance = run.ledger.state.venues[venue].balances.get(asset);
        assert.equal(balance?.total.toFixed(), amount.toFixed(), key);
      }
    }),
  );
});

test('a position equals the sum of its fills', () => {
  fc.assert(
    fc.property(runs, (run) => {
      const fills = fillsOf(run).filter((fill) => fill.venue === 'binanceusdm');
      for (const symbol of ['BTC/USDT:USDT', 'ETH/USDT:USDT']) {
        const quantities = fills
          .filter((fill) => fill.instrument === symbol)
          .map((fill) => decimal(fill.quantity).times(fill.side === 'buy' ? 1 : -1));
        const position = run.ledger.state.venues.binanceusdm.positions.get(symbol);
        assert.equal(position?.quantity.toFixed() ?? '0', sum(quantities).toFixed());
      }
    }),
  );
});

test('what is used is exactly what open orders and positions hold, and spot is never overdrawn', () => {
  fc.assert(
    fc.property(runs, (run) => {
      for (const [venue, state] of Object.entries(run.ledger.state.venues)) {
        const holds = [...state.openOrders.values()].map((row) => holdOf(row, remainingOf(row)));
        const margins = [...state.positions.values()].map(positionMargin);
        for (const [asset, { total, used }] of state.balances) {
          const held = holds.filter((hold) => hold.asset === asset).map((hold) => hold.amount);
          const margin = venue === 'binanceusdm' ? margins : [];
          assert.equal(used.toFixed(), sum([...held, ...margin]).toFixed(), `${venue} ${asset}`);
          if (venue !== 'binanceusdm') assert.ok(total.gte(used), `${venue} ${asset} overdrawn`);
        }
      }
    }),
  );
});

test('folding the journal again gives the live state, as of any time', () => {
  fc.assert(
    fc.property(
      fc.array(stepOf, { minLength: 40, maxLength: 40 }),
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
  );
});

test('no resting order is left on the wrong side of the price', () => {
  fc.assert(
    fc.property(fc.array(stepOn(1), { minLength: 60, maxLength: 80 }).map(runOf), (run) => {
      for (const instrument of INSTRUMENTS) {
        for (const order of run.ledger.openOrders(instrument.venue, instrument)) {
          const gap = order.price?.minus(run.price) ?? decimal('0');
          assert.ok(order.side === 'buy' ? gap.lt(0) : gap.gt(0));
        }
      }
    }),
  );
});
