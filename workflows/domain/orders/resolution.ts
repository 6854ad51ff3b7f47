/** How an order that was alive at the crash ended: what histories count and artifacts keep of it. */
import { z } from 'zod';
import { DecimalText, OrderSide, type Order } from '../books/state.js';

export const RESOLUTIONS = [
  'still_open',
  'partly_filled',
  'filled',
  'cancelled',
  'expired',
  'rejected',
  'never_arrived',
  'adopted',
  'foreign',
  'ended_unseen',
  'unknown',
] as const;
export type ResolutionKind = (typeof RESOLUTIONS)[number];

/**
 * `quantity` is the venue's, where it tells one. `asks`: a person is to say whether this foreign order is
 * adopted. `price`: its limit, null where it has none; with `side` and `type` missing in artifacts of earlier
 * versions, and both where its fills alone are known. `ended_unseen`: known by its fills alone. `noted`: known by the engine's journal, and not by its state.
 */
export const Resolution = z.object({
  kind: z.enum(RESOLUTIONS),
  venue: z.string(),
  account: z.string(),
  instrument: z.string(),
  clientOrderId: z.string(),
  venueOrderId: z.string().nullable(),
  side: OrderSide.optional(),
  type: z.string().optional(),
  price: DecimalText.nullable().optional(),
  quantity: DecimalText,
  filledBefore: DecimalText,
  filledNow: DecimalText,
  note: z.string(),
  asks: z.literal(true).optional(),
  noted: z.literal(true).optional(),
});
export type Resolution = z.infer<typeof Resolution>;

export function countResolutions(
  resolutions: readonly Resolution[],
): Record<ResolutionKind, number> {
  const counts = Object.fromEntries(RESOLUTIONS.map((kind) => [kind, 0]));
  for (const { kind } of resolutions) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts as Record<ResolutionKind, number>;
}

export interface Outcome {
  kind: ResolutionKind;
  before: Order;
  note: string;
}

export function resolutionOf(now: Order, { kind, before, note }: Outcome): Resolution {
  return {
    kind,
    venue: before.venue,
    account: before.account,
    instrument: before.instrument,
    clientOrderId: before.clientOrderId,
    venueOrderId: now.venueOrderId,
    side: before.side,
    type: before.type,
    price: now.price,
    quantity: now.quantity,
    filledBefore: before.filled,
    filledNow: now.filled,
    note,
  };
}
