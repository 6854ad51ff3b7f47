/** How an order that was alive at the crash ended: what histories count and artifacts keep of it. */
import { z } from 'zod';
import { DecimalText } from '../books/state.js';

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
  'unknown',
] as const;
export type ResolutionKind = (typeof RESOLUTIONS)[number];

/** `asks`: a person is to say whether this foreign order is adopted. */
export const Resolution = z.object({
  kind: z.enum(RESOLUTIONS),
  venue: z.string(),
  account: z.string(),
  instrument: z.string(),
  clientOrderId: z.string(),
  venueOrderId: z.string().nullable(),
  quantity: DecimalText,
  filledBefore: DecimalText,
  filledNow: DecimalText,
  note: z.string(),
  asks: z.literal(true).optional(),
});
export type Resolution = z.infer<typeof Resolution>;

export function countResolutions(
  resolutions: readonly Resolution[],
): Record<ResolutionKind, number> {
  const counts = Object.fromEntries(RESOLUTIONS.map((kind) => [kind, 0]));
  for (const { kind } of resolutions) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts as Record<ResolutionKind, number>;
}
