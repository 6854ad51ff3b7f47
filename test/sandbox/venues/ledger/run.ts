/**
 * Random lives of a ledger: what clients, the market and the venues may do, in any order. Refusals
 * are part of a life.
 */
import { FEE_LEGS, type PositionSide } from '../../../../sandbox/venues/ledger/journal.js';
import * as fc from 'fast-check';
import { Decimal, decimal } from '../../../../sandbox/venues/decimal.js';
import {
  INSTRUMENTS,
  UNDERLYINGS,
  type Instrument,
} from '../../../../sandbox/venues/instruments.js';
import { Ledger } from '../../../../sandbox/venues/ledger/ledger.js';
import { positionsOf, remainingOf, type Order } from '../../../../sandbox/venues/ledger/state.js';
import type { TriggerRequest } from '../../../../sandbox/venues/ledger/triggers.js';
import { Refusal } from '../../../../sandbox/venues/refusal.js';

const DEPOSITS = { BTC: '50', ETH: '500', BNB: '5', USDT: '3000000', USD: '3000000' };
const price = fc.integer({ min: 5_900_000, max: 6_100_000 });
const constant = <const Kind extends string>(kind: Kind) => fc.constant(kind);

function orderSteps(market: fc.Arbitrary<number>) {
  const order = {
    market,
    buy: fc.boolean(),
    long: fc.boolean(),
    reduceOnly: fc.boolean(),
    feeLeg: fc.option(fc.constantFrom(...FEE_LEGS), { nil: undefined }),
    limit: fc.option(price),
    steps: fc.integer({ min: 1, max: 5000 }),
  };
  return [
    fc.record({
      kind: constant('place'),
      ...order,
      timeInForce: fc.constantFrom('GTC', 'IOC', 'FOK'),
    }),
    fc.record({
      kind: constant('conditional'),
      ...order,
      trigger: fc.constantFrom('stop', 'take-profit', 'trailing-stop'),
      at: price,
      closePosition: fc.boolean(),
    }),
    fc.record({ kind: constant('cancel'), pick: fc.nat() }),
    fc.record({ kind: constant('expire'), pick: fc.nat() }),
    fc.record({ kind: constant('reject'), pick: fc.nat() }),
    fc.record({ kind: constant('fill'), pick: fc.nat(), parts: fc.integer({ min: 1, max: 5 }) }),
    fc.record({ kind: constant('price'), cents: price }),
  ] as const;
}

function accountSteps(market: fc.Arbitrary<number>) {
  return [
    fc.record({ kind: constant('mode'), market, hedge: fc.boolean() }),
    fc.record({ kind: constant('fee'), market, inCoin: fc.boolean() }),
    fc.record({ kind: constant('funding'), market, points: fc.integer({ min: -50, max: 50 }) }),
    fc.record({
      kind: constant('flow'),
      market,
      flow: fc.constantFrom('transfer', 'interest'),
      cents: fc.integer({ min: -1_000_000, max: 1_000_000 }),
    }),
    fc.record({
      kind: constant('force'),
      market,
      short: fc.boolean(),
      parts: fc.integer({ min: 1, max: 3 }),
      cause: fc.constantFrom('liquidation', 'deleveraging', 'settlement'),
    }),
  ] as const;
}

/** Lives on the first few markets; `shallow` ones also run out of depth. */
export function stepOn(markets: number, shallow = true) {
  const market = fc.nat({ max: markets - 1 });
  const most = fc.option(fc.integer({ min: 1, max: 500 }));
  const depth = fc.record({
    kind: constant('depth'),
    market,
    most: shallow ? most : fc.constant(null),
  });
  return fc.oneof(...orderSteps(market), ...orderSteps(market), ...accountSteps(market), depth);
}

export type Step = ReturnType<typeof stepOn> extends fc.Arbitrary<infer One> ? One : never;
type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;

/** One price for all instruments keeps the steps simple. */
export class Run {
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
      case 'conditional':
        return this.#place(step);
      case 'cancel':
      case 'expire':
      case 'reject':
      case 'fill':
        return this.#change(step);
      case 'price':
        this.price = decimal('0.01').times(step.cents);
        for (const one of UNDERLYINGS) this.ledger.movePrice(one, this.price);
        return;
      case 'mode':
        return this.ledger.setPositionMode(
          this.#market(step.market).venue,
          step.hedge ? 'hedge' : 'one_way',
        );
      case 'fee':
        return this.ledger.setFeeSetting(this.#market(step.market).venue, step.inCoin);
      case 'funding': {
        const rate = decimal('0.0001').times(step.points);
        this.ledger.fund(this.#market(step.market), rate, this.price);
        return;
      }
      case 'flow':
        return this.#flow(step);
      case 'force':
        return this.#force(step);
      case 'depth':
        return this.#limitDepth(step);
    }
  }

