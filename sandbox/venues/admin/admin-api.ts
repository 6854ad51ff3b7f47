// What the admin API takes and gives. Invariant: server and client share these shapes, and every
// message of a refused body names the field, the value and what to send instead.
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
export type FaultBody = z.input<typeof FaultBody>;

export interface BalanceView {
  readonly total: string;
  readonly free: string;
  readonly used: string;
}

export interface PositionView {
  readonly instrument: string;
  readonly side: PositionSide;
  /** Signed. */
  readonly quantity: string;
  readonly averagePrice: string;
}

export interface OrderView {
  readonly venueOrderId: string;
  readonly clientOrderId: string | null;
  readonly instrument: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly price: string | null;
  readonly quantity: string;
  readonly filled: string;
  readonly positionSide: PositionSide;
  readonly reduceOnly: boolean;
  /** The whole position is to be closed; the quantity is zero. */
  readonly closePosition: boolean;
  readonly trigger: TriggerTerms | null;
  readonly status: OrderStatus;
}

export interface OrderOutcome extends OrderView {
  readonly parentOrderId: string | null;
  /** Why it expired or was rejected. */
  readonly endReason: string | null;
}

export interface CashFlowView {
  readonly id: string;
  readonly flow: CashFlowKind;
  readonly asset: string;
  readonly amount: string;
  readonly instrument: string | null;
  readonly timeMs: number;
}

export interface VenueLedgerView {
  readonly balances: Readonly<Record<string, BalanceView>>;
  readonly positionMode: PositionMode;
  readonly positions: readonly PositionView[];
  /** All that may still trade; those with status `untriggered` wait for their trigger. */
  readonly openOrders: readonly OrderView[];
  readonly cashFlows: readonly CashFlowView[];
}

export interface LedgerView {
  readonly sequence: number;
  /** The time it is read as of. */
  readonly timeMs: number;
  readonly venues: Readonly<Record<VenueId, VenueLedgerView>>;
}

export interface FaultsView {
  /** Those that would still touch a request. */
  readonly left: readonly FaultBody[];
  /** All since the last clearing. */
  readonly touched: readonly TouchedFault[];
}

export interface JournalView {
  readonly entries: readonly JournalEntry[];
}

export interface RequestsView {
  readonly writes: readonly WriteRecord[];
  readonly reads: Readonly<Record<VenueId, ReadCounts>>;
  readonly tallies: Readonly<Record<VenueId, RequestTally>>;
}
