/**
 * Lists of open orders, row by row: what one row lacks says nothing of the others.
 *
 * Invariants: each row is either an order or a row that is not understood, with what of it can be told;
 * a row whose instrument is not listed is not understood, because it has no name that a state could
 * hold; whoever reads strictly (`understood`) fails with the first that may not be left apart.
 */
import type { MayLeave, OpenOrders, RowNotUnderstood } from '../../../activities/ports.js';
import { isProtective } from '../../../workflows/domain/orders/protection/protective.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import type { Exchange } from '../connection/ccxt.js';
import { isListed, NOT_LISTED, UnlistedInstrument } from '../connection/markets.js';
import type { Check } from './envelope-checks.js';
import { isClientId } from './guards.js';
import { checkOneWord, ordersOnce } from './parse.js';
import { OurWords } from './own-words.js';
import { isRow, malformed, type Row } from './rows.js';

export interface OpenRows {
  orders: Order[];
  protective: Set<Order>;
  faulty: { row: RowNotUnderstood; error: Error }[];
  /** Of lists that could not be read. */
  unread: unknown[];
}

/** Where a row names what: its fields, as the venue has them. */
interface RowNames {
  instrument: unknown;
  id: unknown;
  clientId: unknown;
  conditional?: boolean;
  reduceOnly?: boolean;
}

export interface RowReading {
  exchange: Exchange;
  /** The end of its path, as an envelope's fault names it. */
  list: string;
  check: Check;
  read: (row: Row) => Order;
  names: (row: Row) => RowNames;
  /** Where the row tells more of it than the order. */
  protects?: (row: Row, order: Order) => boolean;
  /** Orders that fall together; null where the row stands alone. */
  group?: (row: Row) => string | null;
}

function noRows(): OpenRows {
  return { orders: [], protective: new Set(), faulty: [], unread: [] };
}

export function openRows(rows: readonly unknown[], reading: RowReading): OpenRows {
  const { protects = (_row, order) => isProtective(order), group = () => null } = reading;
  const found = noRows();
  const groups = new Map<string, Order[]>();
  for (const given of rows) {
    const row = isRow(given) ? given : {};
    const read = readRow(given, row, reading);
    if (!('order' in read)) {
      found.faulty.push(read);
      continue;
    }
    const { order } = read;
    found.orders.push(order);
    if (protects(row, order)) found.protective.add(order);
    const together = group(row);
    if (together !== null) groups.set(together, [...(groups.get(together) ?? []), order]);
  }
  for (const orders of groups.values()) protectTogether(orders, found.protective);
  return found;
}

function readRow(given: unknown, row: Row, reading: RowReading) {
  const { exchange, list, check, read, names } = reading;
  try {
    if (!check(given)) throw malformed(`malformed answer from ${list}`);
    const order = read(row);
    if (isListed(exchange, order.instrument)) return { order };
    throw new UnlistedInstrument('malformed_answer', 'order row without a valid symbol');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { row: asTold(names(row), error), error };
  }
}

/** Of two orders of which one cancels the other, the stop would fall with its counterpart. */
function protectTogether(orders: readonly Order[], protective: Set<Order>): void {
  const stop = orders.find((order) => protective.has(order));
  for (const order of orders) if (order.side === stop?.side) protective.add(order);
}

function asTold({ instrument, id, clientId, ...told }: RowNames, error: Error): RowNotUnderstood {
  const { conditional = false, reduceOnly = false } = told;
  return {
    instrument: named(instrument),
    id: named(id),
    clientId: named(clientId),
    conditional,
    protective: conditional && reduceOnly,
    why: whyOf(error),
  };
}

/** As it is: it goes back to the venue, and is made fit for a screen where it is shown. */
function named(value: unknown): string | null {
  const given = typeof value === 'number' ? String(value) : value;
  return isClientId(given) ? given : null;
}

/** A parser of ccxt's that breaks says nothing that anybody could use. */
function whyOf(error: Error): string {
  if (error instanceof UnlistedInstrument) return NOT_LISTED;
  return error instanceof OurWords ? error.message : 'it could not be parsed';
}

/** One after the other; a list that fails keeps none of the others from being read. */
export async function eachList(lists: readonly (() => Promise<OpenRows>)[]): Promise<OpenRows> {
  const all = noRows();
  for (const read of lists) {
    try {
      add(all, await read());
    } catch (error) {
      all.unread.push(error);
    }
  }
  return all;
}

function add(all: OpenRows, { orders, protective, faulty, unread }: OpenRows): void {
  all.orders.push(...orders);
  for (const order of protective) all.protective.add(order);
  all.faulty.push(...faulty);
  all.unread.push(...unread);
}

/** Fails with the first fault: a list that was not read, a row that may not be left apart, or two that differ. */
export function understood(
  { orders, faulty, unread }: OpenRows,
  mayLeave: MayLeave<RowNotUnderstood> = () => false,
): Order[] {
  if (unread.length > 0) throw unread[0];
  for (const { row, error } of faulty) if (!mayLeave(row)) throw error;
  const once = ordersOnce(orders);
  checkOneWord(orders, once);
  return once;
}

export function allUnderstood(rows: OpenRows): Order[] {
  return understood(rows);
}

/** Fails where nothing could be read. */
export function asFarAsRead(rows: OpenRows, wordsOf: (error: unknown) => string): OpenOrders {
  const { orders, protective, faulty, unread } = rows;
  if (unread.length > 0 && orders.length === 0 && faulty.length === 0) throw unread[0];
  return {
    orders: ordersOnce(orders),
    protective,
    notUnderstood: faulty.map(({ row }) => row),
    unread: unread.map(wordsOf),
  };
}
