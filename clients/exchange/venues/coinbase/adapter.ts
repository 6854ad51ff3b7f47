/** Coinbase Advanced, spot. It has no positions here, no dead-man switch and no ledger to read. */
import { ccxt } from '../../connection/ccxt.js';
import type { LookUp } from '../../../../workflows/domain/orders/fate/recovery.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { canonical, Decimal } from '../../../../workflows/domain/numbers/decimal.js';
import { OurWords } from '../../answers/own-words.js';
import { says } from '../../answers/words.js';
import { eachList, openRows, type OpenRows } from '../../answers/open-rows.js';
import { toOrder, type OrderTerms } from '../../answers/parse.js';
import {
  contradicts,
  isRow,
  listAt,
  malformed,
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
  LOOK_BACK_MS,
  orNotFound,
  venueIdOf,
  withPaid,
} from '../adapter.js';
import type { Reach, VenueAdapter } from '../adapter.js';
import { isOrder } from './envelope.js';
import { coinbaseFills } from './fills.js';
import { allPages, PAGE } from './pages.js';
import { coinbaseStatus } from './status.js';
import { walletsOf } from './wallets.js';
import { COINBASE_WORDS } from './words.js';

const ORDERS = 'v3PrivateGetBrokerageOrdersHistoricalBatch';
const ACCOUNTS = 'v3PrivateGetBrokerageAccounts';
const CANCEL = 'v3PrivatePostBrokerageOrdersBatchCancel';
const QUANTITY_DIGITS = 8;

export const coinbase: VenueAdapter = {
  openOrders: async (reach) => {
    const listOf = (order_status: string[]) =>
      allPages(reach.exchange, ORDERS, 'orders', { order_status, limit: PAGE });
    // In this order: what is on its way now is open then, and in one of the two.
    const lists = [ON_THE_WAY, ['OPEN']];
    return eachList(lists.map((words) => async () => rowsOf(reach, await listOf(words))));
  },
  fills: coinbaseFills,
  cashFlows: async () => null,
  positions: async () => [],
  balances: async (reach) => {
    const rows = await allPages(reach.exchange, ACCOUNTS, 'accounts', { limit: 250 });
    return walletsOf(reach, rows);
  },
  lookUp: (reach, order) =>
    firstFound(
      () => byVenueId(reach, order),
      () => byClientId(reach, order),
    ),
  cancel: async ({ exchange }, order) => {
    const id = venueIdOf(order);
    if (id === null) throw new OurWords('not_sent', 'it cancels by its own id, which is not known');
    const answer = await call(exchange, CANCEL, { order_ids: [id] });
    const told = listAt(answer, 'results').find((one) => one['order_id'] === id);
    if (told === undefined) throw contradicts('batch_cancel');
    if (told['success'] !== true) throw notCancelled(word(told['failure_reason']));
  },
  keyRights: async (exchange) => {
    const told = recordAt(await call(exchange, 'v3PrivateGetBrokerageKeyPermissions'));
    // Transfers lead out of the portfolio, and out of the exchange.
    return { cancel: told['can_trade'] === true, withdraw: told['can_transfer'] === true };
  },
  statuses: coinbaseStatus,
  armDeadManSwitch: null,
};

/** Where the venue has no reason, or a request of before is still under way. */
const LEAVES_OPEN = new Set(['', 'UNKNOWN_CANCEL_FAILURE_REASON', 'DUPLICATE_CANCEL_REQUEST']);

function notCancelled(reason: string): OurWords {
  const told = reason === '' ? 'it was not cancelled' : `cancel status ${reason}`;
  return new OurWords(LEAVES_OPEN.has(reason) ? 'unclear' : 'refused', told);
}

const BATCH = 'historical/batch';

function rowsOf(reach: Reach, rows: readonly Row[]): OpenRows {
  return openRows(rows, {
    exchange: reach.exchange,
    list: BATCH,
    check: isOrder,
    read: (row) => {
      if (STATUSES[String(row['status'])] !== 'open') throw contradicts('orders');
      return orderOf(reach, row);
    },
    names: (row) => ({
      instrument: row['product_id'],
      id: row['order_id'],
      clientId: row['client_order_id'],
    }),
  });
}

