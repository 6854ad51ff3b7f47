/**
 * One venue's view of the shared ledger and prices: what its wire format translates to and from.
 *
 * Invariant: a venue in maintenance takes no writes and a cancel-only venue takes no new orders,
 * the same for every wire format.
 */
import { DeadManSwitch } from './dead-man-switch.js';
import { Decimal } from './decimal.js';
import { findByNativeId, instrumentsOf, type Instrument, type VenueId } from './instruments.js';
import type { Ledger } from './ledger/ledger.js';
import type { PlaceRequest } from './ledger/place-request.js';
import type { PositionMode } from './ledger/journal.js';
import { remainingOf, type Order, type VenueState } from './ledger/state.js';
import { keepsConditionalApart } from './ledger/venue-customs.js';
import type { CandleQuery } from './market/candles.js';
import { orderBook, type OrderBook } from './market/order-book.js';
import type { Candle } from './market/rows.js';
import type { MarketTrade } from './market/tape.js';
import type { PricePath } from './market/price-path.js';
import { Refusal } from './refusal.js';

export const VENUE_STATUSES = ['ok', 'maintenance', 'cancel_only'] as const;
export type VenueStatus = (typeof VENUE_STATUSES)[number];

export interface KeyRights {
  trade: boolean;
  withdraw: boolean;
}

export interface OrderName {
  venueOrderId?: string | undefined;
  clientOrderId?: string | undefined;
}

export interface DeskOptions {
  venue: VenueId;
  ledger: Ledger;
  prices: PricePath;
  nowMs: () => number;
}

export class Desk {
  readonly venue: VenueId;
  readonly ledger: Ledger;
  readonly instruments: readonly Instrument[];
  readonly nowMs: () => number;
  status: VenueStatus = 'ok';
  /** What the venue tells of the key. */
  keyRights: KeyRights = { trade: true, withdraw: false };
  /** At most so many rows a page, where pages tell whether there is another. */
  mostRows = Infinity;
  readonly #prices: PricePath;
  readonly #deadMan = new DeadManSwitch();

  constructor(options: DeskOptions) {
    this.venue = options.venue;
    this.ledger = options.ledger;
    this.nowMs = options.nowMs;
    this.instruments = instrumentsOf(options.venue);
    this.#prices = options.prices;
  }

  get state(): VenueState {
    return this.ledger.state.venues[this.venue];
  }

  price(instrument: Instrument): Decimal {
    return this.#prices.price(instrument.base);
  }

  /** What an amount of the quote asset buys now, in whole steps. */
  quantityFor(instrument: Instrument, spend: Decimal): Decimal {
    const places = instrument.quantityStep.decimalPlaces();
    return spend.div(this.price(instrument)).toDecimalPlaces(places, Decimal.ROUND_DOWN);
  }

  /** The minutes of the last two hours. */
  recentCandles(instrument: Instrument): readonly Candle[] {
    return this.#prices.recentCandles(instrument.base);
  }

  candles(instrument: Instrument, query: CandleQuery): readonly Candle[] {
    return this.#prices.candles(instrument.base, query);
  }

  /** The market's trades, oldest first. */
  trades(instrument: Instrument, limit: number): readonly MarketTrade[] {
    return this.#prices.trades(instrument.base, limit);
  }

  /** With the account's own orders, on margin or not: they are in one market. */
  book({ base, quote }: Instrument, depth: number): OrderBook {
    const own = this.ledger.openOrders(this.venue).flatMap((order) => {
      const { instrument, side, status, price } = order;
      const isThere = instrument.base === base && instrument.quote === quote && status === 'open';
      return isThere && price !== null ? [{ side, price, quantity: remainingOf(order) }] : [];
    });
    return orderBook(this.#prices.price(base), own, depth);
  }

  /** Rises with each change of a market. */
  get changes(): number {
    return this.#prices.moves + this.ledger.sequence;
  }

  instrument(nativeId: string | null): Instrument {
    const found = nativeId === null ? undefined : findByNativeId(this.venue, nativeId);
    if (!found) throw new Refusal('bad-symbol', `unknown symbol ${nativeId ?? '(none)'}`);
    return found;
  }

  place(request: PlaceRequest): Order {
    if (this.status === 'cancel_only') throw new Refusal('cancel-only', 'cancel-only mode');
    this.#refuseInMaintenance();
    return this.ledger.place(request, this.price(request.instrument));
  }

  /** Not what the venue keeps apart: see `findConditional`. */
  find(name: OrderName): Order {
    const order = this.#lookUp(name, (id) => this.ledger.orderByClientId(this.venue, id));
    if (this.isApart(order)) throw new Refusal('unknown-order', 'it is a conditional order');
    return order;
  }

  /** A conditional order, where the venue keeps them apart. */
  findConditional(name: OrderName): Order {
    const order = this.#lookUp(name, (id) => this.ledger.conditionalByClientId(this.venue, id));
    if (!this.isApart(order)) throw new Refusal('unknown-order', 'it is no conditional order');
    return order;
  }

  #lookUp({ venueOrderId, clientOrderId }: OrderName, byClientId: (id: string) => Order): Order {
    if (venueOrderId !== undefined) return this.ledger.order(this.venue, venueOrderId);
    if (clientOrderId !== undefined) return byClientId(clientOrderId);
    throw new Refusal('invalid-argument', 'an order id or a client order id is required');
  }

  /** Whether it is a conditional order that the venue keeps apart. */
  isApart(order: Order): boolean {
    return order.trigger !== null && keepsConditionalApart(this.venue);
  }

  cancel(name: OrderName): Order {
    return this.#cancel(() => this.find(name));
  }

  cancelConditional(name: OrderName): Order {
    return this.#cancel(() => this.findConditional(name));
  }

  #cancel(find: () => Order): Order {
    this.#refuseInMaintenance();
    const order = this.#findToCancel(find);
    this.ledger.cancel(order, 'client');
    return order;
  }

  // Venues answer a cancel of an order they do not know as they do one of an order that is done.
  #findToCancel(find: () => Order): Order {
    try {
      return find();
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'unknown-order') throw error;
      throw new Refusal('not-cancellable', error.message);
    }
  }

  cancelAll(instrument?: Instrument): Order[] {
    this.#refuseInMaintenance();
    const orders = this.ledger.openOrders(this.venue, instrument);
    this.ledger.cancelAll(this.venue, 'client', instrument);
    return orders;
  }

  cancelAllConditional(instrument?: Instrument): void {
    this.#refuseInMaintenance();
    for (const order of this.ledger.untriggeredOrders(this.venue, instrument)) {
      this.ledger.cancel(order, 'client');
    }
  }

  setPositionMode(mode: PositionMode): void {
    this.#refuseInMaintenance();
    this.ledger.setPositionMode(this.venue, mode);
  }

  setFeeSetting(inCoin: boolean): void {
    this.#refuseInMaintenance();
    this.ledger.setFeeSetting(this.venue, inCoin);
  }

  armDeadManSwitch(timeoutMs: number, instrument?: Instrument): void {
    this.#deadMan.arm(instrument?.symbol ?? 'account', timeoutMs, () => {
      this.ledger.cancelAll(this.venue, 'dead-man-switch', instrument);
    });
  }

  stop(): void {
    this.#deadMan.stop();
  }

  #refuseInMaintenance(): void {
    if (this.status === 'maintenance') throw new Refusal('maintenance', 'under maintenance');
  }
}
