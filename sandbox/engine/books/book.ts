/**
 * What the engine believes it holds.
 *
 * Invariants: a fill changes the figures once, by the domain's functions; an order is in the book
 * exactly while it may still trade.
 */
import {
  balanceKey,
  orderKey,
  positionKey,
  parseFigureKey,
} from '../../../workflows/domain/books/keys.js';
import {
  emptyState,
  type Balance,
  type EngineState,
  type Fill,
  type Order,
  type Position,
  type RiskState,
} from '../../../workflows/domain/books/state.js';
import { add, exceeds, isZero } from '../../../workflows/domain/numbers/decimal.js';
import {
  effectOfFills,
  isDerivative,
  missingFills,
  positionAfterFill,
} from '../../../workflows/domain/books/fills.js';
import { AppliedFills } from './applied-fills.js';
import { digestOf } from '../../../workflows/domain/content/canonical.js';
import type { OrderTaken, PositionUpdate } from '../../../workflows/domain/engine/control.js';
import { isTripped, riskAfterFill } from '../control/risk.js';
import type { ListedOpenOrder } from '../venue/venue.js';
import type { VenueFigures } from './opening-state.js';

const UNMATCHED_MAX = 10_000;

export class Book {
  risk: RiskState;
  readonly applied: AppliedFills;
  readonly #maxDailyLoss: string;
  readonly #positions: Map<string, Position>;
  readonly #balances: Map<string, Balance>;
  readonly #orders: Map<string, Order>;
  readonly #byVenueOrderId = new Map<string, Order>();
  /** Filled quantity of orders whose acknowledgment has not arrived yet. */
  readonly #unmatched = new Map<string, string>();

