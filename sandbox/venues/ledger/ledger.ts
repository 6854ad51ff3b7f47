// The one exact ledger behind all venues. Invariants: every effect is one journal entry applied by
// the fold, nothing changes the state otherwise, and a refused request leaves no entry.
import { decimal, toText, type Decimal } from '../decimal.js';
import {
  INSTRUMENTS,
  VENUE_IDS,
  instrumentsOf,
  type Instrument,
  type Underlying,
  type VenueId,
} from '../instruments.js';
import { Refusal } from '../refusal.js';
import { feeOf, realizedPnlOf, reduces } from './accounting.js';
import { applyEntry } from './apply.js';
import type { CancelReason, JournalEntry, JournalFact, Liquidity } from './journal.js';
import { assignedClientOrderId, venueOrderId, venueTradeId } from './order-ids.js';
import { checkPlaceRequest, type PlaceRequest } from './place-request.js';
import { crosses, RestingOrders } from './resting-orders.js';
import { emptyState, positionOf, remainingOf, type LedgerState, type Order } from './state.js';

export interface LedgerOptions {
  readonly nowMs: () => number;
  readonly deposits: Readonly<Record<string, string>>;
}

interface Fill {
  readonly order: Order;
  readonly price: Decimal;
  readonly quantity: Decimal;
  readonly liquidity: Liquidity;
}

export class Ledger {
  readonly #nowMs: () => number;
  readonly #journal: JournalEntry[] = [];
  readonly #state = emptyState();
  readonly #resting = new Map(INSTRUMENTS.map((row) => [row, new RestingOrders()]));
  #orderCount = 0;

  constructor(options: LedgerOptions) {
    this.#nowMs = options.nowMs;
    for (const venue of VENUE_IDS) {
      for (const asset of this.assetsOf(venue)) {
        const amount = options.deposits[asset];
        if (amount !== undefined) this.transfer({ venue, asset, amount });
      }
    }
  }

  get state(): LedgerState {
    return this.#state;
  }

  get sequence(): number {
    return this.#state.sequence;
  }

  entriesAfter(sequence: number): readonly JournalEntry[] {
    // Sequences count from one without gaps, so the sequence is the index of the next entry.
    return this.#journal.slice(sequence);
  }

  stateAt(atMs: number): LedgerState {
    if (atMs >= this.#state.timeMs) return this.#state;
    const state = emptyState();
    for (const entry of this.#journal) {
      if (entry.timeMs > atMs) break;
      applyEntry(state, entry);
    }
    return state;
  }

  place(request: PlaceRequest, marketPrice: Decimal): Order {
    const { instrument } = request;
    const venue = this.#state.venues[instrument.venue];
    checkPlaceRequest(venue, request, marketPrice);
    this.#orderCount += 1;
    const id = venueOrderId(instrument.venue, this.#orderCount);
    this.#record({
      kind: 'order-accepted',
      venue: instrument.venue,
      venueOrderId: id,
      clientOrderId: request.clientOrderId ?? assignedClientOrderId(instrument.venue, id),
      instrument: instrument.symbol,
      side: request.side,
      type: request.type,
      price: request.price === null ? null : toText(request.price),
      quantity: toText(request.quantity),
      timeInForce: request.timeInForce ?? 'GTC',
      postOnly: request.postOnly ?? false,
      reduceOnly: request.reduceOnly ?? false,
    });
    const order = this.order(instrument.venue, id);
    this.#settleOnArrival(order, marketPrice);
    return order;
  }

