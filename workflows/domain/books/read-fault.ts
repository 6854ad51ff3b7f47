/**
 * Why a venue could not be read, or did not do what was asked, as data. It travels so from the gateway
 * to whoever decides or shows it; fault-words.ts makes words of it, once, at the edge.
 *
 * Invariants: kind and subject are of closed lists; text is a code of the venue or words of ours, never
 * the text of an error, which may hold a signed address; and it is short, whatever it was made of.
 */
import { z } from 'zod';
import { plain } from '../content/plain.js';

export const FAULT_KINDS = [
  'no_answer',
  /** Maintenance, overload, faults of its own: it will pass. */
  'unavailable',
  'too_many_requests',
  /** Kept back by us: nothing reached the venue. */
  'not_sent',
  'key_refused',
  'not_permitted',
  'clock_or_nonce',
  'malformed_answer',
  /** Well-formed, and perhaps a part only. */
  'incomplete',
  /** One of its books is behind another. */
  'lagging',
  /** Well-formed, and yet it does not tell what was asked. */
  'unclear',
  /** It moved during every reading. */
  'never_still',
  'refused',
  'not_supported',
  'not_listed',
  'not_configured',
  /** Nobody has thought of this one. */
  'unexpected',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

const FINAL: ReadonlySet<FaultKind> = new Set<FaultKind>([
  'key_refused',
  'not_permitted',
  'refused',
  'not_supported',
  'not_listed',
  'not_configured',
]);

/** Asking again will not help: somebody has to change something first. */
export function isFinal(kind: FaultKind): boolean {
  return FINAL.has(kind);
}

const FAULT_SUBJECTS = [
  'open orders',
  'fills',
  'cash flows',
  'positions',
  'balances',
  'markets',
  'order look-up',
  'key rights',
  'prices',
  'candles',
  'status',
  'cancel',
  'dead-man switch',
] as const;
export type FaultSubject = (typeof FAULT_SUBJECTS)[number];

const LONGEST_CODE = 60;
const LONGEST_WORDS = 500;

export const ReadFault = z.object({
  kind: z.enum(FAULT_KINDS),
  venue: z.string(),
  /** What was asked for; null where it is about the venue as a whole. */
  what: z.enum(FAULT_SUBJECTS).nullable(),
  /** The venue's own code, or the name of the class of an error that has none. */
  code: z.string().max(LONGEST_CODE).nullable(),
  /** Words of ours that say more than the kind. */
  words: z.string().max(LONGEST_WORDS).nullable(),
});
export type ReadFault = z.infer<typeof ReadFault>;

/** Text in artifacts and histories of earlier versions, and where a venue's words are ours already. */
export const Why = z.union([z.string(), ReadFault]);
export type Why = z.infer<typeof Why>;

/** Cuts what is too long, and what a terminal would obey. */
export function readFault(
  fault: Pick<ReadFault, 'kind' | 'venue'> & Partial<ReadFault>,
): ReadFault {
  const { kind, venue, what = null, code = null, words = null } = fault;
  return {
    kind,
    venue,
    what,
    code: code === null ? null : plain(code, LONGEST_CODE),
    words: words === null ? null : plain(words, LONGEST_WORDS),
  };
}
