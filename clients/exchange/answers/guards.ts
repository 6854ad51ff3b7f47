/**
 * What no row of a venue is believed in, whoever reads it: each rule once, for every adapter.
 *
 * Invariants: zero is "not told" where a price is meant; a size beside a side has no sign; a stop of a
 * whole position has the quantity 0 and only reduces; a word that a venue puts where a client id
 * belongs is none; a word that nobody has read is refused by name, never taken for another.
 */
import { nameWithoutClientId } from '../../../workflows/domain/orders/names.js';
import { exceeds, negate } from '../../../workflows/domain/numbers/decimal.js';
import type { Fill } from '../../../workflows/domain/books/state.js';
import { OurWords } from './own-words.js';
import { contradicts, foreignWord, lacking, number, text, type RowKind } from './rows.js';

/** What kind of row it is stands in a word that nobody has read. */
export class UnreadWord extends OurWords {}

/** What venues write for "none", and gate for "by hand" and "by the API". */
const NO_CLIENT_ID = new Set(['', '0', 'web', 'api', 'apiv4', 'app']);

export function isClientId(value: unknown): value is string {
  return typeof value === 'string' && !NO_CLIENT_ID.has(value);
}

/** An order that was placed without a client id is named by the venue's. */
export function orderName(clientId: unknown, venueOrderId: string): string {
  return isClientId(clientId) ? clientId : nameWithoutClientId(venueOrderId);
}

/** Null where no price is told; one below zero is, at the venues that have such. */
export function priceOf(value: unknown): string | null {
  const price = text(value);
  return price === '0' ? null : price;
}

/** As terms of an order that closes all of a position, however large that will be. */
export const WHOLE_POSITION = { quantity: '0', reduceOnly: true } as const;

/** Of an order or a fill: its side says which way it goes, and one with a sign as well says two things. */
export function unsigned(kind: RowKind, field: string, value: unknown): string {
  const size = number(kind, field, value);
  if (exceeds('0', size)) throw contradicts(`${kind}s`);
  return size;
}

/** Signed. `size`: canonical text, as its row tells it beside the side. */
export function sizeOn(side: unknown, size: string): string {
  if (size === '0') return size;
  if (side !== 'long' && side !== 'short') throw lacking('position', 'side');
  if (exceeds('0', size)) throw contradicts('positions');
  return side === 'short' ? negate(size) : size;
}

/** What a word of a closed list of the venue's means; one that is not on it is refused by name. */
export function meaningOf<T>(
  what: { kind: RowKind; field: string },
  word: unknown,
  meanings: Readonly<Record<string, T>>,
): T {
  const given = typeof word === 'string' ? word : '';
  const meaning = Object.hasOwn(meanings, given) ? meanings[given] : undefined;
  if (meaning !== undefined) return meaning;
  const said = `${what.field} "${foreignWord(word ?? '')}" of a ${what.kind} is not known`;
  throw new UnreadWord('malformed_answer', said);
}

export type Fee = NonNullable<Fill['fee']>;

/** The one of a fill, and the others where several assets were charged; all null where none is told. */
export function feesOf(fees: readonly Fee[]): Pick<Fill, 'fee' | 'otherFees'> {
  const charged = fees.filter(({ amount }) => amount !== '0');
  const [fee = fees[0] ?? null, ...otherFees] = charged;
  return { fee, ...(otherFees.length === 0 ? {} : { otherFees }) };
}
