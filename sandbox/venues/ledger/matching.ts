/**
 * Orders against the market: accepted, filled, set off and ended.
 *
 * Invariants: whatever is reached is filled as far as the market's depth goes, oldest first; no
 * fill of an order that may only close ever opens a position.
 */
import { Decimal, toText } from '../decimal.js';
import { INSTRUMENTS, type Instrument, type Underlying } from '../instruments.js';
import { Refusal } from '../refusal.js';
import {
  chargeOf,
  closesOnly,
  holdOf,
  realizedPnlOf,
  reduces,
  type PayingCoin,
} from './accounting.js';
import type { Liquidity, OrderAcceptedFact } from './journal.js';
import { MarketDepth } from './market-depth.js';
import { childFact } from './order-facts.js';
import { conditionalOrderId, venueOrderId, venueTradeId } from './order-ids.js';
import { checkTriggered, type PlaceRequest } from './place-request.js';
import type { Records } from './records.js';
import { crosses, RestingOrders } from './resting-orders.js';
import { freeOf, isLive, positionOf, remainingOf, type Order, type VenueState } from './state.js';
import { isSetOff, movedPrice } from './triggers.js';
import { feeCoinOf, keepsConditionalApart } from './venue-customs.js';

interface Fill {
  order: Order;
  price: Decimal;
  quantity: Decimal;
  liquidity: Liquidity;
}

/** How an order ended, other than by being filled. */
export type Ending =
  | { kind: 'order-expired' | 'order-rejected'; reason: string }
  | { kind: 'order-cancelled'; reason: NonNullable<Order['cancelReason']> };

export class Matching {
  readonly depth = new MarketDepth();
  readonly #records: Records;
  readonly #resting = new Map(INSTRUMENTS.map((row) => [row, new RestingOrders()]));
  readonly #waiting = new Map<Instrument, Set<string>>();
  readonly #marks = new Map<Underlying, Decimal>();
  #orderCount = 0;

  constructor(records: Records) {
    this.#records = records;
  }

  nextOrderId({ venue }: Instrument, conditional: boolean): string {
    this.#orderCount += 1;
    const apart = conditional && keepsConditionalApart(venue);
    return apart ? conditionalOrderId(this.#orderCount) : venueOrderId(venue, this.#orderCount);
  }

  /** Takes an order that was checked; it waits for its trigger, or meets the market at once. */
  accept(instrument: Instrument, fact: OrderAcceptedFact, marketPrice: Decimal): Order {
    this.#records.record(fact);
    const order = this.#orderOf(instrument, fact.venueOrderId);
    if (order.status === 'untriggered') this.#waitingAt(instrument).add(order.venueOrderId);
    else this.#meetMarket(order, marketPrice);
    return order;
  }

  end(order: Order, ending: Ending): void {
    const { clientOrderId, instrument, venueOrderId: id } = order;
    if (!isLive(order)) throw new Refusal('not-cancellable', `order ${id} is ${order.status}`);
    this.#records.record({ venue: instrument.venue, venueOrderId: id, clientOrderId, ...ending });
    this.#restingAt(instrument).remove(order);
    this.#waitingAt(instrument).delete(id);
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
    if (closesOnly(order) && !this.#reduces(order, quantity)) {
      throw new Refusal('reduce-only-rejected', 'the position is smaller than that');
    }
    this.#fill({ order, price: order.price, quantity, liquidity: 'maker' });
    if (remainingOf(order).isZero()) this.#restingAt(order.instrument).remove(order);
  }

  /** A new market price: resting orders it reaches are filled, waiting ones are set off. */
  movePrice(underlying: Underlying, price: Decimal): void {
    this.#marks.set(underlying, price);
    for (const instrument of INSTRUMENTS) {
      if (instrument.base !== underlying) continue;
      this.#fillReached(instrument, price);
      this.#setOffReached(instrument, price);
    }
  }

  #fillReached(instrument: Instrument, price: Decimal): void {
    let depth = this.depth.draw(instrument);
    for (const order of this.#restingAt(instrument).crossedBy(price)) {
      if (depth.lte(0)) return;
      const quantity = Decimal.min(depth, remainingOf(order));
      depth = depth.minus(quantity);
      // A position may have shrunk since the order was taken; the venue then drops the order.
      const opens = closesOnly(order) && !this.#reduces(order, remainingOf(order));
      if (opens) this.end(order, { kind: 'order-cancelled', reason: 'venue' });
      else this.fillResting(order, quantity);
    }
  }

