/**
 * What the venues say, read at one time. A venue that could not be read is `unreadable`, and its
 * part of the truth is unknown: it is never taken for flat.
 */
import { z } from 'zod';
import type { InstrumentSpecs } from './instruments.js';
import { specKey } from './keys.js';
import { Why } from './read-fault.js';
import { Balance, CashFlow, DecimalText, Fill, InstrumentSpec, Order, Position } from './state.js';

/**
 * `parts`: of the total, what the venue keeps in wallets of other names and spends from by itself.
 */
const VenueBalance = Balance.extend({ parts: z.record(z.string(), DecimalText).optional() });
export type VenueBalance = z.infer<typeof VenueBalance>;

/** `wallet`: the other name, where it moved such a part. */
const VenueFlow = CashFlow.extend({ wallet: z.string().optional() });
export type VenueFlow = z.infer<typeof VenueFlow>;

/**
 * `marks`: instrument → price in the quote currency; absent where none could be had. `gaps`: what
 * this reading cannot know, such as fills older than the venue keeps: one sentence each, or a fault.
 * `cashFlows` null: not asked for, or the venue tells none.
 */
export const ReadableVenue = z.object({
  readable: z.literal(true),
  venue: z.string(),
  account: z.string(),
  positions: z.array(Position),
  balances: z.array(VenueBalance),
  orders: z.array(Order),
  fills: z.array(Fill),
  cashFlows: z.array(VenueFlow).nullable(),
  instruments: z.array(InstrumentSpec),
  marks: z.record(z.string(), DecimalText),
  gaps: z.array(Why),
  /** Asset → the one that it is, bonded or lent out: priced as that, and no balance of it. */
  sameAs: z.record(z.string(), z.string()).optional(),
  /** It holds positions that have no name of ours: one that it does not list may be among them. */
  unnamedPositions: z.boolean().optional(),
  /** When the reading that stands began; missing in artifacts of earlier versions. */
  readFromMs: z.number().int().optional(),
  /** Key of a position or balance → when it stood so, by the venue's own word; only where it has one. */
  toldAtMs: z.record(z.string(), z.number().int()).optional(),
  /** How far the reader's clock was ahead of the venue's; missing where they agree, or nobody knows. */
  clockAheadMs: z.number().int().optional(),
});
export type ReadableVenue = z.infer<typeof ReadableVenue>;

export const UnreadableVenue = z.object({
  readable: z.literal(false),
  venue: z.string(),
  account: z.string(),
  why: Why,
});

export const VenueTruth = z.discriminatedUnion('readable', [ReadableVenue, UnreadableVenue]);
export type VenueTruth = z.infer<typeof VenueTruth>;

export const Snapshot = z.object({ takenAtMs: z.number().int(), venues: z.array(VenueTruth) });
export type Snapshot = z.infer<typeof Snapshot>;

/**
 * `takenAtMs`: before the first of these was read, so that whoever goes on from there, by fills or
 * cash flows, leaves out nothing that came while another venue kept us waiting.
 */
export function snapshotOf(venues: VenueTruth[], nowMs: number): Snapshot {
  const began = venues.flatMap((venue) => (venue.readable ? (venue.readFromMs ?? []) : []));
  return { takenAtMs: Math.min(nowMs, ...began), venues };
}

export function readableVenues(snapshot: Snapshot): ReadableVenue[] {
  return snapshot.venues.filter((venue) => venue.readable);
}

export function unreadableVenues(snapshot: Snapshot): z.infer<typeof UnreadableVenue>[] {
  return snapshot.venues.filter((venue) => !venue.readable);
}

export function specsOf(snapshot: Snapshot): InstrumentSpecs {
  return new Map(
    readableVenues(snapshot).flatMap(({ venue, instruments }) =>
      instruments.map((spec) => [specKey({ venue, instrument: spec.instrument }), spec] as const),
    ),
  );
}