  #settleOnArrival(order: Order, marketPrice: Decimal): void {
    if (crosses(order, marketPrice)) {
      const quantity = remainingOf(order);
      this.#fill({ order, price: marketPrice, quantity, liquidity: 'taker' });
    } else if (order.timeInForce === 'GTC') {
      this.#restingOf(order.instrument).add(order);
    } else {
      this.cancel(order, 'immediate-or-cancel');
    }
  }

  order(venue: VenueId, id: string): Order {
    const order = this.#state.venues[venue].orders.get(id);
    if (!order) throw new Refusal('unknown-order', `no order ${id}`);
    return order;
  }

  orderByClientId(venue: VenueId, clientOrderId: string): Order {
    const order = this.#state.venues[venue].byClientOrderId.get(clientOrderId);
    if (!order) throw new Refusal('unknown-order', `no order with client id ${clientOrderId}`);
    return order;
  }

  cancel(order: Order, reason: CancelReason): void {
    if (order.status !== 'open') {
      throw new Refusal('not-cancellable', `order ${order.venueOrderId} is ${order.status}`);
    }
    const { clientOrderId, instrument } = order;
    this.#record({
      kind: 'order-cancelled',
      venue: instrument.venue,
      venueOrderId: order.venueOrderId,
      clientOrderId,
      reason,
    });
    this.#restingOf(instrument).remove(order);
  }

  /** Fills a resting order at its own price, as a maker. */
  fillResting(order: Order, quantity: Decimal): void {
    if (order.status !== 'open' || order.price === null) {
      throw new Refusal('unknown-order', `order ${order.venueOrderId} is ${order.status}`);
    }
    if (quantity.lte(0) || quantity.gt(remainingOf(order))) {
      const remaining = remainingOf(order).toFixed();
      throw new Refusal('invalid-argument', `quantity must be above 0 and at most ${remaining}`);
    }
    this.#fill({ order, price: order.price, quantity, liquidity: 'maker' });
    if (remainingOf(order).isZero()) this.#restingOf(order.instrument).remove(order);
  }

  transfer(transfer: { venue: VenueId; asset: string; amount: string }): void {
    const balance = this.#state.venues[transfer.venue].balances.get(transfer.asset);
    const free = balance ? balance.total.minus(balance.used) : decimal('0');
    if (free.plus(decimal(transfer.amount)).isNegative()) {
      throw new Refusal('insufficient-funds', `free ${transfer.asset} is ${free.toFixed()}`);
    }
    this.#record({ kind: 'transfer', ...transfer });
  }

  /** A new market price: every resting order it reaches is filled whole. */
  movePrice(underlying: Underlying, price: Decimal): void {
    for (const [instrument, resting] of this.#resting) {
      if (instrument.base !== underlying) continue;
      for (const order of resting.crossedBy(price)) {
        this.#reach(order);
      }
    }
  }

  // A position may have shrunk since a reduce-only order was taken; the venue then drops the order.
  #reach(order: Order): void {
    const venue = this.#state.venues[order.instrument.venue];
    const position = positionOf(venue, order.instrument.symbol);
    const quantity = remainingOf(order);
    if (order.reduceOnly && !reduces(position, order.side, quantity)) this.cancel(order, 'venue');
    else this.fillResting(order, quantity);
  }

  openOrders(venue: VenueId, instrument?: Instrument): Order[] {
    const orders = [...this.#state.venues[venue].openOrders.values()];
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
    return [...new Set([...traded, ...this.#state.venues[venue].balances.keys()])].sort();
  }

  #fill({ order, price, quantity, liquidity }: Fill): void {
    const { instrument, side } = order;
    const venue = this.#state.venues[instrument.venue];
    const execution = { instrument, side, price, quantity };
    this.#record({
      kind: 'fill',
      venue: instrument.venue,
      venueTradeId: venueTradeId(instrument.venue, venue.fills.length + 1),
      venueOrderId: order.venueOrderId,
      clientOrderId: order.clientOrderId,
      instrument: instrument.symbol,
      side,
      price: toText(price),
      quantity: toText(quantity),
      liquidity,
      fee: toText(feeOf(execution, liquidity)),
      feeAsset: instrument.quote,
      realizedPnl: toText(realizedPnlOf(positionOf(venue, instrument.symbol), execution)),
    });
  }

  #restingOf(instrument: Instrument): RestingOrders {
    const resting = this.#resting.get(instrument);
    if (!resting) throw new Error(`No resting orders kept for ${instrument.symbol}`);
    return resting;
  }

  #record(fact: JournalFact): void {
    const entry: JournalEntry = {
      sequence: this.#state.sequence + 1,
      // A clock set back must not break the order of times that as-of reads rely on.
      timeMs: Math.max(this.#nowMs(), this.#state.timeMs),
      ...fact,
    };
    this.#journal.push(entry);
    applyEntry(this.#state, entry);
  }
}
