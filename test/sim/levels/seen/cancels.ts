/**
 * Cancels that Relight has sent, at the worker or the agent: each order has one, whoever tries.
 *
 * Invariant: one that was sent before an earlier one had arrived is no second effect: nobody could know of it.
 */
import type { Desk, OrderName } from '../../../../sandbox/venues/desk.js';
import { Refusal } from '../../../../sandbox/venues/refusal.js';
import type { Effect } from '../../oracle/facts.js';
import type { Market, Request } from '../../world/venues/market.js';

interface Arriving {
  from: Request['from'];
  sentAtMs: number;
}

export class Cancels {
  readonly effects: Effect[] = [];
  /** When an order's first cancel has arrived. */
  readonly #cancelledAtMs = new Map<string, number>();
  #arriving: Arriving | null = null;

  constructor(market: Market) {
    const over = market.over.bind(market);
    market.over = async (request, arrives) => {
      const sentAtMs = Date.now();
      return over(request, () => this.#during({ from: request.from, sentAtMs }, arrives));
    };
    for (const venue of market.venues) this.#watch(market.sandbox.core.desks[venue]);
  }

  #during<T>(arriving: Arriving, arrives: () => T): T {
    this.#arriving = arriving;
    try {
      return arrives();
    } finally {
      this.#arriving = null;
    }
  }

  #watch(desk: Desk): void {
    const cancel = desk.cancel.bind(desk);
    desk.cancel = (name) => {
      const { from, sentAtMs } = this.#arriving ?? { from: 'engine', sentAtMs: 0 };
      const order = from === 'engine' ? null : orderAt(desk, name);
      const key = `cancel ${desk.venue} ${order?.venueOrderId}`;
      const firstAtMs = this.#cancelledAtMs.get(key) ?? Infinity;
      const effect = { atMs: Date.now(), what: `cancel by ${from}`, key };
      if (sentAtMs > firstAtMs) this.effects.push(effect);
      const cancelled = cancel(name);
      if (order === null) return cancelled;
      this.#cancelledAtMs.set(key, effect.atMs);
      this.effects.push(effect);
      return cancelled;
    };
  }
}

function orderAt(desk: Desk, name: OrderName) {
  try {
    return desk.find(name);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
