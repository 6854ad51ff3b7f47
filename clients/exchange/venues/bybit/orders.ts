/**
 * Orders as Bybit words them: one row for all kinds, of which those that wait say so by their status.
 *
 * Invariants: an order is conditional until it has triggered, and not after; in hedge mode its index
 * says its side; an order that was cancelled with a part filled was cancelled.
 */
import type * as ccxt from 'ccxt';
import type { OrderName } from '../../../../activities/ports.js';
import type { LookUp } from '../../../../workflows/domain/orders/fate/recovery.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { ccxt as errors } from '../../connection/ccxt.js';
import { eachList, openRows, type OpenRows } from '../../answers/open-rows.js';
import { toOrder, type OrderTerms } from '../../answers/parse.js';
import {
  contradicts,
  isTrue,
  listAt,
  number,
  recordAt,
  text,
  word,
  type Row,
} from '../../answers/rows.js';
import {
  anotherThan,
  call,
  clientIdOf,
  closedAs,
  firstFound,
  symbolAt,
  venueIdOf,
  type Reach,
  withPaid,
} from '../adapter.js';
import { isOrder } from './envelope.js';
import {
  categoryOf,
  marketIn,
  questionsOf,
  rowsOf,
  type Category,
  type Question,
} from './lists.js';

const PAGE = 50;
/** Of spot, what waits may be a list of its own; what is in two lists is one order. */
const FILTERS: Readonly<Record<Category, readonly (string | null)[]>> = {
  spot: [null, 'StopOrder', 'tpslOrder'],
  linear: [null, 'StopOrder'],
  inverse: [null, 'StopOrder'],
  option: [null],
};

export function bybitOpenOrders(reach: Reach): Promise<OpenRows> {
  const seen = new Set<string>();
  const lists = questionsOf(reach.instruments).flatMap((question) =>
    FILTERS[question.category].map((filter) => async () => {
      const rows = await openIn(reach, question, filter);
      const fresh = rows.filter((row) => !seen.has(word(row['orderId'])));
      for (const row of fresh) seen.add(word(row['orderId']));
      return orderRows(reach, fresh, question.category);
    }),
  );
  return eachList(lists);
}

function openIn({ exchange }: Reach, question: Question, orderFilter: string | null) {
  return rowsOf(exchange, {
    method: 'privateGetV5OrderRealtime',
    asked: { ...question, ...(orderFilter === null ? {} : { orderFilter }) },
    limit: PAGE,
    keyOf: (row) => word(row['orderId']),
  });
}

function orderRows(reach: Reach, rows: readonly Row[], category: Category): OpenRows {
  return openRows(rows, {
    exchange: reach.exchange,
    list: 'v5/order/realtime',
    check: isOrder,
    read: (row) => {
      if (!OPEN.has(word(row['orderStatus']))) throw contradicts('v5/order/realtime');
      return orderOf(reach, row, category);
    },
    names: (row) => ({
      instrument: row['symbol'],
      id: row['orderId'],
      clientId: row['orderLinkId'],
      conditional: waits(row),
      reduceOnly: isReducing(row),
    }),
  });
}

const OPEN = new Set([
  'Created',
  'New',
  'PartiallyFilled',
  'Untriggered',
  'Triggered',
  'PendingCancel',
]);

const waits = (row: Row) => row['orderStatus'] === 'Untriggered';

const isReducing = (row: Row) => isTrue(row['reduceOnly']) || isTrue(row['closeOnTrigger']);

function orderOf({ exchange, place }: Reach, row: Row, category: Category): Order {
  const parsed = exchange.parseOrder(row, marketIn(exchange, row, category));
  // What waits has traded nothing, and need not say so.
  const told = waits(row) ? (text(row['cumExecQty']) ?? '0') : null;
  const filled = told ?? number('order', 'filled', row['cumExecQty']);
  const given = { ...parsed, status: 'open', filled };
  return toOrder(place, given as unknown as ccxt.Order, termsOf(row));
}

