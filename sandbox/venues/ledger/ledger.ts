/**
 * The one exact ledger behind all venues.
 *
 * Invariants: every effect is one journal entry applied by the fold, nothing changes the state
 * otherwise, and a refused request leaves no entry.
 */
import { decimal, toText, type Decimal } from '../decimal.js';
import {
  VENUE_IDS,
  instrumentsOf,
  type Instrument,
  type Underlying,
  type VenueId,
} from '../instruments.js';
import { Refusal } from '../refusal.js';
import { closingSide, fundingOf } from './accounting.js';
import type {
  CancelReason,
  CashFlowKind,
  ForcedCause,
  JournalEntry,
  PositionMode,
  PositionSide,
} from './journal.js';
import { Matching } from './matching.js';
import type { MarketDepth } from './market-depth.js';
import { acceptedFact } from './order-facts.js';
import { cashFlowId, forcedClientOrderId } from './order-ids.js';
import { checkPlaceRequest, type PlaceRequest } from './place-request.js';
import { Records } from './records.js';
import { freeOf, positionOf, positionsOf, type LedgerState, type Order } from './state.js';
import { feeCoinOf, keepsConditionalApart } from './venue-customs.js';

export interface LedgerOptions {
  nowMs: () => number;
  deposits: Readonly<Record<string, string>>;
}

export interface CashFlow {
  venue: VenueId;
  flow: CashFlowKind;
  asset: string;
  amount: Decimal;
  instrument?: Instrument | undefined;
  positionSide?: PositionSide | undefined;
  funding?: { rate: Decimal; markPrice: Decimal } | undefined;
}

export interface ForcedClose {
  instrument: Instrument;
  positionSide: PositionSide;
  cause: ForcedCause;
  /** The whole position unless told. */
  quantity?: Decimal | undefined;
  price: Decimal;
  /** Taken on top of the trading fee. */
  fee?: Decimal | undefined;
}

export class Ledger {
  readonly #records: Records;
  readonly #matching: Matching;

  constructor(options: LedgerOptions) {
    this.#records = new Records(options.nowMs);
    this.#matching = new Matching(this.#records);
    for (const venue of VENUE_IDS) {
      for (const asset of this.assetsOf(venue)) {
        const amount = options.deposits[asset];
        if (amount !== undefined) this.transfer({ venue, asset, amount });
      }
    }
  }

  get state(): LedgerState {
    return this.#records.state;
  }

  get sequence(): number {
    return this.state.sequence;
  }

  /** How much trades at one price. */
  get depth(): MarketDepth {
    return this.#matching.depth;
  }

  entriesAfter(sequence: number): readonly JournalEntry[] {
    return this.#records.entriesAfter(sequence);
  }

  stateAt(atMs: number): LedgerState {
    return this.#records.stateAt(atMs);
  }

  readAsOf<Result>(atMs: number, read: () => Result): Result {
    return this.#records.readAsOf(atMs, read);
  }

  /** What `act` does happened, to the venue's word, at that time; now if there is none. */
  dated<Result>(atMs: number | undefined, act: () => Result): Result {
    return this.#records.dated(atMs, act);
  }

  place(request: PlaceRequest, marketPrice: Decimal): Order {
    const { instrument } = request;
    checkPlaceRequest(this.state.venues[instrument.venue], request, marketPrice);
    const id = this.#matching.nextOrderId(instrument, request.trigger !== undefined);
    const fact = acceptedFact(request, id, marketPrice);
    return this.#matching.accept(instrument, fact, marketPrice);
  }

  order(venue: VenueId, id: string): Order {
    const order = this.state.venues[venue].orders.get(id);
    if (!order) throw new Refusal('unknown-order', `no order ${id}`);
    return order;
  }

  orderByClientId(venue: VenueId, clientOrderId: string): Order {
    const order = this.state.venues[venue].byClientOrderId.get(clientOrderId);
    if (!order) throw new Refusal('unknown-order', `no order with client id ${clientOrderId}`);
    return order;
  }

  conditionalByClientId(venue: VenueId, clientOrderId: string): Order {
    const order = this.state.venues[venue].conditionalByClientId.get(clientOrderId);
    if (!order) throw new Refusal('unknown-order', `no order with client id ${clientOrderId}`);
    return order;
  }

  cancel(order: Order, reason: CancelReason): void {
    this.#matching.end(order, { kind: 'order-cancelled', reason });
  }

  expire(order: Order, reason: string): void {
    this.#matching.end(order, { kind: 'order-expired', reason });
  }

  /** The venue takes back what it had accepted. */
  reject(order: Order, reason: string): void {
    this.#matching.end(order, { kind: 'order-rejected', reason });
  }

  /** Fills a resting order at its own price, as a maker. */
  fillResting(order: Order, quantity: Decimal): void {
    this.#matching.fillResting(order, quantity);
  }

  movePrice(underlying: Underlying, price: Decimal): void {
    this.#matching.movePrice(underlying, price);
  }

  transfer({ venue, asset, amount }: { venue: VenueId; asset: string; amount: string }): void {
    this.recordCashFlow({ venue, flow: 'transfer', asset, amount: decimal(amount) });
  }

