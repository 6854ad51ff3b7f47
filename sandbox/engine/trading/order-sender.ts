/**
 * Placing orders, intent first.
 *
 * Invariants: an order is in a durable checkpoint as in flight before it is sent; it is sent once;
 * an answer that does not tell leaves it in flight; an intent that was never sent leaves the book.
 */
import { canonical } from '../../../workflows/domain/numbers/decimal.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import type { Book } from '../books/book.js';
import type { CheckpointWriter } from '../books/checkpoint-writer.js';
import { describeError, type Logger } from '../log.js';
import type { Permission } from '../control/permission.js';
import type { Slot } from './order-plan.js';
import type { EngineVenue } from '../venue/venue.js';

const CONCURRENCY = 50;

export interface OrderRequest extends Slot {
  clientOrderId: string;
  price: string;
  quantity: string;
}

export interface OrderSenderParts {
  account: string;
  book: Book;
  checkpoints: CheckpointWriter;
  permission: Permission;
  venues: ReadonlyMap<string, EngineVenue>;
  log: Logger;
}

export interface SendCounts {
  acknowledged: number;
  refused: number;
  unknown: number;
}

export class OrderSender {
  readonly counts: SendCounts = { acknowledged: 0, refused: 0, unknown: 0 };
  readonly #parts: OrderSenderParts;
  #sending = 0;

  constructor(parts: OrderSenderParts) {
    this.#parts = parts;
  }

  get idle(): boolean {
    return this.#sending === 0;
  }

  /** Gives the orders that were refused. Fails, with nothing sent, when no intent can be written. */
  async place(requests: readonly OrderRequest[]): Promise<Order[]> {
    if (requests.length === 0) return [];
    const { book, checkpoints } = this.#parts;
    const intents = requests.map((request) => this.#intentOf(request));
    this.#sending += 1;
    try {
      for (const intent of intents) book.addOrder(intent);
      await checkpoints.flush().catch((error: unknown) => {
        for (const intent of intents) book.removeOrder(intent);
        throw error;
      });
      return await this.#sendAll(intents);
    } finally {
      this.#sending -= 1;
    }
  }

  #intentOf(request: OrderRequest): Order {
    return {
      ...request,
      account: this.#parts.account,
      price: canonical(request.price),
      quantity: canonical(request.quantity),
      venueOrderId: null,
      type: 'limit',
      filled: '0',
      state: 'in_flight',
    };
  }

  async #sendAll(intents: Order[]): Promise<Order[]> {
    const refused: Order[] = [];
    const queue = intents.values();
    const work = async () => {
      for (const intent of queue) {
        if (await this.#send(intent)) refused.push(intent);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    return refused;
  }

  async #send(intent: Order): Promise<boolean> {
    const { book, permission, venues, log } = this.#parts;
    const venue = venues.get(intent.venue);
    if (!permission.trading || venue === undefined) {
      book.removeOrder(intent);
      return false;
    }
    const placement = await venue.place(intent);
    this.counts[placement.outcome] += 1;
    switch (placement.outcome) {
      case 'acknowledged':
        // Also known already, from the list of open orders.
        if (book.has(intent)) book.acknowledge(intent, placement.venueOrderId);
        return false;
      case 'refused':
        book.removeOrder(intent);
        log.warn(described(intent, placement.error), 'order refused');
        return true;
      case 'unknown':
        log.warn(described(intent, placement.error), 'order outcome unknown');
        return false;
    }
  }
}

function described({ clientOrderId, venue }: Order, error: unknown) {
  return { clientOrderId, venue, error: describeError(error) };
}