function orderOf({ exchange, place }: Reach, row: Row): Order {
  return toOrder(place, exchange.parseOrder(row), termsOf(row));
}

/** One of many kinds of configuration is filled in; ccxt reads the prices of some of them. */
function termsOf(row: Row): OrderTerms {
  const kinds = Object.entries(isRow(row['order_configuration']) ? row['order_configuration'] : {});
  const [kind, terms] = kinds.find((entry): entry is [string, Row] => isRow(entry[1])) ?? ['', {}];
  const waits = /stop_limit|trigger_bracket/.test(kind);
  return {
    quantity: quantityOf(row, terms),
    ...(kind === '' ? {} : { type: text(terms['limit_price']) === null ? 'market' : 'limit' }),
    price: text(terms['limit_price']),
    conditional: waits && row['trigger_status'] !== 'STOP_TRIGGERED',
    triggerPrice: text(terms['stop_price'] ?? terms['stop_trigger_price']),
  };
}

/** An order may be sized in quote: then its limit tells the quantity, or else what is filled. */
function quantityOf(row: Row, { base_size, quote_size, limit_price }: Row): string {
  const [quote, price] = [text(quote_size), text(limit_price)];
  if (base_size !== undefined || quote === null) return number('order', 'amount', base_size);
  if (price === null || price === '0') return number('order', 'filled', row['filled_size']);
  const quantity = new Decimal(quote).dividedBy(price);
  return canonical(quantity.toDecimalPlaces(QUANTITY_DIGITS, Decimal.ROUND_DOWN));
}

/** Into the book, out of it, or changing in it. The venue lists these and open ones apart only. */
const ON_THE_WAY = ['PENDING', 'QUEUED', 'CANCEL_QUEUED', 'EDIT_QUEUED'];

/** In ccxt's words, but for the two that it takes for cancelled. */
const STATUSES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['OPEN', ...ON_THE_WAY].map((word) => [word, 'open'])),
  FILLED: 'closed',
  CANCELLED: 'canceled',
  EXPIRED: 'expired',
  FAILED: 'rejected',
};

function found(reach: Reach, row: Row): LookUp {
  const status = STATUSES[String(row['status'])];
  const filled = () => number('order', 'filled', row['filled_size']);
  const told: LookUp =
    status === 'open'
      ? { outcome: 'found', order: orderOf(reach, row) }
      : closedAs(status ?? String(row['status']), filled);
  return withPaid(told, { cost: row['filled_value'], average: row['average_filled_price'] });
}

async function byVenueId(reach: Reach, order: Order): Promise<LookUp | undefined> {
  const order_id = venueIdOf(order);
  if (order_id === null) return undefined;
  const method = 'v3PrivateGetBrokerageOrdersHistoricalOrderId';
  const answer = await orNotFound(COINBASE_WORDS, () =>
    call(reach.exchange, method, { order_id }).catch(asNotFound),
  );
  if (answer === undefined) return undefined;
  const row = recordAt(answer, 'order');
  if (row['order_id'] !== order_id) throw contradicts('order');
  return found(reach, row);
}

const NOT_FOUND = /orderID was not found/;

/** ccxt looks for these words in a field that the venue's answer does not have. */
function asNotFound(error: unknown): never {
  const isIt = error instanceof ccxt.ExchangeError && says([NOT_FOUND], error.message);
  throw isIt ? new ccxt.OrderNotFound(error.message) : error;
}

/** The venue does not search by client id: its orders of the last weeks are read, newest first. */
async function byClientId(reach: Reach, order: Order): Promise<LookUp | undefined> {
  const ours = clientIdOf(order);
  if (ours === null) return undefined;
  const { exchange } = reach;
  const rows = await allPages(exchange, ORDERS, 'orders', {
    product_id: exchange.marketId(order.instrument),
    start_date: new Date(exchange.milliseconds() - LOOK_BACK_MS).toISOString(),
    limit: PAGE,
  });
  // One without its client id may be ours.
  if (!rows.every(isOrder)) throw malformed(`malformed answer from ${BATCH}`);
  const row = rows.find((one) => one['client_order_id'] === ours);
  if (row === undefined) return undefined;
  return anotherThan(order, exchange.parseOrder(row)) ?? found(reach, row);
}
