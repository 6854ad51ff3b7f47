// The journal: every accepted effect, in order. Invariants: sequences rise by one, `recordedMs` never
// falls, all numbers are exact decimal text, and the ledger's state is a fold over these entries alone.
import type { VenueId } from '../instruments.js';

export type Side = 'buy' | 'sell';
export type OrderType = 'limit' | 'market';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK';
export type Liquidity = 'maker' | 'taker';
/** `net` in one-way mode and on spot. */
export type PositionSide = 'net' | 'long' | 'short';
export type PositionMode = 'one_way' | 'hedge';
export type TriggerKind = 'stop' | 'take-profit' | 'trailing-stop';
export const FORCED_CAUSES = ['liquidation', 'deleveraging', 'settlement'] as const;
export type ForcedCause = (typeof FORCED_CAUSES)[number];
/** Who made an order: the client, or the venue and why. */
export type OrderOrigin = 'client' | ForcedCause;
export type CancelReason =
  'client' | 'venue' | 'dead-man-switch' | 'immediate-or-cancel' | 'forced-close';
export const CASH_FLOW_KINDS = [
  'funding',
  'transfer',
  'interest',
  'fee',
  'liquidation-fee',
  'other',
] as const;
export type CashFlowKind = (typeof CASH_FLOW_KINDS)[number];

interface EntryStamp {
  readonly sequence: number;
  /** When the venue says it happened; a test may date it back. */
  readonly timeMs: number;
  /** When it was recorded: what reads as of a time go by. */
  readonly recordedMs: number;
  readonly venue: VenueId;
}

/** A change of a balance that is no trade. */
export interface CashFlowEntry extends EntryStamp {
  readonly kind: 'cash-flow';
  readonly cashFlowId: string;
  readonly flow: CashFlowKind;
  readonly asset: string;
  /** Signed: what the balance gained. */
  readonly amount: string;
  readonly instrument: string | null;
  readonly positionSide: PositionSide | null;
  /** Funding only. */
  readonly rate: string | null;
  readonly markPrice: string | null;
}

export interface PositionModeEntry extends EntryStamp {
  readonly kind: 'position-mode';
  readonly mode: PositionMode;
}

export interface TriggerTerms {
  readonly kind: TriggerKind;
  /** Null while a trailing stop waits for its activation price. */
  readonly price: string | null;
  readonly activationPrice: string | null;
  /** Trailing stops only: how far the trigger stays behind the best price. */
  readonly trailPercent: string | null;
}

interface OrderStamp extends EntryStamp {
  readonly venueOrderId: string;
  readonly clientOrderId: string | null;
}

export interface OrderAcceptedEntry extends OrderStamp {
  readonly kind: 'order-accepted';
  readonly instrument: string;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly type: OrderType;
  readonly price: string | null;
  /** Zero where the whole position is to be closed. */
  readonly quantity: string;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
  readonly closePosition: boolean;
  /** Not null: the order waits for its trigger. */
  readonly trigger: TriggerTerms | null;
  readonly origin: OrderOrigin;
  /** The conditional order that became this one. */
  readonly parentOrderId: string | null;
}

export interface OrderTriggeredEntry extends OrderStamp {
  readonly kind: 'order-triggered';
  /** The order it became, where the venue gives that an id of its own. */
  readonly childOrderId: string | null;
}

export interface TriggerMovedEntry extends OrderStamp {
  readonly kind: 'trigger-moved';
  readonly price: string;
}

export interface OrderCancelledEntry extends OrderStamp {
  readonly kind: 'order-cancelled';
  readonly reason: CancelReason;
}

export interface OrderExpiredEntry extends OrderStamp {
  readonly kind: 'order-expired';
  readonly reason: string;
}

/** Refused after it was accepted; what was refused outright is in no entry. */
export interface OrderRejectedEntry extends OrderStamp {
  readonly kind: 'order-rejected';
  readonly reason: string;
}

export interface FillEntry extends OrderStamp {
  readonly kind: 'fill';
  readonly venueTradeId: string;
  readonly instrument: string;
  readonly side: Side;
  readonly positionSide: PositionSide;
  readonly price: string;
  readonly quantity: string;
  readonly liquidity: Liquidity;
  readonly fee: string;
  readonly feeAsset: string;
  /** Zero on spot. */
  readonly realizedPnl: string;
}

export type OrderEndEntry = OrderCancelledEntry | OrderExpiredEntry | OrderRejectedEntry;

export type JournalEntry =
  | CashFlowEntry
  | PositionModeEntry
  | OrderAcceptedEntry
  | OrderTriggeredEntry
  | TriggerMovedEntry
  | OrderEndEntry
  | FillEntry;

type WithoutStamp<Entry> = Entry extends JournalEntry
  ? Omit<Entry, 'sequence' | 'timeMs' | 'recordedMs'>
  : never;
export type JournalFact = WithoutStamp<JournalEntry>;
export type CashFlowFact = WithoutStamp<CashFlowEntry>;
export type OrderAcceptedFact = WithoutStamp<OrderAcceptedEntry>;
