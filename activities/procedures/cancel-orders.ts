/**
 * Cancelling exactly our orders at one account, conditional ones too; those that protect what is held
 * stay where that is asked for.
 *
 * Invariants: only orders that are ours are touched, and of them only those that were listed, where there
 * is a list; the lease is asked before each cancel; who gives up returns when nothing of it is on its way; what rows of others lack keeps no order of ours from
 * being cancelled, and each that is not understood is named; a cancel of unknown outcome is never sent again
 * before the venue has been read, and what became of it is looked up; nothing is said to be gone
 * unless two readings apart in time show none of ours; a reading or a look-up that fails is tried
 * again for a while, and then its orders count as left, because they are not known to be gone.
 */
import pMap from 'p-map';
import { whyWords } from '../../workflows/domain/books/fault-words.js';
import { isUnnamed } from '../../workflows/domain/orders/names.js';
import { namedOrderKey } from '../../workflows/domain/books/keys.js';
import type { Order } from '../../workflows/domain/books/state.js';
import { faultOf, isFailure } from '../errors.js';
import type { OpenOrders, OrderName, VenueAccount } from '../ports.js';
import type { Cancelled } from './cancelled.js';
import { chooseOwn, type Chosen, type Ownership } from './own-orders.js';
import { endsAttempt } from './lease.js';
import { partByList, type Listed, type Parted } from './listed-orders.js';
import { PATIENCE, patiently, type WaitingPace, type WritingPace } from './patiently.js';

const ROUNDS = 6;
const EMPTY_READINGS = 2;
/** So many cancels are on their way at once. */
export const CANCELS_AT_ONCE = 8;
/** What a dying engine sent may arrive meanwhile, and some venues cancel a little later. */
const PAUSE_MS = 1_500;

/** A round more than these where the last reading is the first to show none. */
function inTime(round: number, empty: number): boolean {
  return empty < EMPTY_READINGS && (round < ROUNDS || empty > 0);
}

export async function cancelOwnOrders(
  account: VenueAccount,
  ownership: Ownership,
  pace: WritingPace,
  listed: Listed | null = null,
): Promise<Cancelled> {
  const notes: Notes = { seen: new Map(), accepted: new Set(), trouble: new Set() };
  for (const order of listed?.orders ?? []) notes.seen.set(namedOrderKey(order), order);
  const open = await untilNoneRests(account, { ownership, listed }, { pace, notes });
  const left = open?.unread.length === 0 ? new Set(open.due.map(namedOrderKey)) : null;
  const ends = await endsOf(account, left, { pace, notes });
  for (const why of open?.unread ?? []) notes.trouble.add(why);
  return {
    venue: account.venue,
    ...ends,
    ...toldOf(open),
    unseen: account.blindSpots,
    trouble: [...notes.trouble],
    verified: left !== null,
  };
}

/** At one reading. */
interface Open extends Omit<Chosen, 'toCancel'>, Parted {}

const NOTHING_ELSE = { protective: [], others: [], notUnderstood: [], doubtful: 0, unread: [] };

/** What the last reading found; null where it failed. */
async function untilNoneRests(
  account: VenueAccount,
  { ownership, listed }: { ownership: Ownership; listed: Listed | null },
  { pace, notes }: Writing,
): Promise<Open | null> {
  const read = async (): Promise<Open | null> => {
    const found = await readOpen(account, pace, notes);
    if (found === null) return null;
    const { toCancel, ...rest } = chooseOwn(account, found, ownership);
    return { ...rest, ...partByList(toCancel, listed) };
  };
  const known = fromList(listed);
  const look = async (round: number) => (round === 0 ? known : null) ?? read();
  let open: Open | null = null;
  for (let round = 0, empty = 0; inTime(round, empty); round += 1) {
    if (round > 0) await pace.sleep(PAUSE_MS);
    open = await look(round);
    if (open === null) break;
    const { due } = open;
    empty = isEmpty(open) ? empty + 1 : 0;
    for (const order of due) notes.seen.set(namedOrderKey(order), order);
    if (round < ROUNDS - 1) await cancelAll(account, due, { pace, notes });
    if (isAllThatWasListed(open)) break;
  }
  return open;
}

/** A list that nobody has acted on is as good as a reading; null where there is none. */
function fromList(listed: Listed | null): Open | null {
  return listed?.fresh === true ? { ...NOTHING_ELSE, due: [...listed.orders], unlisted: [] } : null;
}

function isEmpty({ due, unread }: Open): boolean {
  return due.length === 0 && unread.length === 0;
}

/** What is left of ours is for whoever made the list to list. */
function isAllThatWasListed(open: Open): boolean {
  return isEmpty(open) && open.unlisted.length > 0;
}

