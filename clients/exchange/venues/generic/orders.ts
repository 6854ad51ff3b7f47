/**
 * Orders of a venue that ccxt's unified methods alone are asked for.
 *
 * Invariants: every question names its instrument, so that ccxt asks about the market that is meant;
 * each list that the venue keeps is read, and to its end, or the read fails; an order is never said
 * to be absent, because a list may be a page of many.
 */
import type { Order as CcxtOrder } from 'ccxt';
import type { OrderName } from '../../../../activities/ports.js';
import type { LookUp } from '../../../../workflows/domain/orders/fate/recovery.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import type { Exchange } from '../../connection/ccxt.js';
import { OurWords } from '../../answers/own-words.js';
import { allUnderstood, eachList, openRows, type OpenRows } from '../../answers/open-rows.js';
import { toFilled, toOrder, type OrderTerms } from '../../answers/parse.js';
import { isRow, text } from '../../answers/rows.js';
import {
  anotherThan,
  clientIdOf,
  closedAs,
  LOOK_BACK_MS,
  mayBeCut,
  orNotFound,
  toldOf,
  venueIdOf,
  type Reach,
} from '../adapter.js';
import { allRows } from '../pages.js';
import { allFills } from './fills.js';
import { corrected } from './raw.js';
import {
  conditionalLists,
  NEXT_PAGE,
  orderPage,
  PLAIN,
  TRAILING,
  type OrderList,
} from './terms.js';
import { GENERIC_WORDS } from './words.js';

export async function openOrdersOf(reach: Reach, instrument: string): Promise<OpenRows> {
  const { exchange } = reach;
  const lists = conditionalLists(exchange, instrument);
  const seen = new Set<string>();
  const listOf = (list: OrderList) => async () => {
    const { rows, cut } = await pagesOfRows(exchange, instrument, list);
    // What is in the plain list too waits only if it says so itself.
    const fresh = rows.filter((row) => !seen.has(keyOf(row)));
    for (const row of fresh) seen.add(keyOf(row));
    const found = parsedRows(reach, fresh, { instrument, lists, list });
    return cut === null ? found : { ...found, unread: [cut] };
  };
  return eachList([PLAIN, ...lists].map(listOf));
}

interface Listed {
  instrument: string;
  lists: readonly OrderList[];
  /** Of these, the one that told the rows. */
  list: OrderList;
}

function parsedRows(
  { exchange, place }: Reach,
  rows: readonly CcxtOrder[],
  { instrument, lists, list }: Listed,
): OpenRows {
  const apart = list !== PLAIN;
  const termsOf = (row: CcxtOrder): OrderTerms => ({
    ...corrected(exchange, row).terms,
    ...(apart ? { ...pricesOf(row), conditional: true } : waiting(row, lists)),
    ...(list === TRAILING ? { type: 'trailing_stop' } : {}),
  });
  return openRows(rows, {
    exchange,
    list: 'fetchOpenOrders',
    check: isRow,
    read: (row) => toOrder(place, row as never, termsOf(row as never)),
    names: (row) => ({
      instrument: row['symbol'] ?? instrument,
      id: row['id'],
      clientId: row['clientOrderId'],
      conditional: apart || triggersOf(row as never).some(isPrice),
      reduceOnly: row['reduceOnly'] === true,
    }),
  });
}

const keyOf = ({ symbol, id }: CcxtOrder) => `${symbol}|${id}`;

async function rowsOf(exchange: Exchange, instrument: string, list: OrderList) {
  const { rows, cut } = await pagesOfRows(exchange, instrument, list);
  if (cut !== null) throw cut;
  return rows;
}

/** `cut`: why there may be more than these; null where they are all. */
async function pagesOfRows(exchange: Exchange, instrument: string, { ask }: OrderList) {
  const { limit, terms } = orderPage(exchange, instrument);
  const { rows, last } = await allRows({
    what: 'fetchOpenOrders',
    first: {},
    keyOf,
    stuck: (known) => mayBeCut('fetchOpenOrders', known),
    read: async (after: object) => {
      const params = { ...terms, ...ask, ...after };
      const found = await exchange.fetchOpenOrders(instrument, undefined, limit, params);
      const isFull = limit !== undefined && found.length >= limit;
      const next = isFull ? (NEXT_PAGE[exchange.id]?.(found) ?? null) : null;
      return { rows: found, next, isFull };
    },
  });
  return { rows, cut: last.isFull ? mayBeCut('fetchOpenOrders', rows.length) : null };
}

/** A stop that is attached to an order is no reason for the order itself to wait. */
function waiting(row: CcxtOrder, apart: readonly OrderList[]): OrderTerms {
  const prices = apart.length > 0 ? [row.triggerPrice] : triggersOf(row);
  return prices.some(isPrice) ? { ...pricesOf(row), conditional: true } : {};
}