  #market(index: number): Instrument {
    return INSTRUMENTS[index] as Instrument;
  }

  #place(step: StepOf<'place' | 'conditional'>): void {
    const instrument = this.#market(step.market);
    const { positionMode } = this.ledger.state.venues[instrument.venue];
    const hedged = positionMode === 'hedge';
    const closes = step.kind === 'conditional' && step.closePosition;
    const side: PositionSide = step.long ? 'long' : 'short';
    const request = {
      instrument,
      clientOrderId: null,
      side: step.buy ? ('buy' as const) : ('sell' as const),
      positionSide: hedged ? side : ('net' as const),
      type: step.limit === null ? ('market' as const) : ('limit' as const),
      price: step.limit === null ? null : decimal('0.01').times(step.limit),
      quantity: closes ? decimal('0') : instrument.quantityStep.times(step.steps),
      reduceOnly: step.reduceOnly && instrument.kind === 'perpetual' && !hedged,
      closePosition: closes,
      feeLeg: step.feeLeg,
    };
    if (step.kind === 'place') {
      this.ledger.place({ ...request, timeInForce: step.timeInForce }, this.price);
    } else {
      this.ledger.place({ ...request, trigger: triggerOf(step) }, this.price);
    }
  }

  #change(step: StepOf<'cancel' | 'expire' | 'reject' | 'fill'>): void {
    const order = this.#openOrder(step.pick);
    if (!order) return;
    if (step.kind === 'cancel') this.ledger.cancel(order, 'client');
    else if (step.kind === 'expire') this.ledger.expire(order, 'test');
    else if (step.kind === 'reject') this.ledger.reject(order, 'test');
    else {
      const places = order.instrument.quantityStep.decimalPlaces();
      const part = remainingOf(order).div(step.parts).toDecimalPlaces(places, Decimal.ROUND_DOWN);
      this.ledger.fillResting(order, part);
    }
  }

  #flow({ market, flow, cents }: StepOf<'flow'>): void {
    const { venue, quote: asset } = this.#market(market);
    // Interest that is taken would overdraw an account, as it may at a real venue.
    const amount = decimal('0.01').times(flow === 'interest' ? Math.abs(cents) : cents);
    this.ledger.recordCashFlow({ venue, flow, asset, amount });
  }

  #force({ market, short, parts, cause }: StepOf<'force'>): void {
    const instrument = this.#market(market);
    const sides = positionsOf(this.ledger.state.venues[instrument.venue], instrument.symbol);
    const position = sides[short ? sides.length - 1 : 0];
    if (!position) return;
    const places = instrument.quantityStep.decimalPlaces();
    const quantity = position.quantity.abs().div(parts).toDecimalPlaces(places, Decimal.ROUND_DOWN);
    const fee = decimal('1.5');
    const positionSide = position.side;
    this.ledger.forceClose({ instrument, positionSide, cause, quantity, price: this.price, fee });
  }

  #limitDepth({ market, most }: StepOf<'depth'>): void {
    const instrument = this.#market(market);
    if (most === null) this.ledger.depth.unlimit(instrument);
    else this.ledger.depth.limit(instrument, instrument.quantityStep.times(most), 'test');
  }

  #openOrder(pick: number): Order | undefined {
    const { venues } = this.ledger.state;
    const open = Object.values(venues).flatMap(({ openOrders }) => [...openOrders.values()]);
    return open[pick % Math.max(open.length, 1)];
  }
}

function triggerOf(step: StepOf<'conditional'>): TriggerRequest {
  const at = decimal('0.01').times(step.at);
  if (step.trigger !== 'trailing-stop') return { kind: step.trigger, price: at };
  const activationPrice = step.long ? at : undefined;
  return { kind: 'trailing-stop', trailPercent: decimal('0.5'), activationPrice };
}

export function runOf(steps: readonly Step[]): Run {
  const run = new Run();
  for (const step of steps) run.take(step);
  return run;
}

export const anyStep = stepOn(INSTRUMENTS.length);
export const runs = fc.array(anyStep, { minLength: 20, maxLength: 80 }).map(runOf);