/** Ours to cancel, as they are open now; null where the venue could not be read. */
export async function ownOrders(
  account: VenueAccount,
  ownership: Ownership,
  pace: WaitingPace,
): Promise<{ orders: (Order | OrderName)[] | null; trouble: string[] }> {
  const notes: Notes = { seen: new Map(), accepted: new Set(), trouble: new Set() };
  const found = await readOpen(account, pace, notes);
  const chosen = found && chooseOwn(account, found, ownership);
  const trouble = [...notes.trouble, ...(chosen?.unread ?? [])];
  return { orders: chosen?.toCancel ?? null, trouble };
}

function toldOf(open: Open | null) {
  const { others = [], protective = [], notUnderstood = [], doubtful = 0 } = open ?? {};
  const unlisted = open?.unlisted ?? [];
  const unnamed = others.filter(isUnnamed).map(({ clientOrderId }) => clientOrderId);
  return {
    others,
    ofOthers: others.length,
    unnamed,
    unlisted,
    protective,
    notUnderstood,
    doubtful,
  };
}

interface Notes {
  /** Every order of ours that was open at some reading, by both of its names. */
  seen: Map<string, Order | OrderName>;
  /** Keys of orders whose cancel the venue took. */
  accepted: Set<string>;
  trouble: Set<string>;
}

/** Null where the venue could not be read, however often it was asked. */
async function readOpen(
  account: VenueAccount,
  pace: WaitingPace,
  { trouble }: Notes,
): Promise<OpenOrders | null> {
  const onFailure = (failure: Error) => void trouble.add(whyWords(faultOf(failure, account.venue)));
  try {
    return await patiently(() => account.readOpenOrders(), PATIENCE.stopping, {
      ...pace,
      onFailure,
    });
  } catch (error) {
    if (!isFailure(error)) throw error;
    return null;
  }
}

interface Work {
  pace: WaitingPace;
  notes: Notes;
}

interface Writing extends Work {
  pace: WritingPace;
}

async function cancelAll(
  account: VenueAccount,
  orders: readonly OrderName[],
  { pace, notes }: Writing,
): Promise<void> {
  let ended: { by: unknown } | null = null;
  const cancel = async (order: OrderName) => {
    if (ended !== null) return;
    try {
      pace.signal?.throwIfAborted();
      pace.beat();
      await cancelOne(account, order, { pace, notes });
    } catch (error) {
      ended ??= { by: error };
    }
  };
  await pMap(orders, cancel, { concurrency: CANCELS_AT_ONCE });
  throwWhatEnded(ended);
}

function throwWhatEnded(ended: { by: unknown } | null): void {
  if (ended !== null) throw ended.by;
}

async function cancelOne(
  account: VenueAccount,
  order: OrderName,
  { pace: { lease }, notes }: Writing,
): Promise<void> {
  await lease.beforeWrite();
  try {
    await account.cancel(order, lease);
    notes.accepted.add(namedOrderKey(order));
  } catch (error) {
    // Ambiguous or refused: the next reading tells whether the order is still there.
    if (!isFailure(error) || endsAttempt(error)) throw error;
    notes.trouble.add(whyWords(faultOf(error, account.venue)));
  }
}

type Ends = Pick<Cancelled, 'cancelled' | 'filledOrGone' | 'left'>;

/** `left`: keys of what is still open; null where that is not known. */
async function endsOf(
  account: VenueAccount,
  left: ReadonlySet<string> | null,
  { pace, notes }: Work,
): Promise<Ends> {
  const ends: Ends = { cancelled: [], filledOrGone: [], left: [] };
  const tell = async ([key, order]: [string, OrderName | Order]) => {
    ends[await endOf(key, order)].push(order.clientOrderId);
  };
  const endOf = async (key: string, order: OrderName | Order): Promise<keyof Ends> => {
    if (left?.has(key) === true) return 'left';
    if (notes.accepted.has(key)) return 'cancelled';
    return left === null ? 'left' : vanished(account, order, { pace, notes });
  };
  await pMap(notes.seen, tell, { concurrency: CANCELS_AT_ONCE });
  return ends;
}

/** Of an order that vanished without a word on its cancel. */
async function vanished(
  account: VenueAccount,
  order: OrderName | Order,
  { pace, notes }: Work,
): Promise<keyof Ends> {
  // Of a row that was not understood too little is known to look it up.
  if (!('side' in order)) return 'left';
  try {
    const found = await patiently(() => account.lookUp(order), PATIENCE.asking, pace);
    pace.beat();
    if (found.outcome === 'unreadable') notes.trouble.add(whyWords(found.why));
    if (found.outcome === 'unreadable' || found.outcome === 'found') return 'left';
    const isCancelled = found.outcome === 'closed' && found.status === 'cancelled';
    return isCancelled ? 'cancelled' : 'filledOrGone';
  } catch (error) {
    if (!isFailure(error)) throw error;
    notes.trouble.add(whyWords(faultOf(error, account.venue)));
    return 'left';
  }
}
