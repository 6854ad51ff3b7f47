/** Where venues differ: paging, look-ups by client id, dead-man switches, status. One table. */
import * as ccxt from 'ccxt';
import type { Order } from '../../workflows/domain/state.js';
import type { Exchange } from './connection.js';

export interface VenueQuirks {
  /** All trades of one instrument (or of all, where the venue reads by account) since a time. */
  trades(
    exchange: Exchange,
    instrument: string | undefined,
    sinceMs: number,
  ): Promise<ccxt.Trade[]>;
  tradesPerInstrument: boolean;
  /** Every order that rests, conditional ones and later pages too. */
  openOrders(exchange: Exchange): Promise<ccxt.Order[]>;
  /** Orders with this client id, open or closed; empty where the venue has none. */
  byClientId(exchange: Exchange, order: Order): Promise<ccxt.Order[]>;
  /** It has positions, and wallets that fills and fees move; a spot account has neither. */
  derivatives: boolean;
  deadManSwitch:
    | ((
        exchange: Exchange,
        order: { instruments: readonly string[]; timeoutMs: number },
      ) => Promise<void>)
    | null;
}

const PAGE = 500;
const KRAKEN_PAGE = 50;
/** ccxt cuts the sum of all pages to the limit, and takes 100 where none is given. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;
const ALL_PAGES = { paginate: true, paginationCalls: 1000 };
/** USD-M answers one week from the start asked for: an older start would hide the newest. */
const USDM_HISTORY_MS = 7 * 86_400_000 - 60_000;
/** A gate may stay open over a long weekend; an order must be found after it. */
const LOOK_BACK_MS = 14 * 86_400_000;

const binance: VenueQuirks = {
  trades: binanceTrades,
  tradesPerInstrument: true,
  openOrders: (exchange) => exchange.fetchOpenOrders(),
  byClientId: async (exchange, order) => [
    await exchange.fetchOrder('', order.instrument, { origClientOrderId: order.clientOrderId }),
  ],
  derivatives: false,
  deadManSwitch: null,
};

const binanceusdm: VenueQuirks = {
  ...binance,
  trades: (exchange, instrument, sinceMs) =>
    binanceTrades(exchange, instrument, Math.max(sinceMs, Date.now() - USDM_HISTORY_MS)),
  openOrders: async (exchange) => [
    ...(await exchange.fetchOpenOrders()),
    ...(await exchange.fetchOpenOrders(undefined, undefined, undefined, { trigger: true })),
  ],
  derivatives: true,
  deadManSwitch: async (exchange, { instruments, timeoutMs }) => {
    for (const instrument of instruments) {
      const symbol = exchange.market(instrument).id;
      await call(exchange, 'fapiPrivatePostCountdownCancelAll', {
        symbol,
        countdownTime: timeoutMs,
      });
    }
  },
};

const coinbase: VenueQuirks = {
  trades: async (exchange, _instrument, sinceMs) =>
    exchange.fetchMyTrades(undefined, sinceMs, NO_LIMIT, ALL_PAGES),
  tradesPerInstrument: false,
  openOrders: coinbaseOpenOrders,
  byClientId: async (exchange, order) => {
    const since = exchange.milliseconds() - LOOK_BACK_MS;
    const orders = await exchange.fetchOrders(order.instrument, since, NO_LIMIT, ALL_PAGES);
    return orders.filter(({ clientOrderId }) => clientOrderId === order.clientOrderId);
  },
  derivatives: false,
  deadManSwitch: null,
};

const kraken: VenueQuirks = {
  trades: krakenTrades,
  tradesPerInstrument: false,
  openOrders: (exchange) => exchange.fetchOpenOrders(),
  byClientId: async (exchange, { clientOrderId }) => {
    const params = { clientOrderId };
    const open = await exchange.fetchOpenOrders(undefined, undefined, undefined, params);
    if (open.length > 0) return open;
    return exchange.fetchClosedOrders(undefined, undefined, undefined, params);
  },
  derivatives: false,
  deadManSwitch: async (exchange, { timeoutMs }) => {
    await exchange.cancelAllOrdersAfter(timeoutMs);
  },
};

const QUIRKS: Record<string, VenueQuirks> = { binance, binanceusdm, coinbase, kraken };

export function quirksOf(ccxtId: string): VenueQuirks {
  const quirks = QUIRKS[ccxtId];
  if (quirks === undefined) {
    const known = Object.keys(QUIRKS).join(', ');
    throw new ccxt.NotSupported(`No adapter for ccxt exchange "${ccxtId}"; there are: ${known}`);
  }
  return quirks;
}

export const SUPPORTED_VENUES: readonly string[] = Object.keys(QUIRKS);

async function binanceTrades(exchange: Exchange, instrument: string | undefined, sinceMs: number) {
  const trades: ccxt.Trade[] = [];
  let params: Record<string, unknown> = {};
  for (;;) {
    const since = params['fromId'] === undefined ? sinceMs : undefined;
    const page = await exchange.fetchMyTrades(instrument, since, PAGE, params);
    trades.push(...page);
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined) return trades;
    params = { fromId: (BigInt(String(last.id)) + 1n).toString() };
  }
}

/** A hundred to a page; ccxt leaves the cursor of the next one in the first raw order. */
async function coinbaseOpenOrders(exchange: Exchange): Promise<ccxt.Order[]> {
  const orders: ccxt.Order[] = [];
  let params: Record<string, unknown> = {};
  for (;;) {
    const page = await exchange.fetchOpenOrders(undefined, undefined, undefined, params);
    orders.push(...page);
    const next = page.map(({ info }) => info as { cursor?: string }).find((row) => row.cursor);
    if (next === undefined) return orders;
    params = { cursor: next.cursor };
  }
}

/** Pages are counted from the newest, so a trade that arrives meanwhile shifts them: overlap. */
async function krakenTrades(exchange: Exchange, _instrument: string | undefined, sinceMs: number) {
  const trades = new Map<string, ccxt.Trade>();
  for (let ofs = 0; ; ofs += KRAKEN_PAGE - 5) {
    const page = await exchange.fetchMyTrades(undefined, sinceMs, undefined, { ofs });
    for (const trade of page) trades.set(String(trade.id), trade);
    if (page.length < KRAKEN_PAGE) return [...trades.values()];
  }
}

async function call(exchange: Exchange, method: string, params: object): Promise<void> {
  const methods = exchange as unknown as Record<string, (params: object) => Promise<unknown>>;
  await methods[method]?.(params);
}
