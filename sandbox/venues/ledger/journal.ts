/**
 * The journal: every accepted effect, in order.
 *
 * Invariants: sequences rise by one, `recordedMs` never falls, all numbers are exact decimal text,
 * and the ledger's state is a fold over these entries alone.
 */
import type { VenueId } from '../instruments.js';

export type Side = 'buy' | 'sell';
export type OrderType = 'limit' | 'market';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK';
export type Liquidity = 'maker' | 'taker';
/** `net` in one-way mode and on spot. */
export type PositionSide = 'net' | 'long' | 'short';
export type PositionMode = 'one_way' | 'hedge';
/** Of the two assets of a trade, the one that is charged. */
export const FEE_LEGS = ['base', 'quote'] as const;
export type FeeLeg = (typeof FEE_LEGS)[number];
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
  /** Between the wallets of one account. */
  'allocation',
  'other',
] as const;
export type CashFlowKind = (typeof CASH_FLOW_KINDS)[number];

interface EntryStamp {
  sequence: number;
  /** When the venue says it happened; a test may date it back. */
  timeMs: number;
  /** When it was recorded: what reads as of a time go by. */
  recordedMs: number;
  venue: VenueId;
}

/** A change of a balance that is no trade. */
export interface CashFlowEntry extends EntryStamp {
  kind: 'cash-flow';
  cashFlowId: string;
  flow: CashFlowKind;
  asset: string;
  /** Signed: what the balance gained. */
  amount: string;
  instrument: string | null;
  positionSide: PositionSide | null;
  /** Funding only. */
  rate: string | null;
  markPrice: string | null;
}

interface PositionModeEntry extends EntryStamp {
  kind: 'position-mode';
  mode: PositionMode;
}

/** Whether the account pays fees in the venue's own coin. */
interface FeeSettingEntry extends EntryStamp {
  kind: 'fee-setting';
  inCoin: boolean;
}

export interface TriggerTerms {
  kind: TriggerKind;
  /** Null while a trailing stop waits for its activation price. */
  price: string | null;
  activationPrice: string | null;
  /** Trailing stops only: how far the trigger stays behind the best price. */
  trailPercent: string | null;
}

interface OrderStamp extends EntryStamp {
  venueOrderId: string;
  clientOrderId: string | null;
}

export interface OrderAcceptedEntry extends OrderStamp {
  kind: 'order-accepted';
  instrument: string;
  side: Side;
  positionSide: PositionSide;
  type: OrderType;
  price: string | null;
  /** Zero where the whole position is to be closed. */
  quantity: string;
  timeInForce: TimeInForce;
  postOnly: boolean;
  reduceOnly: boolean;
  closePosition: boolean;
  feeLeg: FeeLeg;
  /** Not null: the order waits for its trigger. */
  trigger: TriggerTerms | null;
  origin: OrderOrigin;
  /** The conditional order that became this one. */
  parentOrderId: string | null;
}

export interface OrderTriggeredEntry extends OrderStamp {
  kind: 'order-triggered';
  /** The order it became, where the venue gives that an id of its own. */
  childOrderId: string | null;
}

export interface TriggerMovedEntry extends OrderStamp {
  kind: 'trigger-moved';
  price: string;
}

interface OrderCancelledEntry extends OrderStamp {
  kind: 'order-cancelled';
  reason: CancelReason;
}

interface OrderExpiredEntry extends OrderStamp {
  kind: 'order-expired';
  reason: string;
}

/** Refused after it was accepted; what was refused outright is in no entry. */
interface OrderRejectedEntry extends OrderStamp {
  kind: 'order-rejected';
  reason: string;
}

export interface FillEntry extends OrderStamp {
  kind: 'fill';
  venueTradeId: string;
  instrument: string;
  side: Side;
  positionSide: PositionSide;
  price: string;
  quantity: string;
  liquidity: Liquidity;
  /** Below zero: a rebate. */
  fee: string;
  feeAsset: string;
  /** What it comes to in quote before any discount, which is what Kraken's trades tell. */
  feeInQuote: string;
  /** Zero on spot. */
  realizedPnl: string;
}

export type OrderEndEntry = OrderCancelledEntry | OrderExpiredEntry | OrderRejectedEntry;

export type JournalEntry =
  | CashFlowEntry
  | PositionModeEntry
  | FeeSettingEntry
  | OrderAcceptedEntry
  | OrderTriggeredEntry
  | TriggerMovedEntry
  | OrderEndEntry
  | FillEntry;

type WithoutStamp<Entry> = Entry extends JournalEntry
  ? Omit<Entry, 'sequence' | 'timeMs' | 'recordedMs'>
  : never;
export type JournalFact = WithoutStamp<JournalEntry>;
export type OrderAcceptedFact = WithoutStamp<OrderAcceptedEntry>;
