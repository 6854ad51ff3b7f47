/**
 * What the admin API takes and gives.
 *
 * Invariant: server and client share these shapes, and every message of a refused body names the
 * field, the value and what to send instead.
 */
import { z } from 'zod';
import { VENUE_STATUSES } from '../desk.js';
import { ENDPOINTS } from '../http/endpoints.js';
import { EVERY_ENDPOINT, FAULT_KINDS, FAULT_STATUSES, type TouchedFault } from '../http/faults.js';
import type { ReadCounts, RequestTally, WriteRecord } from '../http/request-log.js';
import type { VenueId } from '../instruments.js';
import type {
  CashFlowKind,
  JournalEntry,
  OrderType,
  PositionMode,
  PositionSide,
  Side,
  TriggerTerms,
} from '../ledger/journal.js';
import type { OrderStatus } from '../ledger/state.js';
import { choice, name, natural, positive, underlying, venue } from './fields.js';

export * from './ledger-bodies.js';

export const PriceBody = z.strictObject({ underlying, price: positive });
export const VolatilityBody = z.strictObject({
  underlying,
  value: z
    .number({ error: 'send a number, the deviation of one-minute returns, such as 0.0003' })
    .min(0, { error: 'send zero or more' })
    .max(1, { error: 'send at most 1' }),
});
/** Null for the venue's own. Coinbase alone says with each page whether there is another. */
export const PageSizeBody = z.strictObject({
  venue: z.literal('coinbase', { error: 'send coinbase' }),
  rows: natural.min(1, { error: 'send one or more' }).nullable(),
});
export const StatusBody = z.strictObject({ venue, status: choice(VENUE_STATUSES) });
/** What the venue tells of its key; what the key is refused does not change. */
export const KeyRightsBody = z.strictObject({
  venue,
  trade: z.boolean({ error: 'send true or false' }),
  withdraw: z.boolean({ error: 'send true or false' }),
});
export const FaultBody = z.strictObject({
  venue,
  endpoint: choice([...ENDPOINTS, EVERY_ENDPOINT]),
  kind: choice(FAULT_KINDS),
  count: natural.optional(),
  after: natural.optional(),
  probability: z
    .number({ error: 'send a number, the chance of a hit, such as 0.1' })
    .gt(0, { error: 'send more than zero' })
    .max(1, { error: 'send at most 1' })
    .optional(),
  seed: name.optional(),
  afterEffect: z.boolean({ error: 'send true or false' }).optional(),
  retryAfterS: natural.optional(),
  status: z
    .literal(FAULT_STATUSES, { error: `send one of ${FAULT_STATUSES.join(', ')}` })
    .optional(),
  delayMs: natural.optional(),
  ageMs: natural.optional(),
  skewMs: z.int({ error: 'send milliseconds, negative for a clock that is behind' }).optional(),
});

export type PriceBody = z.input<typeof PriceBody>;
export type VolatilityBody = z.input<typeof VolatilityBody>;
export type PageSizeBody = z.input<typeof PageSizeBody>;
export type StatusBody = z.input<typeof StatusBody>;
export type KeyRightsBody = z.input<typeof KeyRightsBody>;
export type FaultBody = z.input<typeof FaultBody>;

interface BalanceView {
  total: string;
  free: string;
  used: string;
}

interface PositionView {
  instrument: string;
  side: PositionSide;
  /** Signed. */
  quantity: string;
  averagePrice: string;
}

export interface OrderView {
  venueOrderId: string;
  clientOrderId: string | null;
  instrument: string;
  side: Side;
  type: OrderType;
  price: string | null;
  quantity: string;
  filled: string;
  positionSide: PositionSide;
  reduceOnly: boolean;
  /** The whole position is to be closed; the quantity is zero. */
  closePosition: boolean;
  trigger: TriggerTerms | null;
  status: OrderStatus;
}

export interface OrderOutcome extends OrderView {
  parentOrderId: string | null;
  /** Why it expired or was rejected. */
  endReason: string | null;
}

interface CashFlowView {
  id: string;
  flow: CashFlowKind;
  asset: string;
  amount: string;
  instrument: string | null;
  timeMs: number;
}

export interface VenueLedgerView {
  balances: Readonly<Record<string, BalanceView>>;
  positionMode: PositionMode;
  positions: readonly PositionView[];
  /** All that may still trade; those with status `untriggered` wait for their trigger. */
  openOrders: readonly OrderView[];
  cashFlows: readonly CashFlowView[];
}

export interface LedgerView {
  sequence: number;
  /** The time it is read as of. */
  timeMs: number;
  venues: Readonly<Record<VenueId, VenueLedgerView>>;
}

export interface FaultsView {
  /** Those that would still touch a request. */
  left: readonly FaultBody[];
  /** All since the last clearing. */
  touched: readonly TouchedFault[];
}

export interface JournalView {
  entries: readonly JournalEntry[];
}

export interface RequestsView {
  writes: readonly WriteRecord[];
  reads: Readonly<Record<VenueId, ReadCounts>>;
  tallies: Readonly<Record<VenueId, RequestTally>>;
}
