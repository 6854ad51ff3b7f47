/** Binance USD-M futures: one-way or hedge mode, and an algo service for conditional orders. */
import type { Dated, OrderName } from '../../../../activities/ports.js';
import type { LookUp } from '../../../../workflows/domain/orders/fate/recovery.js';
import type { Balance, Fill, Order, Position } from '../../../../workflows/domain/books/state.js';
import { eachList, type OpenRows } from '../../answers/open-rows.js';
import { priceOf } from '../../answers/guards.js';
import { hedgeSide, toFill, totalsOf } from '../../answers/parse.js';
import {
  contradicts,
  name,
  number,
  recordAt,
  text,
  toldAt,
  word,
  type Row,
} from '../../answers/rows.js';
import {
  anotherThan,
  call,
  clientIdOf,
  eachListed,
  firstFound,
  listed,
  orNotFound,
  symbolAt,
  venueIdOf,
} from '../adapter.js';
import type { Reach, VenueAdapter } from '../adapter.js';
import { incomeFlows } from './flows.js';
import { keyRightsBy } from './key-rights.js';
import { algoLookUp, algoRows, bookLookUp, bookRows } from './orders.js';
import { nameOf, namesOf } from './spot.js';
import { usdmTrades, USDM_KEPT_MS } from './usdm-trades.js';
import { forcedOrders } from './forced.js';
import { binanceStatus } from './status.js';
import { BINANCE_WORDS } from './words.js';

export const binanceusdm: VenueAdapter = {
  openOrders: (reach) => eachList([() => booked(reach), () => conditional(reach)]),
  fills: async (reach, sinceMs) => {
    const { exchange } = reach;
    const fromMs = Math.max(sinceMs, exchange.milliseconds() - USDM_KEPT_MS);
    const pages = await eachListed(reach, (one) => usdmTrades(exchange, one, fromMs));
    const rows = pages.flat();
    // What was forced stands on the order, not on the trade; asked for only where there are trades.
    const forced = await forcedOrders(
      exchange,
      rows.map(({ time }) => Number(time)),
    );
    const fills = rows.map((row) => toUsdmFill(reach, row, forced));
    return { rows: fills.filter(({ timeMs }) => timeMs >= fromMs), fromMs };
  },
  cashFlows: incomeFlows,
  positions: async (reach) => {
    const rows = (await call(reach.exchange, 'fapiPrivateV3GetPositionRisk')) as Row[];
    return rows.flatMap((row) => toUsdmPosition(reach, row) ?? []);
  },
  balances: async (reach) =>
    walletBalances(reach, await call(reach.exchange, 'fapiPrivateV3GetAccount')),
  lookUp: (reach, order) => {
    const inBook = () => lookUpInBook(reach, order, namesOf(order));
    const inAlgo = () => lookUpInAlgo(reach, order);
    // A state of before may not say that the order is conditional.
    return firstFound(...(order.conditional === true ? [inAlgo, inBook] : [inBook, inAlgo]));
  },
  cancel: async ({ exchange }, order) => {
    const inBook = () =>
      call(exchange, 'fapiPrivateDeleteOrder', {
        symbol: symbolAt(exchange, order),
        ...nameOf(order),
      });
    if (order.conditional !== true) return inBook();
    const asked = algoNamesOf(order)[0] ?? {};
    const done = await orNotFound(BINANCE_WORDS, () =>
      call(exchange, 'fapiPrivateDeleteAlgoOrder', asked),
    );
    // Stops from before the algo service rest in the book.
    return done ?? inBook();
  },
  armDeadManSwitch: async ({ exchange, instruments }, countdownTime) => {
    for (const instrument of instruments) {
      const symbol = exchange.marketId(instrument);
      await call(exchange, 'fapiPrivatePostCountdownCancelAll', { symbol, countdownTime });
    }
  },
  keyRights: keyRightsBy('enableFutures'),
  statuses: binanceStatus('fapiPublicGetExchangeInfo'),
  marks: markPrices,
};

/** One call: of one instrument, or of all that the venue has. */
async function markPrices({ exchange, instruments }: Reach): Promise<Map<string, string>> {
  const symbols = listed(exchange, instruments);
  const [only] = symbols;
  const asked =
    symbols.length === 1 && only !== undefined ? { symbol: exchange.marketId(only) } : {};
  const answer = await call(exchange, 'fapiPublicGetPremiumIndex', asked);
  const rows = (Array.isArray(answer) ? answer : [answer]) as Row[];
  const prices = new Map(rows.map((row) => [word(row['symbol']), text(row['markPrice'])]));
  return new Map(
    symbols.flatMap((symbol) => {
      const price = prices.get(exchange.marketId(symbol) ?? '');
      return price === null || price === undefined || price === '0'
        ? []
        : [[symbol, price] as const];
    }),
  );
}

