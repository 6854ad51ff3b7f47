/** What activities need of the venues, and of the attempt in which they write there. */
import type { VenueBalance, VenueFlow } from '../workflows/domain/books/snapshot.js';
import type { Fill, InstrumentSpec, Order, Position } from '../workflows/domain/books/state.js';
import type { LookUp } from '../workflows/domain/orders/fate/recovery.js';
import type { KeyRights } from '../workflows/domain/readiness/key-rights.js';
import type { MarketStatus } from '../workflows/domain/policy/market.js';

/**
 * What an attempt asks before each write. Temporal may give it up, and begin another elsewhere, while
 * this process stands still; who acts for a person, in no activity, has one that always holds.
 */
export interface Lease {
  /**
   * Fails where nothing may be written any more: `AttemptGivenUp`, `StaleEpoch`, or as the attempt was
   * called off.
   */
  beforeWrite(): Promise<void>;
  /** For how long a write that is sent now may still arrive, by a clock that nobody sets; at 0 it may not be sent. */
  leftMs(): number;
}

/** A row that no state of ours could hold: of what it is, as the venue names it, and why, in words. */
export interface RowApart {
  instrument: string;
  why: string;
}

/** Rows since the time asked for, or since `fromMs` where the venue does not go back that far. */
export interface History<Row> {
  rows: Row[];
  fromMs: number;
  /** Rows that were left apart; none where this is left out. */
  apart?: RowApart[];
  /** What is not sure of the rows, one sentence each. */
  doubts?: string[];
}

/** What it takes to name an order at its venue. */
export type OrderName = Pick<
  Order,
  'venue' | 'account' | 'instrument' | 'clientOrderId' | 'venueOrderId' | 'conditional'
>;

/** A row of an open list, as far as it can be told. Names are the venue's own, null where untold. */
export interface RowNotUnderstood {
  instrument: string | null;
  id: string | null;
  clientId: string | null;
  /** It waits for a trigger. */
  conditional: boolean;
  /** It says that it waits for a trigger and can only close. */
  protective: boolean;
  /** Without any content of the row. */
  why: string;
}

/** What rests at an account, as far as it can be read: for stopping, which must not wait for the rest. */
export interface OpenOrders {
  orders: Order[];
  /** Those of `orders` that protect what is held. */
  protective: ReadonlySet<Order>;
  notUnderstood: RowNotUnderstood[];
  /** Why lists of it could not be read at all; never all of them. */
  unread: string[];
}

/** Whether a row that no state of ours could hold may be left apart; it is asked of each, once. */
export type MayLeave<Row> = (row: Row) => boolean;

/** `toldAtMs`: when it stood so, by the venue's own word and clock; missing where it has none. */
export type Dated<Row> = Row & { toldAtMs?: number };

/**
 * One account at one venue. Reads fail with `VenueUnreadable` (try again) or `VenueRefused`
 * (will not help); an empty answer is returned only from a well-formed envelope.
 */
export interface VenueAccount {
  venue: string;
  account: string;
  instruments: readonly string[];
  /** What no read of this account can see, in words; complete once a read has succeeded. */
  blindSpots: readonly string[];
  /**
   * Every resting order of the account, blind spots apart; conditional ones too, of whomever. A row
   * that is not understood fails the reading, unless it may be left.
   */
  openOrders(mayLeave?: MayLeave<RowNotUnderstood>): Promise<Order[]>;
  /** As `openOrders`, each row and each list on its own: what is not understood is told beside the rest. */
  readOpenOrders(): Promise<OpenOrders>;
  /** Of the configured instruments and of these others, where the venue asks for names. */
  fillsSince(sinceMs: number, others?: readonly string[]): Promise<History<Fill>>;
  /** Null where the venue tells none. */
  cashFlowsSince(sinceMs: number): Promise<History<VenueFlow> | null>;
  positions(mayLeave?: MayLeave<RowApart>): Promise<Dated<Position>[]>;
  balances(): Promise<Dated<VenueBalance>[]>;
  /** How far this host's clock is ahead of the venue's; null where they differ by what nobody can tell. */
  clockAheadMs?(): number | null;
  /** When a reading that nobody waits for may begin, by what is spare of the request budget; 0: now. */
  spareInMs?(): Promise<number>;
  /** What its key may do, by the venue's own word; null, or left out, where it tells none. */
  keyRights?(): Promise<KeyRights | null>;
  /** Of these assets, those that are another one in another wallet; none where this is left out. */
  sameAs?(assets: readonly string[]): Promise<Record<string, string>>;
  /** Of the configured instruments and of these others; from the markets, no request of its own. */
  instrumentSpecs(others?: readonly string[]): Promise<InstrumentSpec[]>;
  /** Looks an order up that is not open: by client id, then in closed orders. */
  lookUp(order: Order): Promise<LookUp>;
  /**
   * Fails with `OutcomeUnknown` where the answer was ambiguous, and as the lease does. Under a lease it
   * carries the venue's own deadline, where there is one: a late request is refused there.
   */
  cancel(order: OrderName, lease?: Lease): Promise<void>;
  /** Arms the venue's dead-man switch, 0 disarms it; false where the venue has none. */
  armDeadManSwitch(timeoutMs: number, lease?: Lease): Promise<boolean>;
  /** Instrument → mark price, decimal text; of the configured instruments and of these others. */
  marks(others?: readonly string[]): Promise<Map<string, string>>;
  /** Closes of one-minute candles, oldest first, decimal text. */
  closes(instrument: string, windowMs: number): Promise<string[]>;
  /** Of each configured instrument, or of the venue as a whole where that says it all. */
  status(): Promise<MarketStatus[]>;
}

export interface Venues {
  ofEngine(engineId: string): VenueAccount[];
}