  /** Only a transfer can be refused; the rest takes what it takes. */
  recordCashFlow(cashFlow: CashFlow): void {
    const { venue, flow, asset, amount, instrument, positionSide, funding } = cashFlow;
    const free = freeOf(this.state.venues[venue], asset);
    if (flow === 'transfer' && free.plus(amount).isNegative()) {
      throw new Refusal('insufficient-funds', `free ${asset} is ${free.toFixed()}`);
    }
    this.#records.record({
      kind: 'cash-flow',
      venue,
      cashFlowId: cashFlowId(venue, this.state.venues[venue].cashFlows.length + 1),
      flow,
      asset,
      amount: toText(amount),
      instrument: instrument?.symbol ?? null,
      positionSide: positionSide ?? null,
      rate: funding ? toText(funding.rate) : null,
      markPrice: funding ? toText(funding.markPrice) : null,
    });
  }

  /** Funding of every open position of an instrument; how many paid or were paid. */
  fund(instrument: Instrument, rate: Decimal, markPrice: Decimal): number {
    const { venue, symbol, quote } = instrument;
    const held = positionsOf(this.state.venues[venue], symbol).filter(
      ({ quantity }) => !quantity.isZero(),
    );
    for (const position of held) {
      this.recordCashFlow({
        venue,
        flow: 'funding',
        asset: quote,
        amount: fundingOf(position, markPrice, rate),
        instrument,
        positionSide: position.side,
        funding: { rate, markPrice },
      });
    }
    return held.length;
  }

  /** The venue closes a position by an order of its own; open orders of the instrument go first. */
  forceClose(close: ForcedClose): Order {
    const { instrument, positionSide, cause, price, fee } = close;
    const position = positionOf(
      this.state.venues[instrument.venue],
      instrument.symbol,
      positionSide,
    );
    const quantity = close.quantity ?? position.quantity.abs();
    if (quantity.lte(0) || quantity.gt(position.quantity.abs())) {
      throw new Refusal('invalid-argument', `the position is ${position.quantity.toFixed()}`);
    }
    for (const order of this.openOrders(instrument.venue, instrument)) {
      this.cancel(order, 'forced-close');
    }
    const id = this.#matching.nextOrderId(instrument, false);
    const side = closingSide(position);
    const request = { instrument, side, positionSide, type: 'limit' as const, price, quantity };
    const clientOrderId = forcedClientOrderId(instrument.venue, id, cause);
    const terms = { ...request, clientOrderId, timeInForce: 'IOC' as const };
    const fact = { ...acceptedFact(terms, id, price), origin: cause };
    const order = this.#matching.accept(instrument, fact, price);
    if (fee?.gt(0)) this.#chargeForForcing(close, fee);
    return order;
  }

  #chargeForForcing({ instrument, positionSide }: ForcedClose, fee: Decimal): void {
    const { venue, quote: asset } = instrument;
    const amount = fee.negated();
    const flow = 'liquidation-fee';
    this.recordCashFlow({ venue, flow, asset, amount, instrument, positionSide });
  }

  setPositionMode(venue: VenueId, mode: PositionMode): void {
    const state = this.state.venues[venue];
    if (state.positionMode === mode) {
      throw new Refusal('position-mode-unchanged', `the position mode is ${mode}`);
    }
    if (state.openOrders.size > 0) throw new Refusal('position-mode-locked', 'open orders exist');
    if ([...state.positions.values()].some(({ quantity }) => !quantity.isZero())) {
      throw new Refusal('position-mode-locked', 'positions exist');
    }
    this.#records.record({ kind: 'position-mode', venue, mode });
  }

  /** Whether fees are paid in the venue's own coin, where there is enough of it. */
  setFeeSetting(venue: VenueId, inCoin: boolean): void {
    if (feeCoinOf(venue) === null) throw new Refusal('invalid-argument', 'no coin pays fees here');
    this.#records.record({ kind: 'fee-setting', venue, inCoin });
  }

  /** What the venue lists as open orders: untriggered ones too, unless it keeps them apart. */
  openOrders(venue: VenueId, instrument?: Instrument): Order[] {
    const apart = keepsConditionalApart(venue);
    return this.#live(venue, instrument).filter(({ status }) => !apart || status !== 'untriggered');
  }

  /** Those that wait for their trigger, wherever the venue lists them. */
  untriggeredOrders(venue: VenueId, instrument?: Instrument): Order[] {
    return this.#live(venue, instrument).filter(({ status }) => status === 'untriggered');
  }

  #live(venue: VenueId, instrument?: Instrument): Order[] {
    const orders = [...this.state.venues[venue].openOrders.values()];
    return instrument ? orders.filter((order) => order.instrument === instrument) : orders;
  }

  cancelAll(venue: VenueId, reason: CancelReason, instrument?: Instrument): number {
    const orders = this.openOrders(venue, instrument);
    for (const order of orders) this.cancel(order, reason);
    return orders.length;
  }

  assetsOf(venue: VenueId): string[] {
    const traded = instrumentsOf(venue).flatMap(({ kind, base, quote }) =>
      kind === 'perpetual' ? [quote] : [base, quote],
    );
    return [...new Set([...traded, ...this.state.venues[venue].balances.keys()])].sort();
  }
}