  #setOffReached(instrument: Instrument, price: Decimal): void {
    for (const id of this.#waitingAt(instrument)) {
      const order = this.#orderOf(instrument, id);
      if (isSetOff(order, price)) this.setOff(order, price);
      else this.#follow(order, price);
    }
  }

  #follow(order: Order, market: Decimal): void {
    const price = movedPrice(order, market);
    if (price === null) return;
    const { venueOrderId: id, clientOrderId, instrument } = order;
    const fact = { venue: instrument.venue, venueOrderId: id, clientOrderId };
    this.#records.record({ kind: 'trigger-moved', ...fact, price: toText(price) });
  }

  /** An untriggered order becomes one that works: the same, or a new one where venues do so. */
  setOff(order: Order, marketPrice: Decimal): void {
    const { venueOrderId: id, clientOrderId, instrument } = order;
    const quantity = order.closePosition ? this.#positionOf(order).quantity.abs() : order.quantity;
    const request = { ...order, quantity, trigger: undefined };
    const refusal = this.#refusalAtTrigger(order, request, marketPrice);
    if (refusal) {
      const kind = order.closePosition ? 'order-expired' : 'order-rejected';
      this.end(order, { kind, reason: refusal.kind });
      return;
    }
    const apart = keepsConditionalApart(instrument.venue);
    const childOrderId = apart ? this.nextOrderId(instrument, false) : null;
    this.#waitingAt(instrument).delete(id);
    const fact = { venue: instrument.venue, venueOrderId: id, clientOrderId, childOrderId };
    this.#records.record({ kind: 'order-triggered', ...fact });
    if (childOrderId === null) this.#meetMarket(order, marketPrice);
    else this.accept(instrument, childFact(order, childOrderId, quantity), marketPrice);
  }

  #refusalAtTrigger(order: Order, request: PlaceRequest, marketPrice: Decimal): Refusal | null {
    const { amount: held } = holdOf(order, remainingOf(order));
    try {
      checkTriggered(this.#venueOf(order.instrument), request, { marketPrice, held });
      return null;
    } catch (error) {
      if (error instanceof Refusal) return error;
      throw error;
    }
  }

  #meetMarket(order: Order, marketPrice: Decimal): void {
    const { instrument, timeInForce, type } = order;
    if (crosses(order, marketPrice)) {
      const quantity = Decimal.min(this.depth.draw(instrument), remainingOf(order));
      const kills = timeInForce === 'FOK' && quantity.lt(order.quantity);
      if (!kills) this.#fill({ order, price: marketPrice, quantity, liquidity: 'taker' });
    }
    if (order.status !== 'open') return;
    if (type === 'limit' && timeInForce === 'GTC') this.#restingAt(instrument).add(order);
    else this.end(order, { kind: 'order-cancelled', reason: 'immediate-or-cancel' });
  }

  #fill({ order, price, quantity, liquidity }: Fill): void {
    const { instrument, side, positionSide } = order;
    const { venue, symbol } = instrument;
    const execution = { instrument, side, price, quantity };
    const charge = chargeOf(order, { ...execution, liquidity }, this.#payingCoin(instrument));
    this.#records.record({
      kind: 'fill',
      venue,
      venueTradeId: venueTradeId(venue, this.#venueOf(instrument).fills.length + 1),
      venueOrderId: order.venueOrderId,
      clientOrderId: order.clientOrderId,
      instrument: symbol,
      side,
      positionSide,
      price: toText(price),
      quantity: toText(quantity),
      liquidity,
      fee: toText(charge.amount),
      feeAsset: charge.asset,
      feeInQuote: toText(charge.inQuote),
      realizedPnl: toText(realizedPnlOf(this.#positionOf(order), execution)),
    });
  }

  /** Null where the account pays in none, and while the coin has no price yet. */
  #payingCoin(instrument: Instrument): PayingCoin | null {
    const state = this.#venueOf(instrument);
    const coin = state.feesInCoin ? feeCoinOf(instrument.venue) : null;
    if (coin === null) return null;
    const { asset, share } = coin;
    const price = 'of' in coin.price ? this.#marks.get(coin.price.of) : coin.price;
    return price === undefined ? null : { asset, share, price, free: freeOf(state, asset) };
  }

  #reduces(order: Order, quantity: Decimal): boolean {
    return reduces(this.#positionOf(order), order.side, quantity);
  }

  #positionOf({ instrument, positionSide }: Order) {
    return positionOf(this.#venueOf(instrument), instrument.symbol, positionSide);
  }

  #venueOf({ venue }: Instrument): VenueState {
    return this.#records.state.venues[venue];
  }

  #orderOf(instrument: Instrument, id: string): Order {
    const order = this.#venueOf(instrument).orders.get(id);
    if (!order) throw new Error(`${instrument.venue} lost order ${id}`);
    return order;
  }

  #restingAt(instrument: Instrument): RestingOrders {
    const resting = this.#resting.get(instrument);
    if (!resting) throw new Error(`No resting orders kept for ${instrument.symbol}`);
    return resting;
  }

  #waitingAt(instrument: Instrument): Set<string> {
    const waiting = this.#waiting.get(instrument) ?? new Set();
    this.#waiting.set(instrument, waiting);
    return waiting;
  }
}
