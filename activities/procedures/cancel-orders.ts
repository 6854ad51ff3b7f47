/**
 * Cancelling exactly our orders at one account, conditional ones too.
 *
 * Invariants: only orders that are ours are touched; a cancel of unknown outcome is never sent again
 * before the venue has been read, and what became of it is looked up; nothing is said to be gone
 * unless two readings apart in time show none of ours; a reading that fails is tried again for a
 * while, and then what is left is said to be unknown.
 */
import pMap from 'p-map';
import { whyWords } from '../../workflows/domain/books/fault-words.js';
import { isOursByName, isUnnamed } from '../../workflows/domain/orders/names.js';
import { orderKey, venueOrderKey } from '../../workflows/domain/books/keys.js';
import type { Order } from '../../workflows/domain/books/state.js';
import { faultOf, isFailure } from '../errors.js';
import type { VenueAccount } from '../ports.js';
import { PATIENCE, patiently, type WaitingPace } from './patiently.js';

/** Client ids. Every order of ours that was seen is in one of the first three. */
export interface Cancelled {
  venue: string;
  cancelled: string[];
  /** Ended before our cancel reached them, by a fill or otherwise. */
  filledOrGone: string[];
  /** Open at the last reading, or not known to be gone. */
  left: string[];
  /** Open and not ours by client id: not touched. */
  ofOthers: number;
  /** Of these, ones without any client id: whose they are cannot be told. */
  unnamed: string[];
  /** What of this account no reading can see. */
  unseen: readonly string[];
  trouble: string[];
  /** False where the last reading failed: others of ours may be left too. */
  verified: boolean;
}

/** Which orders are ours. `known`: what `ownedBy` makes of an engine's own book. */
export interface Ownership {
  prefix: string;
  known?: ReadonlySet<string>;
}

const ROUNDS = 6;
const EMPTY_READINGS = 2;
const CONCURRENCY = 8;
/** What a dying engine sent may arrive meanwhile, and some venues cancel a little later. */
const PAUSE_MS = 1_500;

/** The mark keeps an id of the venue from being taken for a client id. */
const venueKey = (order: Order) => `#${venueOrderKey(order)}`;

/** What an engine's own book tells to be ours, whatever the client ids. */
export function ownedBy(orders: readonly Order[]): Set<string> {
  return new Set(
    orders.flatMap((order) => [
      orderKey(order),
      ...(order.venueOrderId === null ? [] : [venueKey(order)]),
    ]),
  );
}

function isOurs(order: Order, { prefix, known }: Ownership): boolean {
  if (isOursByName(order, prefix)) return true;
  return known !== undefined && (known.has(orderKey(order)) || known.has(venueKey(order)));
}

/** A round more than these where the last reading is the first to show none. */
function inTime(round: number, empty: number): boolean {
  return empty < EMPTY_READINGS && (round < ROUNDS || empty > 0);
}

export async function cancelOwnOrders(
  account: VenueAccount,
  ownership: Ownership,
  pace: WaitingPace,
): Promise<Cancelled> {
  const notes: Notes = { seen: new Map(), accepted: new Set(), trouble: new Set() };
  const oursOf = (open: readonly Order[]) => open.filter((order) => isOurs(order, ownership));
  let open: Order[] | null = null;
  for (let round = 0, empty = 0; inTime(round, empty); round += 1) {
    if (round > 0) await pace.sleep(PAUSE_MS);
    open = await readOpen(account, pace, notes);
    if (open === null) break;
    const ours = oursOf(open);
    empty = ours.length === 0 ? empty + 1 : 0;
    const isLast = round >= ROUNDS - 1;
    for (const order of ours) notes.seen.set(orderKey(order), order);
    if (!isLast) await cancelAll(account, ours, { pace, notes });
  }
  const left = open && new Set(oursOf(open).map(orderKey));
  return {
    venue: account.venue,
    ...(await endsOf(account, notes, left)),
    ...othersIn(open ?? [], ownership),
    unseen: account.blindSpots,
    trouble: [...notes.trouble],
    verified: open !== null,
  };
}

interface Notes {
  /** Every order of ours that was open at some reading, by its key. */
  seen: Map<string, Order>;
  /** Keys of orders whose cancel the venue took. */
  accepted: Set<string>;
  trouble: Set<string>;
}

