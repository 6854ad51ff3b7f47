/**
 * What the journal folds into.
 *
 * Invariants: `used` never exceeds what open orders and positions hold; `openOrders` holds exactly
 * the orders that may still trade: open, or waiting for their trigger.
 */
import { ZERO, type Decimal } from '../decimal.js';
import { VENUE_IDS, type Instrument, type VenueId } from '../instruments.js';
import type {
  CancelReason,
  CashFlowEntry,
  FeeLeg,
  FillEntry,
  OrderOrigin,
  OrderType,
  PositionMode,
  PositionSide,
  Side,
  TimeInForce,
  TriggerKind,
} from './journal.js';

export interface Balance {
  total: Decimal;
  used: Decimal;
}

export interface Position {
  symbol: string;
  side: PositionSide;
  /** Signed: negative is short, in hedge mode too. */
  quantity: Decimal;
  averagePrice: Decimal;
}

export interface OrderTrigger {
  kind: TriggerKind;
  /** Which way the price must move to set it off. */
  direction: 'rise' | 'fall';
  /** Null while a trailing stop waits for its activation price. */
  price: Decimal | null;
  activationPrice: Decimal | null;
  trailPercent: Decimal | null;
  triggeredAtMs: number | null;
  childOrderId: string | null;
}

/**
 * `untriggered` waits for its price. `triggered` is a conditional order that has become another
 * one, where the venue keeps the two apart; elsewhere a triggered order is plainly `open`.
 */
const ORDER_STATUSES = [
  'untriggered',
  'open',
  'triggered',
  'filled',
  'cancelled',
  'expired',
  'rejected',
] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

export interface Order {
  sequence: number;
  venueOrderId: string;
  clientOrderId: string | null;
  instrument: Instrument;
  side: Side;
  positionSide: PositionSide;
  /** What it is once it works in the market. */
  type: OrderType;
  price: Decimal | null;
  quantity: Decimal;
  timeInForce: TimeInForce;
  postOnly: boolean;
  reduceOnly: boolean;
  closePosition: boolean;
  feeLeg: FeeLeg;
  trigger: OrderTrigger | null;
  origin: OrderOrigin;
  parentOrderId: string | null;
  acceptedAtMs: number;
  fills: FillEntry[];
  updatedAtMs: number;
  filled: Decimal;
  cost: Decimal;
  /** In quote, whatever they were paid in. */
  fees: Decimal;
  status: OrderStatus;
  cancelReason: CancelReason | null;
  /** Why it expired or was rejected. */
  endReason: string | null;
}

export interface VenueState {
  positionMode: PositionMode;
  /** Whether fees are paid in the venue's own coin, where there is enough of it. */
  feesInCoin: boolean;
  balances: Map<string, Balance>;
  /** By `positionKey`. */
  positions: Map<string, Position>;
  orders: Map<string, Order>;
  openOrders: Map<string, Order>;
  /** The newest order of each client id: venues let an id be used again once its order is done. */
  byClientOrderId: Map<string, Order>;
  /** The same for conditional orders that the venue keeps apart, whose ids are a space of their own. */
  conditionalByClientId: Map<string, Order>;
  fills: FillEntry[];
  cashFlows: CashFlowEntry[];
}

export interface LedgerState {
  sequence: number;
  timeMs: number;
  venues: Record<VenueId, VenueState>;
}

function emptyVenue(): VenueState {
  return {
    positionMode: 'one_way',
    feesInCoin: false,
    balances: new Map(),
    positions: new Map(),
    orders: new Map(),
    openOrders: new Map(),
    byClientOrderId: new Map(),
    conditionalByClientId: new Map(),
    fills: [],
    cashFlows: [],
  };
}

export function emptyState(): LedgerState {
  const venues = Object.fromEntries(VENUE_IDS.map((venue) => [venue, emptyVenue()]));
  return { sequence: 0, timeMs: 0, venues: venues as Record<VenueId, VenueState> };
}

export function balanceOf(state: VenueState, asset: string): Balance {
  return state.balances.get(asset) ?? { total: ZERO, used: ZERO };
}

export function freeOf(state: VenueState, asset: string): Decimal {
  const { total, used } = balanceOf(state, asset);
  return total.minus(used);
}

export function positionKey(symbol: string, side: PositionSide): string {
  return side === 'net' ? symbol : `${symbol} ${side}`;
}

export function positionOf(
  state: VenueState,
  symbol: string,
  side: PositionSide = 'net',
): Position {
  const flat = { symbol, side, quantity: ZERO, averagePrice: ZERO };
  return state.positions.get(positionKey(symbol, side)) ?? flat;
}

/** Those of the account's position mode, flat ones too. */
export function positionsOf(state: VenueState, symbol: string): Position[] {
  const sides = state.positionMode === 'hedge' ? (['long', 'short'] as const) : ['net' as const];
  return sides.map((side) => positionOf(state, symbol, side));
}

export function isLive(order: Order): boolean {
  return order.status === 'open' || order.status === 'untriggered';
}

export function remainingOf(order: Order): Decimal {
  return order.quantity.minus(order.filled);
}

export function averagePriceOf(order: Order): Decimal {
  return order.filled.isZero() ? ZERO : order.cost.div(order.filled);
}