function termsOf(row: Row): OrderTerms {
  // What a trailing stop has moves with the market.
  const trails = row['stopOrderType'] === 'TrailingStop';
  const size = text(row['qty']);
  return {
    conditional: waits(row),
    triggerPrice: trails ? null : text(row['triggerPrice']),
    ...(trails ? { type: 'trailing_stop' } : {}),
    reduceOnly: isReducing(row),
    positionSide: sideOf(row),
    // Sent with nothing for a size, it closes whatever is held.
    ...(size === '0' && isReducing(row) ? { wholePosition: true } : {}),
  };
}

/** Undefined in one-way mode. */
export function sideOf(row: Row): 'long' | 'short' | undefined {
  const index = word(row['positionIdx']);
  return index === '1' ? 'long' : index === '2' ? 'short' : undefined;
}

type Name = { orderId: string } | { orderLinkId: string | null };

function nameOf(order: OrderName): Name {
  const orderId = venueIdOf(order);
  return orderId === null ? { orderLinkId: clientIdOf(order) } : { orderId };
}

/** Among those that are open or ended a moment ago, then in the history of two years. */
export function bybitLookUp(reach: Reach, order: Order): Promise<LookUp> {
  return firstFound(
    () => lookUpIn(reach, order, 'privateGetV5OrderRealtime'),
    () => lookUpIn(reach, order, 'privateGetV5OrderHistory'),
  );
}

async function lookUpIn(reach: Reach, order: Order, method: string): Promise<LookUp | undefined> {
  const { exchange } = reach;
  const category = categoryOf(order.instrument);
  const name = nameOf(order);
  const symbol = symbolAt(exchange, order);
  const result = recordAt(await call(exchange, method, { category, symbol, ...name }), 'result');
  const [row] = listAt(result, 'list');
  if (row === undefined) return undefined;
  const isAsked = Object.entries({ symbol, ...name }).every(([field, id]) => row[field] === id);
  if (!isAsked || !isOrder(row)) throw contradicts('v5/order');
  const parsed = exchange.parseOrder(row, marketIn(exchange, row, category));
  const another = 'orderLinkId' in name && anotherThan(order, parsed);
  return another || endOf(reach, row, category);
}

const ENDS: Readonly<Record<string, string>> = {
  Filled: 'closed',
  Cancelled: 'canceled',
  PartiallyFilledCanceled: 'canceled',
  Deactivated: 'canceled',
  Rejected: 'rejected',
};

function endOf(reach: Reach, row: Row, category: Category): LookUp {
  const status = word(row['orderStatus']);
  const told: LookUp = OPEN.has(status)
    ? { outcome: 'found', order: orderOf(reach, row, category) }
    : closedAs(ENDS[status] ?? status, () => number('order', 'filled', row['cumExecQty']));
  return withPaid(told, { cost: row['cumExecValue'], average: row['avgPrice'] });
}

/** On spot each list is cancelled in by itself; what has triggered has moved to the plain one. */
export async function bybitCancel(reach: Reach, order: OrderName): Promise<void> {
  const { exchange } = reach;
  const category = categoryOf(order.instrument);
  const asked = { category, symbol: symbolAt(exchange, order), ...nameOf(order) };
  const [first = {}, ...others] = category === 'spot' ? spotLists(order) : [];
  const cancelIn = (list: object) =>
    call(exchange, 'privatePostV5OrderCancel', { ...asked, ...list });
  const refusal: unknown = await cancelIn(first).then(
    () => null,
    (error: unknown) => error,
  );
  if (refusal === null) return;
  if (!(refusal instanceof errors.OrderNotFound)) throw refusal;
  for (const list of others) if (await isCancelled(() => cancelIn(list))) return;
  throw refusal;
}

function spotLists({ conditional }: OrderName): object[] {
  const lists = ['StopOrder', 'tpslOrder'];
  const inTurn = conditional === true ? [...lists, 'Order'] : ['Order', ...lists];
  return inTurn.map((orderFilter) => ({ orderFilter }));
}

async function isCancelled(cancel: () => Promise<unknown>): Promise<boolean> {
  try {
    await cancel();
    return true;
  } catch (error) {
    if (error instanceof errors.OrderNotFound) return false;
    throw error;
  }
}
