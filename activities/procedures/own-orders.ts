/**
 * Which of the orders that rest at an account are ours to cancel: by client id, or because the engine's
 * own book has them. Those that protect what is held may stay.
 *
 * Invariants: one rule says what is ours, of rows that are not understood too; of these one that is ours
 * is cancelled by whatever name it has, and one whose owner cannot be told is never touched.
 */
import { bareOrderKey, orderKey, venueOrderKey } from '../../workflows/domain/books/keys.js';
import { plain } from '../../workflows/domain/content/plain.js';
import {
  isOursByName,
  nameWithoutClientId,
  type OrderIdPrefix,
} from '../../workflows/domain/orders/names.js';
import type { Order } from '../../workflows/domain/books/state.js';
import type { OpenOrders, OrderName, RowNotUnderstood, VenueAccount } from '../ports.js';

/** Which orders are ours. `known`: what `ownedBy` makes of an engine's own book. */
export interface Ownership {
  prefix: OrderIdPrefix;
  known?: ReadonlySet<string>;
  /** Stops that protect what is held stay; left out: they do. */
  keepProtective?: boolean;
}

/** The mark keeps an id of the venue from being taken for a client id. */
const venueKey = (order: OrderName) => `#${venueOrderKey(order)}`;
/** Of a row whose instrument has no name of ours. */
const bareKey = (order: OrderName) => `#${bareOrderKey(order)}`;

/** What an engine's own book tells to be ours, whatever the client ids. */
export function ownedBy(orders: readonly OrderName[]): Set<string> {
  return new Set(
    orders.flatMap((order) => [
      orderKey(order),
      ...(order.venueOrderId === null ? [] : [venueKey(order), bareKey(order)]),
    ]),
  );
}

function isOurs(order: OrderName, { prefix, known }: Ownership): boolean {
  if (isOursByName(order, prefix)) return true;
  return known !== undefined && (known.has(orderKey(order)) || known.has(venueKey(order)));
}

/** What a stop has to do at one account. */
export interface Chosen {
  toCancel: (Order | OrderName)[];
  /** In words. */
  protective: string[];
  others: Order[];
  /** In words. */
  notUnderstood: string[];
  /** Of the rows not understood, ones that may be ours and are not cancelled. */
  doubtful: number;
  unread: string[];
}

export function chooseOwn(
  { venue, account }: Pick<VenueAccount, 'venue' | 'account'>,
  open: OpenOrders,
  ownership: Ownership,
): Chosen {
  const { keepProtective = true } = ownership;
  const ours = open.orders.filter((order) => isOurs(order, ownership));
  const stays = (order: Order) => keepProtective && open.protective.has(order);
  const rows = open.notUnderstood.map((row) => {
    const name = nameOf(row, { venue, account });
    return { row, name, fate: fateOf(row, name, ownership) };
  });
  const of = (fate: Fate) => rows.filter((one) => one.fate === fate);
  return {
    toCancel: [...ours.filter((order) => !stays(order)), ...of('cancel').map(({ name }) => name)],
    protective: [
      ...ours.filter(stays).map(orderWords),
      ...of('protects').map(({ row }) => rowWords(row)),
    ],
    others: open.orders.filter((order) => !isOurs(order, ownership)),
    notUnderstood: rows.map(({ row }) => rowWords(row)),
    doubtful: of('unknown').length,
    unread: open.unread,
  };
}

function nameOf(row: RowNotUnderstood, place: { venue: string; account: string }): OrderName {
  const { id, clientId, conditional } = row;
  const instrument = row.instrument ?? '';
  const clientOrderId = clientId ?? nameWithoutClientId(id ?? '');
  return { ...place, instrument, clientOrderId, venueOrderId: id, conditional };
}

type Fate = 'cancel' | 'protects' | 'theirs' | 'unknown';

/** One with a client id of somebody else is theirs; one without any may be anybody's. */
function fateOf(row: RowNotUnderstood, name: OrderName, ownership: Ownership): Fate {
  const { known, keepProtective = true } = ownership;
  const isOwn = isOurs(name, ownership) || (row.id !== null && known?.has(bareKey(name)) === true);
  if (!isOwn) return row.clientId === null ? 'unknown' : 'theirs';
  return row.protective && keepProtective ? 'protects' : 'cancel';
}

/** Of one order in a sentence: names are the venue's, or anybody's who trades there. */
const LONGEST = 300;

/** Whosever it is, with what a person finds it by. */
export function restsWords({ instrument, venueOrderId, clientOrderId }: Order): string {
  const id = venueOrderId === null ? '' : `id ${venueOrderId}, `;
  return plain(`${instrument} (${id}client id ${clientOrderId})`, LONGEST);
}

function rowWords({ instrument, id, clientId, why }: RowNotUnderstood): string {
  const named = [id === null ? [] : `id ${id}`, clientId === null ? [] : `client id ${clientId}`];
  const names = named.flat().join(', ') || 'without an id';
  return plain(`${instrument ?? 'of no instrument'} (${names}): ${why}`, LONGEST);
}

function orderWords({ clientOrderId, side, quantity, instrument, triggerPrice }: Order): string {
  const size = /^0(\.0*)?$/.test(quantity) ? 'the whole position' : quantity;
  const at = triggerPrice === undefined ? 'trailing' : `at ${triggerPrice}`;
  return plain(`${clientOrderId} (${side} ${size} of ${instrument} ${at})`, LONGEST);
}
