/**
 * Orders as Kraken Futures words them, which it does in four ways: what rests, what a look-up finds,
 * and in its histories of orders and of triggers, event by event.
 */
import type { LookUp } from '../../../../workflows/domain/orders/fate/recovery.js';
import { add } from '../../../../workflows/domain/numbers/decimal.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { orderName, priceOf, unsigned, WHOLE_POSITION } from '../../answers/guards.js';
import { openRows, type OpenRows } from '../../answers/open-rows.js';
import {
  foreignWord,
  isRow,
  isTrue,
  listAt,
  malformed,
  name,
  number,
  text,
  tradeSide,
  word,
  type Row,
} from '../../answers/rows.js';
import {
  anotherThan,
  call,
  clientIdOf,
  firstFound,
  lagging,
  LOOK_BACK_MS,
  toldOf,
  venueIdOf,
  type Reach,
} from '../adapter.js';
import { pagesOf } from '../pages.js';
import { isOpenOrder, isWholePosition } from './envelope.js';

export function openFutures(reach: Reach, rows: readonly Row[]): OpenRows {
  return openRows(rows, {
    exchange: reach.exchange,
    list: LIST,
    check: isOpenOrder,
    read: (row) => openOrder(reach, row),
    names: (row) => ({
      instrument: row['symbol'],
      id: row['order_id'],
      clientId: row['cliOrdId'],
      conditional: WAITS.test(word(row['orderType'])),
      reduceOnly: isTrue(row['reduceOnly']),
    }),
  });
}

const LIST = 'api/openorders';
const WAITS = /^(stp|stop|take_profit|trailing)/;

/** A row of the open orders. ccxt leaves the price out. */
function openOrder({ exchange, place }: Reach, row: Row): Order {
  const venueOrderId = name('order', 'id', row['order_id']);
  const kind = String(row['orderType']);
  const price = priceOf(row['limitPrice']);
  const filled = unsigned('order', 'filled', text(row['filledSize']) ?? '0');
  return {
    ...place,
    instrument: name('order', 'symbol', exchange.safeSymbol(row['symbol'] as string)),
    clientOrderId: orderName(row['cliOrdId'], venueOrderId),
    venueOrderId,
    side: tradeSide('order', row['side']),
    type: typeOf(row, price),
    price,
    quantity: isWholePosition(row)
      ? WHOLE_POSITION.quantity
      : add(unsigned('order', 'amount', row['unfilledSize']), filled),
    filled,
    state: 'open',
    ...conditionsOf(row, kind),
    ...(isTrue(row['reduceOnly']) ? { reduceOnly: true } : {}),
  };
}

function conditionsOf(row: Row, kind: string) {
  if (!WAITS.test(kind)) return {};
  // What a trailing stop has moves with the market.
  const trigger = kind.startsWith('trailing') ? null : priceOf(row['stopPrice']);
  return { conditional: true, ...(trigger === null ? {} : { triggerPrice: trigger }) };
}

/** Without a trigger its own word has to tell whether it takes a profit, stops a loss, or trails. */
function typeOf({ orderType, stopPrice }: Row, price: string | null): string {
  const kind = word(orderType);
  if (kind.startsWith('trailing')) return kind;
  if (WAITS.test(kind) && priceOf(stopPrice) === null) return kind;
  return price === null || kind === 'mkt' ? 'market' : 'limit';
}

/** Among what rests; then what was done in the last seconds; then in the histories. */
export function krakenFuturesLookUp(reach: Reach, order: Order): Promise<LookUp> {
  return firstFound(
    () => amongOpen(reach, order),
    () => amongRecent(reach, order),
    () => inHistory(reach, order, 'historyGetOrders'),
    () => inHistory(reach, order, 'historyGetTriggers'),
  );
}

function isSame(order: Order, venueId: unknown, clientId: unknown): boolean {
  const known = venueIdOf(order);
  return known === null ? clientId === clientIdOf(order) : venueId === known;
}

async function amongOpen(reach: Reach, order: Order): Promise<LookUp | undefined> {
  const rows = listAt(await call(reach.exchange, 'privateGetOpenorders'), 'openOrders');
  const row = rows.find((one) => isSame(order, one['order_id'], one['cliOrdId']));
  if (row === undefined) return undefined;
  if (!isOpenOrder(row)) throw malformed(`malformed answer from ${LIST}`);
  const open = openOrder(reach, row);
  return anotherThan(order, toldOf(open)) ?? { outcome: 'found', order: open };
}

