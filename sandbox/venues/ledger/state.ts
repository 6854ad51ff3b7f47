// What the journal folds into. Invariants: `used` never exceeds what open orders and positions hold;
// `openOrders` holds exactly the orders whose status is open.
import { ZERO, type Decimal } from '../decimal.js';
import { VENUE_IDS, type Instrument, type VenueId } from '../instruments.js';
import type { CancelReason, FillEntry, OrderType, Side, TimeInForce } from './journal.js';

export interface Balance {
  total: Decimal;
  used: Decimal;
}

export interface Position {
  /** Signed: negative is short. */
  quantity: Decimal;
  averagePrice: Decimal;
}

export interface Order {
  readonly sequence: number;
  readonly venueOrderId: string;
  readonly clientOrderId: string | null;
  readonly instrument: Instrument;
  readonly side: Side;
  readonly type: OrderType;
  readonly price: Decimal | null;
  readonly quantity: Decimal;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly acceptedAtMs: number;
  readonly fills: FillEntry[];
  updatedAtMs: number;
  filled: Decimal;
  cost: Decimal;
  fees: Decimal;
  status: 'open' | 'filled' | 'cancelled';
  cancelReason: CancelReason | null;
}

export interface VenueState {
  readonly balances: Map<string, Balance>;
  readonly positions: Map<string, Position>;
  readonly orders: Map<string, Order>;
  readonly openOrders: Map<string, Order>;
  /** The newest order of each client id: venues let an id be used again once its order is done. */
  readonly byClientOrderId: Map<string, Order>;
  readonly fills: FillEntry[];
}

export interface LedgerState {
  sequence: number;
  timeMs: number;
  readonly venues: Record<VenueId, VenueState>;
}

function emptyVenue(): VenueState {
  return {
    balances: new Map(),
    positions: new Map(),
    orders: new Map(),
    openOrders: new Map(),
    byClientOrderId: new Map(),
    fills: [],
  };
}

export function emptyState(): LedgerState {
  const venues = Object.fromEntries(VENUE_IDS.map((venue) => [venue, emptyVenue()]));
  return { sequence: 0, timeMs: 0, venues: venues as Record<VenueId, VenueState> };
}

export function balanceOf(state: VenueState, asset: string): Balance {
  return state.balances.get(asset) ?? { total: ZERO, used: ZERO };
}

export function positionOf(state: VenueState, symbol: string): Position {
  return state.positions.get(symbol) ?? { quantity: ZERO, averagePrice: ZERO };
}

export function remainingOf(order: Order): Decimal {
  return order.quantity.minus(order.filled);
}

export function averagePriceOf(order: Order): Decimal {
  return order.filled.isZero() ? ZERO : order.cost.div(order.filled);
}