async function booked(reach: Reach): Promise<OpenRows> {
  const rows = (await call(reach.exchange, 'fapiPrivateGetOpenOrders')) as unknown[];
  return bookRows(reach, rows, 'fapi/openOrders');
}

async function conditional(reach: Reach): Promise<OpenRows> {
  const rows = (await call(reach.exchange, 'fapiPrivateGetOpenAlgoOrders')) as unknown[];
  return algoRows(reach, rows, 'fapi/openAlgoOrders');
}

function toUsdmFill(
  { exchange, place }: Reach,
  row: Row,
  forced: Awaited<ReturnType<typeof forcedOrders>>,
): Fill {
  return toFill(place, exchange.parseTrade(row), {
    realizedPnl: text(row['realizedPnl']),
    realizedAsset: statedAsset(exchange, row),
    positionSide: hedgeSide(row['positionSide']),
    forced: forced.get(`${String(row['symbol'])}|${String(row['orderId'])}`),
  });
}

/** In the credits mode results are paid in another asset than the contract settles in. */
function statedAsset(
  exchange: Reach['exchange'],
  { marginAsset, symbol }: Row,
): string | undefined {
  const asset = exchange.safeCurrencyCode(word(marginAsset));
  const { settle } = exchange.safeMarket(word(symbol), undefined, undefined, 'contract');
  return asset === '' || asset === settle ? undefined : asset;
}

/** The amount is signed, of a short side too. */
function toUsdmPosition({ exchange, place }: Reach, row: Row): Dated<Position> | undefined {
  const quantity = number('position', 'contracts', row['positionAmt']);
  if (quantity === '0') return undefined;
  const symbol = name('position', 'symbol', row['symbol']);
  return {
    ...place,
    instrument: exchange.safeSymbol(symbol, undefined, undefined, 'contract'),
    side: hedgeSide(row['positionSide']) ?? 'net',
    quantity,
    averagePrice: priceOf(row['entryPrice']),
    ...toldAt(row['updateTime']),
  };
}

/** The margin balance moves with the market; the wallet balance is what fills and fees move. */
function walletBalances({ exchange, place }: Reach, account: unknown): Dated<Balance>[] {
  const rows = Array.isArray(account) ? (account as Row[]) : (recordAt(account)['assets'] as Row[]);
  // There is one wallet: an asset that stands in it twice is told twice.
  const wallet = new Map(
    rows.map((row) => {
      const asset = exchange.safeCurrencyCode(name('balance', 'asset', row['asset']));
      const amount = row['walletBalance'] ?? row['balance'];
      return [asset, [asset, amount, toldAt(row['updateTime'])] as const] as const;
    }),
  );
  return totalsOf(place, wallet.values());
}

async function lookUpInBook(
  reach: Reach,
  order: Order,
  names: readonly object[],
): Promise<LookUp | undefined> {
  const symbol = reach.exchange.marketId(order.instrument);
  for (const one of names) {
    const asked = { symbol, ...one };
    const row = await orNotFound(BINANCE_WORDS, () =>
      call(reach.exchange, 'fapiPrivateGetOrder', asked),
    );
    if (row !== undefined) return bookLookUp(reach, row as Row, { asked, order });
  }
  return undefined;
}

function algoNamesOf(order: OrderName): object[] {
  const [algoId, clientAlgoId] = [venueIdOf(order), clientIdOf(order)];
  return [
    ...(algoId === null ? [] : [{ algoId }]),
    ...(clientAlgoId === null ? [] : [{ clientAlgoId }]),
  ];
}

async function lookUpInAlgo(reach: Reach, order: Order): Promise<LookUp | undefined> {
  for (const one of algoNamesOf(order)) {
    const row = await orNotFound(BINANCE_WORDS, () =>
      call(reach.exchange, 'fapiPrivateGetAlgoOrder', one),
    );
    if (row === undefined) continue;
    if ((row as Row)['symbol'] !== reach.exchange.marketId(order.instrument)) {
      throw contradicts('algoOrder');
    }
    const isByOurs = 'clientAlgoId' in one;
    const another = isByOurs
      ? anotherThan(order, reach.exchange.parseOrder(row as Row))
      : undefined;
    if (another !== undefined) return another;
    const child = (orderId: string) => lookUpInBook(reach, order, [{ orderId }]);
    return algoLookUp(reach, row as Row, child);
  }
  return undefined;
}
