/**
 * The strategies.
 *
 * Invariants: nothing is placed without permission, beyond the limits, or on an old price; a slot
 * whose order was refused rests before it is tried again.
 */
import type { Book } from '../books/book.js';
import type { EngineConfig } from '../config.js';
import type { MarketData } from './market-data.js';
import {
  crossingPrice,
  crossingQuantity,
  restingPrice,
  restingQuantity,
  slotTargets,
  type Slot,
} from './order-plan.js';
import type { OrderRequest, OrderSender } from './order-sender.js';
import type { Permission } from '../control/permission.js';
import { withinLimits } from '../control/risk.js';
import type { EngineVenue } from '../venue/venue.js';

const REST_AFTER_REFUSAL_MS = 30_000;

export interface TraderParts {
  config: EngineConfig;
  venues: readonly EngineVenue[];
  book: Book;
  sender: OrderSender;
  permission: Permission;
  market: MarketData;
  nextClientOrderId: () => string;
  onError: (what: string, error: unknown) => void;
}

export class Trader {
  readonly #parts: TraderParts;
  readonly #targets: { slot: Slot; count: number }[];
  readonly #placed = new Map<string, number>();
  readonly #restUntilMs = new Map<string, number>();
  /** Client ids: crossing orders are no resting ones while the venue's word is out. */
  #crossing = new Set<string>();
  #crossingCount = 0;

  constructor(parts: TraderParts) {
    this.#parts = parts;
    const markets = parts.venues.flatMap(({ name, instruments }) =>
      instruments.map((instrument) => ({ venue: name, instrument })),
    );
    this.#targets = slotTargets(markets, parts.config.orders);
  }

  start(): void {
    const { followEveryMs, tradeEveryMs } = this.#parts.config;
    void this.#repeat('quote', followEveryMs, () => this.#quote());
    void this.#repeat('cross', tradeEveryMs, () => this.#crossOnce());
  }

  /** A small position at once, so that a young engine has something to lose. */
  async openPosition(): Promise<void> {
    await this.#cross({ venue: 'binanceusdm', instrument: 'BTC/USDT:USDT', side: 'buy' });
  }

  async #repeat(what: string, everyMs: number, act: () => Promise<void>): Promise<void> {
    const { permission, onError } = this.#parts;
    while (!permission.stopped) {
      await act().catch((error: unknown) => onError(what, error));
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }

  async #quote(): Promise<void> {
    const { permission, sender } = this.#parts;
    if (!permission.allows('low')) return;
    const live = this.#restingCounts();
    const requests = this.#targets.flatMap(({ slot, count }) =>
      this.#requestsFor(slot, count - (live.get(slotKey(slot)) ?? 0)),
    );
    const refused = await sender.place(requests);
    const untilMs = Date.now() + REST_AFTER_REFUSAL_MS;
    for (const order of refused) this.#restUntilMs.set(slotKey(order), untilMs);
  }

  #restingCounts(): Map<string, number> {
    const counts = new Map<string, number>();
    const crossing = new Set<string>();
    for (const order of this.#parts.book.orders()) {
      if (this.#crossing.has(order.clientOrderId)) {
        crossing.add(order.clientOrderId);
        continue;
      }
      const key = slotKey(order);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    this.#crossing = crossing;
    return counts;
  }

  #requestsFor(slot: Slot, missing: number): OrderRequest[] {
    const { permission, market, config } = this.#parts;
    const key = slotKey(slot);
    const price = market.price(slot.venue, slot.instrument);
    const quantity = restingQuantity(slot.instrument, permission.percent, config.orders);
    const resting = (this.#restUntilMs.get(key) ?? 0) > Date.now();
    if (missing <= 0 || price === null || quantity === '0' || resting) return [];
    const first = this.#placed.get(key) ?? 0;
    this.#placed.set(key, first + missing);
    return Array.from({ length: missing }, (_, index) => ({
      ...slot,
      clientOrderId: this.#parts.nextClientOrderId(),
      price: restingPrice(price, slot.side, first + index),
      quantity,
    })).filter((request) => this.#isWithinLimits(request));
  }

  async #crossOnce(): Promise<void> {
    const { permission, venues } = this.#parts;
    const wanted = venues.filter(({ name }) =>
      permission.allows(name.startsWith('binance') ? 'medium' : 'all'),
    );
    const venue = wanted[this.#crossingCount % Math.max(1, wanted.length)];
    const instrument = venue?.instruments[0];
    if (venue === undefined || instrument === undefined) return;
    const round = Math.floor(this.#crossingCount / wanted.length);
    this.#crossingCount += 1;
    await this.#cross({ venue: venue.name, instrument, side: round % 2 === 0 ? 'buy' : 'sell' });
  }

  async #cross(slot: Slot): Promise<void> {
    const { market, permission, sender } = this.#parts;
    const price = market.price(slot.venue, slot.instrument);
    const quantity = crossingQuantity(slot.instrument, permission.percent);
    if (price === null || quantity === '0') return;
    const clientOrderId = this.#parts.nextClientOrderId();
    const request = { ...slot, clientOrderId, price: crossingPrice(price, slot.side), quantity };
    if (!this.#isWithinLimits(request)) return;
    this.#crossing.add(clientOrderId);
    await sender.place([request]);
  }

  #isWithinLimits(request: OrderRequest): boolean {
    const { book, config } = this.#parts;
    const held = book.position(request.venue, config.account, request.instrument);
    return withinLimits(request, held, config.limits);
  }
}

function slotKey({ venue, instrument, side }: Slot): string {
  return `${venue}|${instrument}|${side}`;
}
