/** What came of cancelling at one account, and how it is told. */
import { shortened } from '../../workflows/domain/content/shortened.js';
import type { Order } from '../../workflows/domain/books/state.js';
import type { OrderName } from '../ports.js';

/** Client ids. Every order of ours that was seen is in one of the first three. */
export interface Cancelled {
  venue: string;
  cancelled: string[];
  /** Ended before our cancel reached them, by a fill or otherwise. */
  filledOrGone: string[];
  /** Open at the last reading, or not known to be gone. */
  left: string[];
  /** Ours, open and not on the list: not touched, and not known when it was made. */
  unlisted: (Order | OrderName)[];
  /** Ours, and left in the market because they protect what is held: what each is, in words. */
  protective: string[];
  /** Rows of the open list that could not be understood, each with its instrument and id. */
  notUnderstood: string[];
  /** How many of these may be ours for all that can be told. */
  doubtful: number;
  /** Open and not ours by client id: not touched. */
  others: readonly Order[];
  ofOthers: number;
  /** Of these, ones without any client id: whose they are cannot be told. */
  unnamed: string[];
  /** What of this account no reading can see. */
  unseen: readonly string[];
  trouble: string[];
  /** False where the last reading failed: others of ours may be left too. */
  verified: boolean;
}

/** Nothing of ours rests there but what protects, as far as can be told of every order. */
export function isClear({ left, unlisted, verified, unnamed, doubtful }: Cancelled): boolean {
  const nothingLeft = left.length === 0 && unlisted.length === 0;
  return verified && nothingLeft && unnamed.length === 0 && doubtful === 0;
}

const SHOWN = 5;

/** One line for people, after the venue's name. */
export function describeCancelled(done: Cancelled): string {
  const { cancelled, filledOrGone, left, ofOthers, unnamed, unseen, trouble, verified } = done;
  const { protective, notUnderstood, doubtful, unlisted } = done;
  const count = (ids: readonly string[], what: string) =>
    ids.length === 0 ? [] : [`${ids.length} ${what}${named(ids)}`];
  const unknown = verified ? '' : ' at least, the venue could not be read at the end';
  return [
    `${cancelled.length} cancelled`,
    ...count(filledOrGone, 'filled or gone before that'),
    `${left.length} left${named(left)}${unknown}`,
    ...count(
      unlisted.map(({ clientOrderId }) => clientOrderId),
      'more have arrived',
    ),
    ...(ofOthers === 0 ? [] : [`${ofOthers} of others untouched`]),
    ...count(unnamed, 'of them without a client id, WHOSE THEY ARE CANNOT BE TOLD'),
    ...count(protective, 'protective left in the market'),
    ...count(notUnderstood, 'not understood'),
    ...(doubtful === 0 ? [] : [`${doubtful} OF THEM MAY BE OURS`]),
    ...unseen.map((what) => `NOT SEEN: ${what}`),
  ]
    .join(', ')
    .concat(trouble.length === 0 ? '' : ` (${trouble.join(', ')})`);
}

function named(ids: readonly string[]): string {
  if (ids.length === 0) return '';
  return `: ${shortened(ids, SHOWN).join(', ')}`;
}