const RECENT: Readonly<Record<string, 'filled' | 'cancelled' | 'rejected'>> = {
  FULLY_EXECUTED: 'filled',
  CANCELLED: 'cancelled',
  REJECTED: 'rejected',
  TRIGGER_ACTIVATION_FAILURE: 'rejected',
};

/** An order that is open by this, and not among those that rest, is on its way: look again later. */
async function amongRecent({ exchange }: Reach, order: Order): Promise<LookUp | undefined> {
  const [id, ours] = [venueIdOf(order), clientIdOf(order)];
  const asked = id === null ? { cliOrdIds: ours } : { orderIds: [id] };
  // The venue documents POST; ccxt's table has it as a GET.
  const answer: unknown = await exchange.request('orders/status', 'private', 'POST', asked);
  const rows = listAt(answer, 'orders');
  const found = rows.find(
    ({ order: one }) => isRow(one) && isSame(order, one['orderId'], one['cliOrdId']),
  );
  if (found === undefined || !isRow(found['order'])) return undefined;
  const another = anotherThan(order, saidOf(found['order']));
  if (another !== undefined) return another;
  const status = RECENT[String(found['status'])];
  if (status === undefined) throw lagging('orders');
  return { outcome: 'closed', status, filled: filledOf(found['order']) };
}

/** Its quantity is what was left, in the histories. */
function saidOf(one: Row) {
  const id = word(one['orderId'] ?? one['uid']);
  const side = word(one['side'] ?? one['direction']).toLowerCase();
  return { id, ...(side === '' ? {} : { side }) };
}

/** Null of a trigger: what it would have sent never was in the book. */
function filledOf({ type, filled }: Row): string {
  return type === 'TRIGGER_ORDER' && filled === null ? '0' : number('order', 'filled', filled);
}

type HistoryMethod = 'historyGetOrders' | 'historyGetTriggers';

/** Newest first, so the first event of the order is the last word on it. */
async function inHistory(
  { exchange }: Reach,
  order: Order,
  method: HistoryMethod,
): Promise<LookUp | undefined> {
  const since = exchange.milliseconds() - LOOK_BACK_MS;
  const read = async (token: object) => {
    const answer = await call(exchange, method, { since, sort: 'desc', ...token });
    const next = isRow(answer) ? word(answer['continuationToken']) : '';
    return {
      elements: listAt(answer, 'elements'),
      next: next === '' ? null : { continuation_token: next },
    };
  };
  for await (const { elements } of pagesOf({ what: method, first: {}, read })) {
    for (const { event } of elements) {
      const said = isRow(event) ? eventOf(event, order) : undefined;
      if (said !== undefined) return said;
    }
  }
  return undefined;
}

/** A request about the order that was turned down: the order is as it was. */
const SAYS_NOTHING = /EditRejected|CancelRejected|NotFound/;

/** What one event says of the order; undefined where it says nothing of it. */
function eventOf(event: Row, order: Order): LookUp | undefined {
  for (const [kind, body] of Object.entries(event)) {
    if (!isRow(body) || SAYS_NOTHING.test(kind)) continue;
    const one = body['newOrder'] ?? body['newOrderTrigger'] ?? body['order'];
    if (!isRow(one) || !isSame(order, one['uid'] ?? one['orderId'], one['clientId'])) continue;
    return anotherThan(order, saidOf(one)) ?? lastWord(kind, body, one);
  }
  return undefined;
}

function lastWord(kind: string, body: Row, one: Row): LookUp {
  const filled = () => number('order', 'filled', one['filled']);
  switch (kind) {
    case 'OrderCancelled':
      return { outcome: 'closed', status: 'cancelled', filled: filled() };
    case 'OrderTriggerCancelled':
      return { outcome: 'closed', status: 'cancelled', filled: '0' };
    case 'OrderRejected':
      return { outcome: 'closed', status: 'rejected', filled: text(one['filled']) ?? '0' };
    case 'OrderUpdated':
    case 'OrderPlaced':
      if (body['reason'] === 'full_fill' || isDone(one)) {
        return { outcome: 'closed', status: 'filled', filled: filled() };
      }
      break;
    default:
      break;
  }
  return {
    outcome: 'unreadable',
    why: `its last event is ${foreignWord(kind)}, and it does not rest`,
  };
}

/** The history's quantity is what was left at the time. */
function isDone(one: Row): boolean {
  return text(one['quantity']) === '0' && (text(one['filled']) ?? '0') !== '0';
}