  constructor(state: EngineState, options: { asOfMs: number; maxDailyLoss: string }) {
    this.risk = state.risk;
    this.applied = new AppliedFills(state.appliedFills, options.asOfMs);
    this.#maxDailyLoss = options.maxDailyLoss;
    this.#positions = new Map(state.positions.map((p) => [positionKey(p), p]));
    this.#balances = new Map(state.balances.map((b) => [balanceKey(b), b]));
    this.#orders = new Map(state.orders.map((o) => [orderKey(o), { ...o }]));
    for (const order of this.#orders.values()) this.#index(order);
  }

  snapshot(): EngineState {
    return {
      positions: [...this.#positions.values()],
      balances: [...this.#balances.values()],
      orders: [...this.#orders.values()],
      risk: this.risk,
      appliedFills: this.applied.ids(),
    };
  }

  /** Whether the breaker keeps the engine from trading. */
  get tripped(): boolean {
    return isTripped(this.risk, this.#maxDailyLoss);
  }

  get positions(): Position[] {
    return [...this.#positions.values()];
  }

  get orderCount(): number {
    return this.#orders.size;
  }

  orders(): IterableIterator<Order> {
    return this.#orders.values();
  }

  position(venue: string, account: string, instrument: string): string {
    const key = positionKey({ venue, account, instrument, side: 'net' });
    return this.#positions.get(key)?.quantity ?? '0';
  }

  has(order: Order): boolean {
    return this.#orders.get(orderKey(order)) === order;
  }

  addOrder(order: Order): void {
    this.#orders.set(orderKey(order), order);
  }

  removeOrder(order: Order): void {
    this.#orders.delete(orderKey(order));
    if (order.venueOrderId !== null) {
      this.#byVenueOrderId.delete(venueOrderKey(order.venue, order.venueOrderId));
    }
  }

  acknowledge(order: Order, venueOrderId: string): void {
    order.venueOrderId = venueOrderId;
    order.state = 'open';
    this.#index(order);
    // The fill may have been read before the acknowledgment was.
    const key = venueOrderKey(order.venue, venueOrderId);
    const filled = this.#unmatched.get(key);
    if (filled === undefined) return;
    this.#unmatched.delete(key);
    this.#fillOrder(order, filled);
  }

  /** Applies the fills that are new, and tells how many were. */
  applyFills(fills: readonly Fill[]): number {
    const fresh = this.#fresh(fills);
    for (const fill of fresh) this.#apply(fill);
    return fresh.length;
  }

  /** In place of what it had there; 0 is none. */
  setPosition({ venue, account, instrument, quantity, averagePrice }: PositionUpdate): void {
    const key = positionKey({ venue, account, instrument, side: 'net' });
    if (isZero(quantity)) this.#positions.delete(key);
    else {
      const figures = { quantity, averagePrice };
      this.#positions.set(key, { venue, account, instrument, side: 'net', ...figures });
    }
  }

  /** In place of one under its name. */
  importOrder(order: Order): OrderTaken['outcome'] {
    const had = this.#orders.get(orderKey(order));
    if (had !== undefined && digestOf(had) === digestOf(order)) return 'known';
    if (had !== undefined) this.removeOrder(had);
    this.addOrder(order);
    this.#index(order);
    return 'imported';
  }

  /**
   * Its wallets, its daily result, and that orders are gone: what it holds and how far its orders were filled is
   * for others to say, so fills that it has not booked move neither any more.
   */
  rebuild({ name, balances, fills }: VenueFigures, listed: readonly ListedOpenOrder[]): void {
    for (const [key, { venue }] of this.#balances) if (venue === name) this.#balances.delete(key);
    for (const balance of balances) this.#balances.set(balanceKey(balance), balance);
    for (const fill of this.#fresh(fills)) {
      this.applied.add(fill);
      this.risk = riskAfterFill(this.risk, fill, this.#maxDailyLoss);
    }
    const names = new Set(listed.map(({ clientOrderId }) => clientOrderId));
    for (const order of this.#orders.values()) {
      if (order.venue === name && !names.has(order.clientOrderId)) this.removeOrder(order);
    }
  }

  #fresh(fills: readonly Fill[]): Fill[] {
    return missingFills({ ...emptyState(), appliedFills: this.applied.ids() }, fills);
  }

  #apply(fill: Fill): void {
    this.applied.add(fill);
    for (const [key, amount] of effectOfFills([fill])) this.#credit(key, amount.toFixed());
    if (isDerivative(fill.instrument)) this.#movePosition(fill);
    this.risk = riskAfterFill(this.risk, fill, this.#maxDailyLoss);
    if (fill.venueOrderId === null) return;
    const key = venueOrderKey(fill.venue, fill.venueOrderId);
    const order = this.#byVenueOrderId.get(key);
    if (order !== undefined) this.#fillOrder(order, fill.quantity);
    else this.#rememberUnmatched(key, fill.quantity);
  }

  #credit(key: string, amount: string): void {
    const figure = parseFigureKey(key);
    if (figure.kind === 'position') return; // its average price needs more than an amount
    const { venue, account, asset } = figure;
    const total = add(this.#balances.get(key)?.total ?? '0', amount);
    this.#balances.set(key, { venue, account, asset, total });
  }

  #movePosition(fill: Fill): void {
    const { venue, account, instrument } = fill;
    const key = positionKey({ venue, account, instrument, side: 'net' });
    const before = this.#positions.get(key) ?? { quantity: '0', averagePrice: null };
    const after = positionAfterFill(before, fill);
    if (isZero(after.quantity)) this.#positions.delete(key);
    else this.#positions.set(key, { venue, account, instrument, side: 'net', ...after });
  }

  #fillOrder(order: Order, quantity: string): void {
    order.filled = add(order.filled, quantity);
    if (!exceeds(order.quantity, order.filled)) this.removeOrder(order);
  }

  #rememberUnmatched(key: string, quantity: string): void {
    this.#unmatched.set(key, add(this.#unmatched.get(key) ?? '0', quantity));
    const [oldest] = this.#unmatched.keys();
    if (this.#unmatched.size > UNMATCHED_MAX && oldest !== undefined) {
      this.#unmatched.delete(oldest);
    }
  }

  #index(order: Order): void {
    if (order.venueOrderId === null) return;
    this.#byVenueOrderId.set(venueOrderKey(order.venue, order.venueOrderId), order);
  }
}

function venueOrderKey(venue: string, venueOrderId: string): string {
  return `${venue}|${venueOrderId}`;
}
