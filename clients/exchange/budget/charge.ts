/**
 * The limits of each venue, as its documentation gives them, and what each request counts.
 *
 * Invariants: what a bucket lets through at once and what drains from it in the venue's own window
 * are together within the venue's limit; a request that is not known counts as ccxt's table says.
 */
import type { Limit } from './bucket.js';
import type { KrakenTier } from './tiers.js';

export interface RequestFacts {
  /** ccxt's section of the API, such as `fapiPrivate`. */
  api: string;
  path: string;
  params: Record<string, unknown>;
  /** By ccxt's table. */
  cost: number;
  signed: boolean;
  /** It stops something: reads leave it some room, so that it never waits behind them. */
  urgent: boolean;
}

export interface Charge {
  bucket: string;
  /** Whom the venue counts: who asks, or from where. */
  scope: 'key' | 'ip';
  limit: Limit;
  cost: number;
}

/** Half at once and half drained in the window: never more than the limit in any such window. */
function perWindow(limit: number, windowS: number): Limit {
  return { capacity: limit / 2, perSecond: limit / 2 / windowS };
}

const KRAKEN_COUNTERS: Readonly<Record<KrakenTier, Limit>> = {
  starter: { capacity: 15, perSecond: 0.33 },
  intermediate: { capacity: 20, perSecond: 0.5 },
  pro: { capacity: 20, perSecond: 1 },
};

type Charges = (request: RequestFacts, tier: KrakenTier) => Charge[];

const BINANCE_SPOT = perWindow(6000, 60);
const BINANCE_WALLET = perWindow(12_000, 60);
const BINANCE_FUTURES = perWindow(2400, 60);

/** ccxt counts spot in fifths of a weight, the wallet in tenths, and futures as they are. */
const binance: Charges = ({ api, cost }) => {
  if (api.startsWith('fapi')) {
    return [{ bucket: 'futures', scope: 'ip', limit: BINANCE_FUTURES, cost }];
  }
  if (api.startsWith('sapi')) {
    return [{ bucket: 'wallet', scope: 'ip', limit: BINANCE_WALLET, cost: cost * 10 }];
  }
  return [{ bucket: 'spot', scope: 'ip', limit: BINANCE_SPOT, cost: cost * 5 }];
};

const coinbase: Charges = ({ signed }) =>
  signed
    ? [{ bucket: 'private', scope: 'key', limit: perWindow(30, 1), cost: 1 }]
    : [{ bucket: 'public', scope: 'ip', limit: perWindow(10, 1), cost: 1 }];

/** Kraken's own counter: histories count double, orders are counted elsewhere, by the engine. */
const kraken: Charges = ({ signed, cost }, tier) => {
  if (!signed) {
    return [{ bucket: 'public', scope: 'ip', limit: { capacity: 5, perSecond: 1 }, cost: 1 }];
  }
  return [{ bucket: 'private', scope: 'key', limit: KRAKEN_COUNTERS[tier], cost: cost / 3 }];
};

const DERIVATIVES = perWindow(500, 10);
const HISTORY = perWindow(100, 600);
const PUBLIC = { capacity: 20, perSecond: 10 };
const COSTS: Readonly<Record<string, number>> = {
  sendorder: 10,
  editorder: 10,
  cancelorder: 10,
  batchorder: 10,
  accounts: 2,
  openpositions: 2,
  openorders: 2,
  fills: 2,
  cancelallorders: 25,
  cancelallordersafter: 25,
};

const krakenfutures: Charges = ({ api, path, params, signed }) => {
  if (!signed) return [{ bucket: 'public', scope: 'ip', limit: PUBLIC, cost: 1 }];
  if (api === 'history') {
    return [{ bucket: 'history', scope: 'key', limit: HISTORY, cost: historyCost(path, params) }];
  }
  const older = path === 'fills' && params['lastFillTime'] !== undefined;
  const cost = older ? 25 : (COSTS[path] ?? 1);
  return [{ bucket: 'derivatives', scope: 'key', limit: DERIVATIVES, cost }];
};

function historyCost(path: string, { count }: Record<string, unknown>): number {
  if (path !== 'account-log') return 1;
  const rows = typeof count === 'number' ? count : 500;
  if (rows <= 25) return 1;
  if (rows <= 50) return 2;
  if (rows <= 1000) return 3;
  return rows <= 5000 ? 6 : 10;
}

/** Binance bans an address from its whole host, whichever limit was broken. */
const BANNED_TOGETHER: Readonly<Record<string, readonly string[]>> = {
  spot: ['api', 'sapi'],
  wallet: ['api', 'sapi'],
};

/** The limits that are closed when the venue says to stay away. */
export function bansOf(
  ccxtId: string,
  request: RequestFacts,
  terms: { msPerCost: number; tier: KrakenTier },
): Charge[] {
  const charges = chargesOf(ccxtId, request, terms);
  const bucket = ccxtId.startsWith('binance') ? (charges[0]?.bucket ?? '') : '';
  const apis = BANNED_TOGETHER[bucket];
  if (apis === undefined) return charges;
  return apis.flatMap((api) => chargesOf(ccxtId, { ...request, api }, terms));
}

const VENUES: Readonly<Record<string, Charges>> = {
  binance,
  binanceusdm: binance,
  coinbase,
  kraken,
  krakenfutures,
};

/** Of a venue without an entry here: ccxt's pace, and a second's worth at once. */
export function chargesOf(
  ccxtId: string,
  request: RequestFacts,
  { msPerCost, tier }: { msPerCost: number; tier: KrakenTier },
): Charge[] {
  const perSecond = 1000 / Math.max(1, msPerCost);
  const limit = { capacity: Math.max(1, perSecond), perSecond };
  return (
    VENUES[ccxtId]?.(request, tier) ?? [{ bucket: 'all', scope: 'key', limit, cost: request.cost }]
  );
}
