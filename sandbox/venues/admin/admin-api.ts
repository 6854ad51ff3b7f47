// What the admin API takes and gives. Invariant: server and client share these shapes, and every
// message of a refused body names the field, the value and what to send instead.
import { z } from 'zod';
import { VENUE_STATUSES } from '../desk.js';
import { ENDPOINTS } from '../http/endpoints.js';
import { FAULT_KINDS } from '../http/faults.js';
import type { ReadCounts, WriteRecord } from '../http/request-log.js';
import { UNDERLYINGS, VENUE_IDS, type VenueId } from '../instruments.js';
import type { JournalEntry, OrderType, Side } from '../ledger/journal.js';

function choice<const Choices extends readonly [string, ...string[]]>(choices: Choices) {
  return z.enum(choices, { error: `send one of ${choices.join(', ')}` });
}

function decimalText(pattern: RegExp, remedy: string) {
  return z.string({ error: remedy }).regex(pattern, { error: remedy });
}

const venue = choice(VENUE_IDS);
const underlying = choice(UNDERLYINGS);
const POSITIVE = /^(?!0+(?:\.0+)?$)\d+(?:\.\d+)?$/;
const positive = decimalText(POSITIVE, 'send a positive decimal as text, such as "1.5"');
const signed = decimalText(
  /^-?\d+(?:\.\d+)?$/,
  'send a decimal as text, negative to withdraw, such as "-1.5"',
);
const name = z.string({ error: 'send text' }).min(1, { error: 'send text that is not empty' });
const natural = z.int({ error: 'send a whole number' }).min(0, { error: 'send zero or more' });

const orderName = { venue, clientOrderId: name.optional(), venueOrderId: name.optional() };
const namesAnOrder = (body: { clientOrderId?: unknown; venueOrderId?: unknown }) =>
  body.clientOrderId !== undefined || body.venueOrderId !== undefined;
const nameRequired = { error: 'send venueOrderId or clientOrderId', path: ['venueOrderId'] };

export const PriceBody = z.strictObject({ underlying, price: positive });
export const VolatilityBody = z.strictObject({
  underlying,
  value: z
    .number({ error: 'send a number, the deviation of one-minute returns, such as 0.0003' })
    .min(0, { error: 'send zero or more' })
    .max(1, { error: 'send at most 1' }),
});
export const StatusBody = z.strictObject({ venue, status: choice(VENUE_STATUSES) });
export const CancelBody = z.strictObject(orderName).refine(namesAnOrder, nameRequired);
export const FillBody = z
  .strictObject({ ...orderName, quantity: positive.optional() })
  .refine(namesAnOrder, nameRequired);
export const OrderBody = z.strictObject({
  venue,
  instrument: name,
  side: choice(['buy', 'sell']),
  type: choice(['limit', 'market']).default('limit'),
  price: positive.optional(),
  quantity: positive,
  clientOrderId: name.optional(),
});
export const TransferBody = z.strictObject({ venue, asset: name, amount: signed });
export const FaultBody = z.strictObject({
  venue,
  endpoint: choice(ENDPOINTS),
  kind: choice(FAULT_KINDS),
  count: natural.optional(),
  retryAfterS: natural.optional(),
});

export type PriceBody = z.input<typeof PriceBody>;
export type VolatilityBody = z.input<typeof VolatilityBody>;
export type StatusBody = z.input<typeof StatusBody>;
export type CancelBody = z.input<typeof CancelBody>;
export type FillBody = z.input<typeof FillBody>;
export type OrderBody = z.input<typeof OrderBody>;
export type TransferBody = z.input<typeof TransferBody>;
export type FaultBody = z.input<typeof FaultBody>;

export interface BalanceView {
  readonly total: string;
  readonly free: string;
  readonly used: string;
}

export interface PositionView {
  readonly instrument: string;
  readonly side: 'net';
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
}

export interface OrderOutcome extends OrderView {
  readonly status: 'open' | 'filled' | 'cancelled';
}

export interface VenueLedgerView {
  readonly balances: Readonly<Record<string, BalanceView>>;
  readonly positions: readonly PositionView[];
  readonly openOrders: readonly OrderView[];
}

export interface LedgerView {
  readonly sequence: number;
  /** The time it is read as of. */
  readonly timeMs: number;
  readonly venues: Readonly<Record<VenueId, VenueLedgerView>>;
}

export interface JournalView {
  readonly entries: readonly JournalEntry[];
}

export interface RequestsView {
  readonly writes: readonly WriteRecord[];
  readonly reads: Readonly<Record<VenueId, ReadCounts>>;
}
