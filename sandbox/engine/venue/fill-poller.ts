/**
 * Following what happens to our orders.
 *
 * Invariants: the time to ask from is a fill's own time at the venue, minus an overlap, so neither
 * clock skew nor an empty answer can skip a fill; an order leaves the book only when the venue
 * itself says that it is done and its fills are in the figures.
 */
import { exceeds } from '../../../workflows/domain/numbers/decimal.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import type { Book } from '../books/book.js';
import type { EngineVenue } from './venue.js';

const ORDERS_EVERY_MS = 2000;
/** A list of thousands of orders costs the venue and us too much to ask for it as often. */
const ORDERS_EVERY_MS_PER_ORDER = 2;
const OVERLAP_MS = 10_000;
const LOOK_UPS_MAX = 50;

export interface FillPollerOptions {
  venue: EngineVenue;
  book: Book;
  /** Fills are followed from here on. */
  fromMs: number;
  everyMs: number;
  onError: (venue: string, error: unknown) => void;
}

export class FillPoller {
  fillCount = 0;
  readonly #options: FillPollerOptions;
  #cursorMs: number;
  #ordersReadMs = 0;
  #running = false;
  #stopped = false;

  constructor(options: FillPollerOptions) {
    this.#options = options;
    this.#cursorMs = options.fromMs;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#follow();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #follow(): Promise<void> {
    const { venue, everyMs, onError } = this.#options;
    while (!this.#stopped) {
      await this.#poll().catch((error: unknown) => onError(venue.name, error));
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  async #poll(): Promise<void> {
    const live = this.#ordersAtVenue();
    const everyMs = Math.max(ORDERS_EVERY_MS, live.length * ORDERS_EVERY_MS_PER_ORDER);
    if (Date.now() - this.#ordersReadMs < everyMs) {
      await this.#readFills();
      return;
    }
    const missing = await this.#missingOrders(live);
    this.#ordersReadMs = Date.now();
    await this.#readFills();
    const { book } = this.#options;
    const left = missing.filter((order) => book.has(order)).slice(0, LOOK_UPS_MAX);
    await Promise.all(left.map((order) => this.#removeIfDone(order)));
  }

  async #readFills(): Promise<void> {
    const { venue, book } = this.#options;
    const fills = await venue.fillsSince(this.#cursorMs - OVERLAP_MS);
    if (this.#stopped) return;
    this.fillCount += book.applyFills(fills);
    this.#cursorMs = fills.reduce((max, { timeMs }) => Math.max(max, timeMs), this.#cursorMs);
    book.applied.forgetBefore(venue.name, this.#cursorMs);
  }

  #ordersAtVenue(): Order[] {
    const { venue, book } = this.#options;
    return [...book.orders()].filter((order) => order.venue === venue.name);
  }

  /** Orders that were open before the list was asked for, and are not in it. */
  async #missingOrders(live: readonly Order[]): Promise<Order[]> {
    const { venue, book } = this.#options;
    const open = live.filter((order) => order.venueOrderId !== null);
    const listed = await venue.openOrders();
    const ids = new Set(listed.map(({ venueOrderId }) => venueOrderId));
    const byClientId = new Map(listed.map((row) => [row.clientOrderId, row.venueOrderId]));
    for (const order of live) {
      const found = byClientId.get(order.clientOrderId);
      // An order whose acknowledgment never came, and that did arrive.
      if (order.venueOrderId === null && found !== undefined) book.acknowledge(order, found);
    }
    return open.filter(({ venueOrderId }) => venueOrderId !== null && !ids.has(venueOrderId));
  }

  async #removeIfDone(order: Order): Promise<void> {
    const { venue, book } = this.#options;
    const outcome = await venue.orderOutcome(order);
    if (outcome.done && !exceeds(outcome.filled, order.filled)) book.removeOrder(order);
  }
}