/** Null where the venue could not be read, however often it was asked. */
async function readOpen(
  account: VenueAccount,
  pace: WaitingPace,
  { trouble }: Notes,
): Promise<Order[] | null> {
  const onFailure = (failure: Error) => void trouble.add(whyWords(faultOf(failure, account.venue)));
  try {
    return await patiently(() => account.openOrders(), PATIENCE.stopping, { ...pace, onFailure });
  } catch (error) {
    if (!isFailure(error)) throw error;
    return null;
  }
}

async function cancelAll(
  account: VenueAccount,
  orders: readonly Order[],
  { pace, notes }: { pace: WaitingPace; notes: Notes },
): Promise<void> {
  const cancel = (order: Order) => {
    pace.beat();
    return cancelOne(account, order, notes);
  };
  await pMap(orders, cancel, { concurrency: CONCURRENCY });
}

async function cancelOne(account: VenueAccount, order: Order, notes: Notes): Promise<void> {
  try {
    await account.cancel(order);
    notes.accepted.add(orderKey(order));
  } catch (error) {
    // Ambiguous or refused: the next reading tells whether the order is still there.
    if (!isFailure(error)) throw error;
    notes.trouble.add(whyWords(faultOf(error, account.venue)));
  }
}

type Ends = Pick<Cancelled, 'cancelled' | 'filledOrGone' | 'left'>;

/** `left`: keys of what is still open; null where that is not known. */
async function endsOf(
  account: VenueAccount,
  { seen, accepted }: Notes,
  left: ReadonlySet<string> | null,
): Promise<Ends> {
  const ends: Ends = { cancelled: [], filledOrGone: [], left: [] };
  for (const [key, order] of seen) {
    const { clientOrderId } = order;
    if (left?.has(key) === true) ends.left.push(clientOrderId);
    else if (accepted.has(key)) ends.cancelled.push(clientOrderId);
    else if (left === null) ends.left.push(clientOrderId);
    else ends[await endOf(account, order)].push(clientOrderId);
  }
  return ends;
}

/** Of an order that vanished without a word on its cancel. */
async function endOf(account: VenueAccount, order: Order): Promise<'cancelled' | 'filledOrGone'> {
  try {
    const found = await account.lookUp(order);
    const isCancelled = found.outcome === 'closed' && found.status === 'cancelled';
    return isCancelled ? 'cancelled' : 'filledOrGone';
  } catch (error) {
    if (!isFailure(error)) throw error;
    return 'filledOrGone';
  }
}

function othersIn(open: readonly Order[], ownership: Ownership) {
  const others = open.filter((order) => !isOurs(order, ownership));
  const unnamed = others.filter(isUnnamed).map(({ clientOrderId }) => clientOrderId);
  return { ofOthers: others.length, unnamed };
}

export function isClear({ left, verified }: Cancelled): boolean {
  return verified && left.length === 0;
}

const SHOWN = 5;

/** One line for people, after the venue's name. */
export function describeCancelled(done: Cancelled): string {
  const { cancelled, filledOrGone, left, ofOthers, unnamed, unseen, trouble, verified } = done;
  const count = (ids: readonly string[], what: string) =>
    ids.length === 0 ? [] : [`${ids.length} ${what}${named(ids)}`];
  const unknown = verified ? '' : ' at least, the venue could not be read at the end';
  return [
    `${cancelled.length} cancelled`,
    ...count(filledOrGone, 'filled or gone before that'),
    `${left.length} left${named(left)}${unknown}`,
    ...(ofOthers === 0 ? [] : [`${ofOthers} of others untouched`]),
    ...count(unnamed, 'of them without a client id'),
    ...unseen.map((what) => `NOT SEEN: ${what}`),
  ]
    .join(', ')
    .concat(trouble.length === 0 ? '' : ` (${trouble.join(', ')})`);
}

function named(ids: readonly string[]): string {
  if (ids.length === 0) return '';
  const more = ids.length > SHOWN ? ` and ${ids.length - SHOWN} more` : '';
  return `: ${ids.slice(0, SHOWN).join(', ')}${more}`;
}