function pricesOf(row: CcxtOrder): OrderTerms {
  const triggerPrice = triggersOf(row).map(text).find(isPrice);
  return triggerPrice === undefined ? {} : { triggerPrice };
}

const triggersOf = (row: CcxtOrder) => [row.triggerPrice, row.stopLossPrice, row.takeProfitPrice];

function isPrice(value: unknown): boolean {
  const price = text(value);
  return price !== null && price !== '0';
}

export async function cancel({ exchange }: Reach, order: OrderName): Promise<unknown> {
  const id = venueIdOf(order);
  if (id === null) throw new OurWords('not_supported', 'it cancels by the id of the venue only');
  const { act } = await listThatHolds(exchange, order);
  return exchange.cancelOrder(id, order.instrument, act);
}

/** A conditional order is known by its id in its own list only. */
async function listThatHolds(exchange: Exchange, order: OrderName): Promise<OrderList> {
  if (order.conditional !== true) return PLAIN;
  const lists = conditionalLists(exchange, order.instrument);
  const ways = new Set(lists.map(({ act }) => JSON.stringify(act)));
  const [first = PLAIN] = lists;
  if (ways.size <= 1) return first;
  for (const list of lists) {
    const rows = await rowsOf(exchange, order.instrument, list).catch(() => {
      throw new OurWords('not_sent', 'the list that holds the order could not be read');
    });
    if (rows.some((row) => isSame(order, row))) return list;
  }
  return PLAIN;
}

export async function lookUp(reach: Reach, order: Order): Promise<LookUp> {
  const { exchange } = reach;
  const id = venueIdOf(order);
  if (id !== null && exchange.has['fetchOrder'] === true) {
    const found = await byId(reach, order, id);
    if (found !== undefined) return found;
  }
  const resting = allUnderstood(await openOrdersOf(reach, order.instrument));
  const open = resting.find((one) => isSame(order, { ...one, id: one.venueOrderId }));
  if (open !== undefined) {
    return anotherThan(order, toldOf(open)) ?? { outcome: 'found', order: open };
  }
  return amongClosed(reach, order);
}

async function byId(reach: Reach, order: Order, id: string): Promise<LookUp | undefined> {
  const { exchange } = reach;
  const lists = order.conditional === true ? conditionalLists(exchange, order.instrument) : [];
  const ways = new Map([...lists, PLAIN].map(({ act }) => [JSON.stringify(act), act]));
  for (const act of ways.values()) {
    const row = await orNotFound(GENERIC_WORDS, () =>
      exchange.fetchOrder(id, order.instrument, act),
    );
    // The end of a trigger is not the end of the order that it has placed.
    if (row?.status === 'closed' && Object.keys(act).length > 0) return TRIGGERED;
    if (row !== undefined) return said(reach, order, row);
  }
  return undefined;
}

const TRIGGERED: LookUp = {
  outcome: 'unreadable',
  why: 'it triggered, and what it placed is not told',
};

const CLOSED_LISTS = ['fetchClosedOrders', 'fetchCanceledOrders'] as const;

async function amongClosed(reach: Reach, order: Order): Promise<LookUp> {
  const { exchange } = reach;
  const { instrument } = order;
  const since = exchange.milliseconds() - LOOK_BACK_MS;
  const all = exchange.has['fetchOrders'] === true;
  const rows: CcxtOrder[] = [];
  for (const list of all ? (['fetchOrders'] as const) : CLOSED_LISTS) {
    if (exchange.has[list] === true) rows.push(...(await exchange[list](instrument, since)));
  }
  const found = rows.find((row) => isSame(order, row));
  if (found !== undefined) return anotherThan(order, found) ?? said(reach, order, found);
  const fills = await allFills({ ...reach, instruments: [instrument] }, since);
  const own = fills.rows.some(({ venueOrderId }) => venueOrderId === venueIdOf(order));
  const why = own ? 'it has fills, yet no list has it' : 'not in its lists';
  return { outcome: 'unreadable', why: `${why}, and the venue is read by a generic adapter` };
}

type Named = { id: string | null | undefined; clientOrderId: string | undefined };

function isSame(order: OrderName, row: Named): boolean {
  const id = venueIdOf(order);
  return id === null ? row.clientOrderId === clientIdOf(order) : row.id === id;
}

function said({ exchange, place }: Reach, order: Order, row: CcxtOrder): LookUp {
  if (row.status !== 'open') return closedAs(row.status, () => toFilled(row), row.amount);
  const terms = waiting(row, conditionalLists(exchange, order.instrument));
  const waits = order.conditional === true && isPrice(pricesOf(row).triggerPrice);
  return {
    outcome: 'found',
    order: toOrder(place, row, {
      ...corrected(exchange, row).terms,
      ...(waits ? { ...pricesOf(row), conditional: true } : terms),
    }),
  };
}
