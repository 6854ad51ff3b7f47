/** Orders as Kraken words them: what a stop waits for stands in its description. */
import type * as ccxt from 'ccxt';
import type { LookUp } from '../../../../workflows/domain/orders/fate/recovery.js';
import type { Order } from '../../../../workflows/domain/books/state.js';
import { UnreadWord } from '../../answers/guards.js';
import { openRows, type OpenRows } from '../../answers/open-rows.js';
import { toFilled, toOrder, type OrderTerms } from '../../answers/parse.js';
import {
  contradicts,
  entriesOf,
  isRow,
  isTrue,
  malformed,
  name,
  recordAt,
  text,
  type Row,
  word,
} from '../../answers/rows.js';
import {
  anotherThan,
  call,
  clientIdOf,
  closedAs,
  firstFound,
  orNotFound,
  venueIdOf,
  type Reach,
  withPaid,
} from '../adapter.js';
import { isOrder } from './envelope.js';
import { KRAKEN_WORDS } from './words.js';

export function krakenRows(reach: Reach, rows: readonly Row[]): OpenRows {
  return openRows(rows, {
    exchange: reach.exchange,
    list: 'private/OpenOrders',
    check: isOrder,
    read: (row) => {
      if (isInQuote(row)) throw new UnreadWord('unclear', IN_QUOTE);
      return krakenOrder(reach, row);
    },
    names: (row) => {
      const description = isRow(row['descr']) ? row['descr'] : {};
      return {
        instrument: description['pair'],
        id: row['id'],
        clientId: row['cl_ord_id'],
        conditional: WAITS.test(word(description['ordertype'])),
        reduceOnly: isTrue(row['reduce_only']),
      };
    },
    // On margin a sale may open a short position. What trails tells no trigger price.
    protects: (row, { conditional, side }) => {
      if (conditional !== true) return false;
      return isTrue(row['reduce_only']) || (side === 'sell' && !isOnMargin(row));
    },
  });
}

const WAITS = /^(stop-loss|take-profit|trailing-stop)/;

function isOnMargin(row: Row): boolean {
  const leverage = isRow(row['descr']) ? word(row['descr']['leverage']) : '';
  return leverage !== '' && leverage !== 'none';
}

function krakenOrder(reach: Reach, row: Row): Order {
  return toOrder(reach.place, parsed(reach, row), termsOf(row));
}

/**
 * Kraken says 0 where there is no client id, and ccxt takes the reference number for one. Its
 * arithmetic takes a relative price for a number, and breaks on some.
 */
function parsed({ exchange }: Reach, row: Row): ccxt.Order {
  const description = isRow(row['descr']) ? row['descr'] : {};
  const { price, price2 } = description;
  const descr = { ...description, price: absolute(price), price2: absolute(price2) };
  const clientId = row['cl_ord_id'];
  const clientOrderId = typeof clientId === 'string' ? clientId : '';
  return { ...exchange.parseOrder({ ...row, descr }), clientOrderId };
}

function termsOf(row: Row): OrderTerms {
  const description = isRow(row['descr']) ? row['descr'] : {};
  const type = name('order', 'type', description['ordertype']);
  const waits = WAITS.test(type);
  const triggered = /stopped|touched/.test(word(row['misc']));
  const limit = waits ? description['price2'] : description['price'];
  const trigger = type.startsWith('trailing') ? null : absolute(description['price']);
  // Of a relative trigger no number tells what it is for, so its own word has to.
  const isUntold = waits && trigger === null;
  return {
    type: isUntold ? type : typeOf(type),
    price: absolute(limit),
    conditional: waits && !triggered,
    triggerPrice: trigger,
    reduceOnly: isTrue(row['reduce_only']),
    ...(isOnMargin(row) ? { positionSide: 'net' } : {}),
  };
}

/** A price in percent or with a sign is relative: there is no number to give. */
function absolute(price: unknown): string | null {
  return /^[+#-]|%$/.test(word(price)) ? null : text(price);
}

function typeOf(type: string): string {
  if (!WAITS.test(type)) return type;
  return type.endsWith('-limit') ? 'limit' : 'market';
}

const LISTS = { open: 'OpenOrders', closed: 'ClosedOrders' } as const;

/** Open orders by client id, then closed ones; by the venue's id at last. */
export function krakenLookUp(reach: Reach, order: Order): Promise<LookUp> {
  const { exchange } = reach;
  const ours = clientIdOf(order);
  const byClientId = (method: string, key: keyof typeof LISTS) => async () => {
    if (ours === null) return undefined;
    const answer = await call(exchange, method, { cl_ord_id: ours });
    const rows = entriesOf(recordAt(answer, 'result', key));
    const row = rows.find((one) => one['cl_ord_id'] === ours);
    if (row === undefined) return undefined;
    if (!isOrder(row)) throw malformed(`malformed answer from private/${LISTS[key]}`);
    return anotherThan(order, parsed(reach, row)) ?? found(reach, row);
  };
  return firstFound(
    () => byVenueId(reach, order),
    byClientId('privatePostOpenOrders', 'open'),
    byClientId('privatePostClosedOrders', 'closed'),
  );
}

async function byVenueId(reach: Reach, order: Order): Promise<LookUp | undefined> {
  const txid = venueIdOf(order);
  if (txid === null) return undefined;
  const answer = await orNotFound(KRAKEN_WORDS, () =>
    call(reach.exchange, 'privatePostQueryOrders', { txid }),
  );
  if (answer === undefined) return undefined;
  const row = recordAt(answer, 'result')[txid];
  if (!isRow(row)) throw contradicts('QueryOrders');
  return found(reach, { ...row, id: txid });
}

const IN_QUOTE = 'its volumes are in quote';

/** Of an order sized in quote, what is executed is in quote too: no number of ours. */
function isInQuote(row: Row): boolean {
  return word(row['oflags']).split(',').includes('viqc');
}

function found(reach: Reach, row: Row): LookUp {
  if (isInQuote(row)) return { outcome: 'unreadable', why: IN_QUOTE };
  const order = parsed(reach, row);
  const open = order.status === 'open' || row['status'] === 'pending';
  const told: LookUp = open
    ? { outcome: 'found', order: krakenOrder(reach, row) }
    : closedAs(order.status, () => toFilled(order), order.amount);
  return withPaid(told, { cost: row['cost'] });
}
