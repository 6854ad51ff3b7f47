// The journal: every accepted effect, in order. Invariants: sequences rise by one, times never fall,
// all numbers are exact decimal text, and the ledger's state is a fold over these entries alone.
import type { VenueId } from '../instruments.js';

export type Side = 'buy' | 'sell';
export type OrderType = 'limit' | 'market';
export type TimeInForce = 'GTC' | 'IOC' | 'FOK';
export type Liquidity = 'maker' | 'taker';
export type CancelReason = 'client' | 'venue' | 'dead-man-switch' | 'immediate-or-cancel';

interface EntryStamp {
  readonly sequence: number;
  readonly timeMs: number;
  readonly venue: VenueId;
}

export interface TransferEntry extends EntryStamp {
  readonly kind: 'transfer';
  readonly asset: string;
  /** Signed: positive deposits, negative withdraws. */
  readonly amount: string;
}

export interface OrderAcceptedEntry extends EntryStamp {
  readonly kind: 'order-accepted';
  readonly venueOrderId: string;
  readonly clientOrderId: string | null;
  readonly instrument: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly price: string | null;
  readonly quantity: string;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  readonly reduceOnly: boolean;
}

export interface OrderCancelledEntry extends EntryStamp {
  readonly kind: 'order-cancelled';
  readonly venueOrderId: string;
  readonly clientOrderId: string | null;
  readonly reason: CancelReason;
}

export interface FillEntry extends EntryStamp {
  readonly kind: 'fill';
  readonly venueTradeId: string;
  readonly venueOrderId: string;
  readonly clientOrderId: string | null;
  readonly instrument: string;
  readonly side: Side;
  readonly price: string;
  readonly quantity: string;
  readonly liquidity: Liquidity;
  readonly fee: string;
  readonly feeAsset: string;
  /** Zero on spot. */
  readonly realizedPnl: string;
}

export type JournalEntry = TransferEntry | OrderAcceptedEntry | OrderCancelledEntry | FillEntry;

type WithoutStamp<Entry> = Entry extends JournalEntry ? Omit<Entry, 'sequence' | 'timeMs'> : never;
export type JournalFact = WithoutStamp<JournalEntry>;
