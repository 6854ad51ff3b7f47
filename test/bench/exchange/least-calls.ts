/**
 * The least that a recovery can ask of each venue, worked out from the venues' documented pages and
 * weights and from what a recovery has to know. Nothing here is taken from Relight's own code.
 *
 * A reading needs every fill since the checkpoint, at the largest page; balances; positions where the
 * venue has any; and the open orders of all instruments, or one that was placed elsewhere would not be
 * found. Of an engine at rest it needs the orders twice, because reads are not atomic and two lists
 * prove that nothing moved between; of a live one once, because it moves and two would prove nothing.
 * An order that was on its way at the crash is looked up twice: one look proves nothing so early.
 */
import type { VenueId } from '../../../sandbox/venues/index.js';

/**
 * Requests, and what the venue counts each of them as. Where it counts one for all symbols more than
 * one for each, the weight is that of the cheaper way.
 */
interface Call {
  what: string;
  times: number;
  weight: number;
}

/** What happens in the recovery that is measured. */
export interface RecoveryFacts {
  instruments: number;
  /** Since the checkpoint, on each instrument. */
  fillsEach: number;
}

/** Lists of open orders. */
const AT_REST = 2;
const LIVE = 1;

/**
 * By the procedure: positions as evidence of the crash, of after which there are no fills yet; the
 * reconciliation; and the books of the new engine, compared before each of three stages.
 */
const READINGS: readonly { times: number; lists: number; afterCrash: boolean }[] = [
  { times: 1, lists: AT_REST, afterCrash: true },
  { times: 1, lists: AT_REST, afterCrash: false },
  { times: 3, lists: LIVE, afterCrash: false },
];
/** Resting orders have to be judged by the prices, and the exposure. */
const PRICINGS = 2;

const pages = (rows: number, page: number) => Math.max(1, Math.ceil(rows / page));

/** Of a list that has two rows of each fill, and need not be read where there is none. */
const rowPages = (fills: number, page: number) => (fills === 0 ? 0 : pages(2 * fills, page));

/** `orders`: one list of all that are open. `reading`: what else each reading asks. */
type Least = (facts: RecoveryFacts) => {
  orders: Call[];
  reading: Call[];
  pricing: Call;
  once: Call[];
};

const call = (what: string, times: number, weight: number): Call => ({ what, times, weight });

/** Once, at either API of Binance: the weights of each. */
const onceAtBinance = (
  instruments: number,
  weights: { info: number; klines: number; order: number },
) => [
  call('exchangeInfo', 1, weights.info),
  call('klines, by symbol', instruments, weights.klines),
  call('order: the cancelled, and twice the one that never arrived', 3, weights.order),
];

/** Weights of the spot API; the ticker of up to twenty symbols counts as one symbol's. */
const binance: Least = ({ instruments, fillsEach }) => ({
  orders: [call('openOrders, all symbols', 1, 80)],
  reading: [
    call('myTrades, by symbol, 1000 a page', instruments * pages(fillsEach, 1000), 20),
    call('account', 1, 20),
  ],
  pricing: call('ticker of two symbols', 1, 2),
  once: [
    ...onceAtBinance(instruments, { info: 20, klines: 2, order: 4 }),
    call('system status', 1, 1),
  ],
});

/** Conditional orders are kept by a service of their own, and forced orders are told apart. */
const binanceusdm: Least = ({ instruments, fillsEach }) => ({
  orders: [call('openOrders, all symbols', 1, 40), call('openAlgoOrders, all symbols', 1, 40)],
  reading: [
    call('userTrades, by symbol, 1000 a page', instruments * pages(fillsEach, 1000), 5),
    call('forceOrders, where there are trades', fillsEach === 0 ? 0 : 1, 20 * instruments),
    call('positionRisk', 1, 5),
    call('account', 1, 5),
  ],
  pricing: call('premiumIndex', 1, instruments),
  once: [
    ...onceAtBinance(instruments, { info: 1, klines: 5, order: 1 }),
    call('algoOrder: twice the one that never arrived', 2, 1),
  ],
});

/** Every request counts one. Open orders cannot be asked for with those on their way. */
const coinbase: Least = ({ instruments, fillsEach }) => ({
  orders: [call('open orders, and those on their way', 2, 1)],
  reading: [
    call('fills, 1000 a page', pages(instruments * fillsEach, 1000), 1),
    call('accounts', 1, 1),
  ],
  pricing: call('products', 1, 1),
  once: [
    call('products', 1, 1),
    call('candles, by product', instruments, 1),
    call('order by id, and twice the orders of a product for a client id', 3, 1),
  ],
});

/** Histories count double, and give fifty rows. In which asset a fee was charged stands in the ledger alone. */
const kraken: Least = ({ instruments, fillsEach }) => ({
  orders: [call('OpenOrders', 1, 1)],
  reading: [
    call('TradesHistory, 50 a page', pages(instruments * fillsEach, 50), 2),
    call('Ledgers, two rows a fill, 50 a page', rowPages(instruments * fillsEach, 50), 2),
    call('BalanceEx', 1, 1),
    call('OpenPositions', 1, 1),
  ],
  pricing: call('Ticker', 1, 1),
  once: [
    call('AssetPairs', 1, 1),
    call('SystemStatus', 1, 1),
    call('OHLC, by pair', instruments, 1),
    call('QueryOrders; twice OpenOrders and ClosedOrders for a client id', 5, 1),
  ],
});

/** Older pages of fills are dear; fees and results of fills stand in the account log alone. */
const krakenfutures: Least = ({ instruments, fillsEach }) => ({
  orders: [call('openorders', 1, 2)],
  reading: [
    call('fills, the newest 100', 1, 2),
    call('fills, older, 100 a page', pages(instruments * fillsEach, 100) - 1, 25),
    call('account-log, two rows a fill, 1000 a page', rowPages(instruments * fillsEach, 1000), 3),
    call('openpositions', 1, 2),
    call('accounts', 1, 2),
  ],
  pricing: call('tickers', 1, 1),
  once: [
    call('instruments', 1, 1),
    call('candles, by contract', instruments, 1),
    call('orders/status of the cancelled', 1, 1),
    call('openorders, twice for the one that never arrived', 2, 2),
    call('orders/status, histories of orders and of triggers, twice for it', 6, 1),
  ],
});

const LEAST: Readonly<Record<VenueId, Least>> = {
  binance,
  binanceusdm,
  coinbase,
  kraken,
  krakenfutures,
};

/** The number of requests, and their weight by the venue's own count. */
export function leastCalls(venue: VenueId, facts: RecoveryFacts) {
  const least = LEAST[venue];
  const { pricing, once } = least(facts);
  const repeated = (calls: Call[], count: number) =>
    calls.map((one) => ({ ...one, times: one.times * count }));
  const readings = READINGS.flatMap(({ times, lists, afterCrash }) => {
    const { orders, reading } = least(afterCrash ? { ...facts, fillsEach: 0 } : facts);
    return repeated([...repeated(orders, lists), ...reading], times);
  });
  const all = [...readings, ...repeated([pricing], PRICINGS), ...once];
  return {
    requests: all.reduce((sum, { times }) => sum + times, 0),
    weight: all.reduce((sum, { times, weight }) => sum + times * weight, 0),
  };
}
