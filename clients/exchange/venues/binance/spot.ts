/** Binance spot. */
import type { History } from '../../../../activities/ports.js';
import type { CashFlow, Fill, Order } from '../../../../workflows/domain/books/state.js';
import { toBalances, toFill } from '../../answers/parse.js';
import type { Row } from '../../answers/rows.js';
import {
  call,
  clientIdOf,
  eachListed,
  firstFound,
  orNotFound,
  MAX_PAGES,
  tooManyPages,
  venueIdOf,
} from '../adapter.js';
import type { Reach, VenueAdapter } from '../adapter.js';
import { spotFlows } from './flows.js';
import { bookLookUp, openBookOrder } from './orders.js';
import { BINANCE_WORDS } from './words.js';

const PAGE = 1000;

export const binance: VenueAdapter = {
  openOrders: async (reach) => {
    const rows = (await call(reach.exchange, 'privateGetOpenOrders')) as Row[];
    return rows.map((row) => openBookOrder(reach, row));
  },
  fills: async (reach, sinceMs) => {
    const pages = await eachListed(reach, (one) => fillsOf(reach, one, sinceMs));
    return { rows: pages.flat(), fromMs: sinceMs };
  },
  cashFlows: (reach, sinceMs): Promise<History<CashFlow> | null> => spotFlows(reach, sinceMs),
  positions: async () => [],
  balances: async ({ exchange, place }) => toBalances(place, await exchange.fetchBalance()),
  lookUp: (reach, order) =>
    firstFound(...namesOf(order).map((name) => () => lookUpBy(reach, order, name))),
  cancel: ({ exchange }, order) =>
    call(exchange, 'privateDeleteOrder', {
      symbol: exchange.marketId(order.instrument),
      ...nameOf(order),
    }),
  armDeadManSwitch: null,
};

/** By the venue's id where it is known: client ids may be used again. Then by our own. */
export function namesOf(order: Order): object[] {
  const [orderId, origClientOrderId] = [venueIdOf(order), clientIdOf(order)];
  return [
    ...(orderId === null ? [] : [{ orderId }]),
    ...(origClientOrderId === null ? [] : [{ origClientOrderId }]),
  ];
}

export function nameOf(order: Order): object {
  return namesOf(order)[0] ?? {};
}

async function lookUpBy(reach: Reach, order: Order, name: object) {
  const asked = { symbol: reach.exchange.marketId(order.instrument), ...name };
  const row = await orNotFound(BINANCE_WORDS, () => call(reach.exchange, 'privateGetOrder', asked));
  return row === undefined ? undefined : bookLookUp(reach, row as Row, { asked, order });
}

/** From a time on, then from id to id: the venue takes a start, or an id, but not both. */
async function fillsOf(reach: Reach, instrument: string, sinceMs: number): Promise<Fill[]> {
  const { exchange, place } = reach;
  const symbol = exchange.marketId(instrument);
  const fills: Fill[] = [];
  let from: object = { startTime: sinceMs };
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const asked = { symbol, limit: PAGE, ...from };
    const rows = (await call(exchange, 'privateGetMyTrades', asked)) as Row[];
    const market = exchange.market(instrument);
    fills.push(...rows.map((row) => toFill(place, exchange.parseTrade(row, market))));
    if (rows.length < PAGE) return fills.filter(({ timeMs }) => timeMs >= sinceMs);
    from = { fromId: nextId(rows) };
  }
  throw tooManyPages('myTrades');
}

/** Where the page ends, which a stray newer row in it must not move: ids of one market rise. */
export function nextId(rows: readonly Row[]): string {
  return (BigInt(String(rows.at(-1)?.['id'])) + 1n).toString();
}
