/**
 * Cancels that Relight has sent, at the worker or the agent: each order has one, whoever tries.
 *
 * Invariant: one that was sent before an earlier one had arrived is no second effect: nobody could know of it.
 */
import type { Desk } from '../../../../sandbox/venues/desk.js';
import { Refusal } from '../../../../sandbox/venues/refusal.js';
import type { Order } from '../../../../sandbox/venues/ledger/state.js';
import type { Effect, Facts } from '../../oracle/facts.js';
import type { Market, Request } from '../../world/venues/market.js';

interface Arriving {
  from: Request['from'];
  sentAtMs: number;
}

export class Cancels {
  readonly effects: Effect[] = [];
  /** By Relight or the agent. */
  readonly cancelled: Facts['cancelled'] = [];
  /** When an order's first cancel has arrived. */
  readonly #cancelledAtMs = new Map<string, number>();
  #arriving: Arriving | null = null;

  readonly #besideOf: (order: Order) => string | null;

  constructor(market: Market, besideOf: (order: Order) => string | null) {
    this.#besideOf = besideOf;
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
    const [cancel, cancelConditional] = [desk.cancel.bind(desk), desk.cancelConditional.bind(desk)];
    desk.cancel = (name) =>
      this.#noting(
        desk,
        orderAt(() => desk.find(name)),
        () => cancel(name),
      );
    desk.cancelConditional = (name) =>
      this.#noting(
        desk,
        orderAt(() => desk.findConditional(name)),
        () => cancelConditional(name),
      );
  }

  #noting({ venue }: Desk, found: Order | null, cancel: () => Order): Order {
    const { from, sentAtMs } = this.#arriving ?? { from: 'engine', sentAtMs: 0 };
    const order = from === 'engine' ? null : found;
    const key = `cancel ${venue} ${order?.venueOrderId}`;
    const firstAtMs = this.#cancelledAtMs.get(key) ?? Infinity;
    const effect = { atMs: Date.now(), what: `cancel by ${from}`, key };
    if (sentAtMs > firstAtMs) this.effects.push(effect);
    const beside = order === null ? null : this.#besideOf(order);
    const cancelled = cancel();
    if (order === null) return cancelled;
    this.#cancelledAtMs.set(key, effect.atMs);
    this.effects.push(effect);
    this.cancelled.push({ ...cancelledOf(order), beside });
    return cancelled;
  }
}

function cancelledOf({ venueOrderId, clientOrderId, trigger, ...order }: Order) {
  const whose = clientOrderId === null ? 'nobody' : isOwn(clientOrderId) ? 'own' : 'theirs';
  const protects = trigger !== null && (order.reduceOnly || order.closePosition);
  const name = `${order.instrument.venue} ${clientOrderId ?? venueOrderId}`;
  return { atMs: Date.now(), order: name, whose, protects } as const;
}

export const isOwn = (clientOrderId: string) => clientOrderId.startsWith('rl-');

function orderAt(find: () => Order): Order | null {
  try {
    return find();
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
