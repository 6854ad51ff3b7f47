/**
 * Raw envelopes, checked before ccxt's parsed form is believed: most of ccxt's parsers turn a
 * malformed answer with status 200 into an empty list, and an empty list would read as "flat".
 */
type Check = (body: unknown) => boolean;

const isList: Check = Array.isArray;

function isRecord(body: unknown): body is Record<string, unknown> {
  return body !== null && typeof body === 'object' && !Array.isArray(body);
}

function hasList(key: string): Check {
  return (body) => isRecord(body) && Array.isArray(body[key]);
}

function hasKey(...keys: string[]): Check {
  return (body) => isRecord(body) && keys.some((key) => body[key] !== undefined);
}

const listOrList = (key: string): Check => {
  const inObject = hasList(key);
  return (body) => isList(body) || inObject(body);
};

/** A record with all of these fields: ccxt drops rows that lack what it sorts or filters by. */
function hasAll(row: unknown, ...fields: string[]): boolean {
  return isRecord(row) && fields.every((key) => row[key] !== undefined && row[key] !== null);
}

function rowsOf(body: unknown, key: string | null): unknown[] | null {
  const rows = key === null || !isRecord(body) ? body : body[key];
  return Array.isArray(rows) ? (rows as unknown[]) : null;
}

/** A list, at the key or bare, of which every row passes. */
function listOf(key: string | null, isRow: Check): Check {
  return (body) => rowsOf(body, key)?.every(isRow) ?? false;
}

const rowWith =
  (...fields: string[]): Check =>
  (row) =>
    hasAll(row, ...fields);

/** ccxt takes a row without an entry price for flat. */
const isPositionRow: Check = (row) => {
  if (!isRecord(row) || !hasAll(row, 'symbol', 'positionAmt')) return false;
  const amount = Number(row['positionAmt']);
  return amount === 0 || (Number.isFinite(amount) && Number(row['entryPrice']) > 0);
};

/** ccxt counts only these two types, and of them only rows with both parts. */
const isWalletRow: Check = (row) => {
  if (!isRecord(row) || typeof row['type'] !== 'string') return false;
  if (!/^ACCOUNT_TYPE_(CRYPTO|FIAT)$/.test(row['type'])) return true;
  return hasAll(row['available_balance'], 'currency', 'value') && hasAll(row['hold'], 'value');
};

/** Only the first page is read: a wallet on a later one must not count as zero. */
const isLastPage: Check = (body) => isRecord(body) && body['has_next'] !== true;

const all =
  (...checks: Check[]): Check =>
  (body) =>
    checks.every((check) => check(body));

/** First match wins; the path is matched without its query. */
const BINANCE: [RegExp, Check][] = [
  [/exchangeInfo$/, hasList('symbols')],
  [/fapi\/v\d\/(account|balance)$/, listOrList('assets')],
  [/api\/v3\/account$/, listOf('balances', rowWith('asset', 'free', 'locked'))],
  [/(myTrades|userTrades)$/, listOf(null, rowWith('time'))],
  [/(openOrders|openAlgoOrders|allOrders|allAlgoOrders|klines)$/, isList],
  [/(allPairs|leverageBracket)$/, isList],
  [/positionRisk$/, listOf(null, isPositionRow)],
  [/\/order$/, hasKey('orderId', 'clientOrderId')],
  [/ticker\/24hr$/, hasKey('lastPrice')],
  [/countdownCancelAll$/, hasKey('countdownTime')],
  [/time$/, hasKey('serverTime')],
  [/system\/status$/, hasKey('status')],
];

const COINBASE: [RegExp, Check][] = [
  [
    /orders\/historical\/batch$/,
    listOf('orders', rowWith('order_id', 'client_order_id', 'created_time')),
  ],
  [/orders\/historical\/fills$/, listOf('fills', rowWith('trade_time'))],
  [/orders\/historical\/[^/]+$/, hasKey('order')],
  [/brokerage\/accounts$/, all(isLastPage, listOf('accounts', isWalletRow))],
  [/candles$/, hasList('candles')],
  [/ticker$/, hasList('trades')],
  [/(products|market\/products)$/, hasList('products')],
  [/batch_cancel$/, hasList('results')],
  [/brokerage\/orders$/, hasKey('success', 'success_response', 'error_response')],
];

/** Kraken wraps everything: an empty error list without a result is no answer. */
function krakenResult(isResult: (result: Record<string, unknown>) => boolean): Check {
  return (body) =>
    isRecord(body) && isList(body['error']) && isRecord(body['result']) && isResult(body['result']);
}

const hasRecord = (key: string, isRow: Check = isRecord) =>
  krakenResult(({ [key]: rows }) => isRecord(rows) && Object.values(rows).every(isRow));

/** Only balances can be empty: an order that is not there is an error at Kraken. */
const KRAKEN: [RegExp, Check][] = [
  [/private\/OpenOrders$/, hasRecord('open')],
  [/private\/ClosedOrders$/, hasRecord('closed')],
  [/private\/TradesHistory$/, hasRecord('trades', rowWith('time'))],
  [/private\/Balance(Ex)?$/, krakenResult(() => true)],
  [/\/0\/(public|private)\//, krakenResult((result) => Object.keys(result).length > 0)],
];

const RULES: Record<string, [RegExp, Check][]> = {
  binance: BINANCE,
  binanceusdm: BINANCE,
  coinbase: COINBASE,
  kraken: KRAKEN,
};

/**
 * Null where the envelope is well-formed; otherwise what is wrong, without any content of it.
 * Only for answers that ccxt has not thrown for: a refusal is for ccxt to read, before this.
 */
export function envelopeFault(ccxtId: string, url: string, body: unknown): string | null {
  const path = url.split('?')[0] ?? url;
  if (body === undefined || body === null) return `no JSON from ${lastSegments(path)}`;
  const check = RULES[ccxtId]?.find(([pattern]) => pattern.test(path))?.[1];
  const isEmpty = isRecord(body) && Object.keys(body).length === 0;
  const bad = check === undefined ? isEmpty : !check(body);
  return bad ? `malformed answer from ${lastSegments(path)}` : null;
}

function lastSegments(path: string): string {
  return path.split('/').slice(-2).join('/');
}
