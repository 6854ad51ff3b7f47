/** Binance spot. */
import { ccxt, type Exchange } from '../../connection/ccxt.js';
import type { History, OrderName } from '../../../../activities/ports.js';
import type { LookUp } from '../../../../workflows/domain/orders/fate/recovery.js';
import type { CashFlow, Fill, Order } from '../../../../workflows/domain/books/state.js';
import { toBalances, toFill } from '../../answers/parse.js';
import { isRow, toldAt, type Row } from '../../answers/rows.js';
import {
  call,
  clientIdOf,
  closedAs,
  eachListed,
  firstFound,
  orNotFound,
  symbolAt,
  venueIdOf,
} from '../adapter.js';
import type { Reach, VenueAdapter } from '../adapter.js';
import { allRows } from '../pages.js';
import { spotFlows } from './flows.js';
import { keyRightsBy } from './key-rights.js';
import { bookLookUp, bookRows } from './orders.js';
import { binanceStatus } from './status.js';
import { says } from '../../answers/words.js';
import { ARCHIVED, BINANCE_WORDS } from './words.js';

/** The most there are, in both books. */
export const TRADES_PAGE = 1000;

export const binance: VenueAdapter = {
  openOrders: async (reach) => {
    const rows = (await call(reach.exchange, 'privateGetOpenOrders')) as unknown[];
    return bookRows(reach, rows, 'api/openOrders');
  },
  fills: async (reach, sinceMs) => {
    const pages = await eachListed(reach, (one) => fillsOf(reach, one, sinceMs));
    return { rows: pages.flat(), fromMs: sinceMs };
  },
  cashFlows: (reach, sinceMs): Promise<History<CashFlow> | null> => spotFlows(reach, sinceMs),
  positions: async () => [],
  balances: async ({ exchange, place }) => {
    const told = await exchange.fetchBalance();
    return toBalances(place, told, toldAt(isRow(told.info) ? told.info['updateTime'] : undefined));
  },
  lookUp: (reach, order) =>
    firstFound(...namesOf(order).map((name) => () => lookUpBy(reach, order, name))),
  cancel: ({ exchange }, order) =>
    call(exchange, 'privateDeleteOrder', {
      symbol: symbolAt(exchange, order),
      ...nameOf(order),
    }),
  keyRights: keyRightsBy('enableSpotAndMarginTrading'),
  sameAs: lentOut,
  statuses: binanceStatus('publicGetExchangeInfo'),
  armDeadManSwitch: null,
};

/** In flexible savings an asset is called LD and its name; LDO is a coin, and has a market. */
function lentOut(exchange: Exchange, asset: string): string | null {
  const isTraded = (one: string) =>
    Object.values(exchange.markets ?? {}).some((m) => m?.base === one || m?.quote === one);
  const other = asset.startsWith('LD') ? asset.slice(2) : '';
  return other !== '' && !isTraded(asset) && isTraded(other) ? other : null;
}

/** By the venue's id where it is known: client ids may be used again. Then by our own. */
export function namesOf(order: OrderName): object[] {
  const [orderId, origClientOrderId] = [venueIdOf(order), clientIdOf(order)];
  return [
    ...(orderId === null ? [] : [{ orderId }]),
    ...(origClientOrderId === null ? [] : [{ origClientOrderId }]),
  ];
}

export function nameOf(order: OrderName): object {
  return namesOf(order)[0] ?? {};
}

async function lookUpBy(reach: Reach, order: Order, name: object) {
  const asked = { symbol: reach.exchange.marketId(order.instrument), ...name };
  try {
    const read = () => call(reach.exchange, 'privateGetOrder', asked);
    const row = await orNotFound(BINANCE_WORDS, read);
    return row === undefined ? undefined : bookLookUp(reach, row as Row, { asked, order });
  } catch (error) {
    if (!(error instanceof ccxt.ExchangeError) || !says(ARCHIVED, error.message)) throw error;
    return archivedAs(name);
  }
}

/** Kept no more: it ended long ago, and nothing of it was executed. */
function archivedAs(name: object): LookUp {
  return 'orderId' in name
    ? closedAs('canceled', () => '0')
    : {
        outcome: 'unreadable',
        why: 'an order under its client id ended 90 days ago, and is archived',
      };
}

/** From a time on, then from id to id: the venue takes a start, or an id, but not both. */
async function fillsOf(reach: Reach, instrument: string, sinceMs: number): Promise<Fill[]> {
  const { exchange, place } = reach;
  const symbol = exchange.marketId(instrument);
  const read = async (from: object) => {
    const asked = { symbol, limit: TRADES_PAGE, ...from };
    return pageOfTrades((await call(exchange, 'privateGetMyTrades', asked)) as Row[]);
  };
  const { rows } = await allRows({ what: 'myTrades', first: { startTime: sinceMs }, read });
  const market = exchange.market(instrument);
  const fills = rows.map((row) => toFill(place, exchange.parseTrade(row, market)));
  return fills.filter(({ timeMs }) => timeMs >= sinceMs);
}

/** The next begins where this one ends, which a stray newer row in it must not move: ids rise. */
export function pageOfTrades(rows: readonly Row[]) {
  const nextId = () => (BigInt(String(rows.at(-1)?.['id'])) + 1n).toString();
  return { rows, next: rows.length < TRADES_PAGE ? null : { fromId: nextId() } };
}
