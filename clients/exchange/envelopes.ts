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

/** First match wins; the path is matched without its query. */
const BINANCE: [RegExp, Check][] = [
  [/exchangeInfo$/, hasList('symbols')],
  [/fapi\/v\d\/(account|balance)$/, listOrList('assets')],
  [/api\/v3\/account$/, hasList('balances')],
  [/(openOrders|openAlgoOrders|allOrders|allAlgoOrders|myTrades|userTrades|klines)$/, isList],
  [/positionRisk$/, isList],
  [/\/order$/, hasKey('orderId', 'clientOrderId', 'code')],
  [/time$/, hasKey('serverTime')],
  [/system\/status$/, hasKey('status')],
];

const COINBASE: [RegExp, Check][] = [
  [/orders\/historical\/batch$/, hasList('orders')],
  [/orders\/historical\/fills$/, hasList('fills')],
  [/orders\/historical\/[^/]+$/, hasKey('order')],
  [/brokerage\/accounts$/, hasList('accounts')],
  [/candles$/, hasList('candles')],
  [/(products|market\/products)$/, hasList('products')],
  [/batch_cancel$/, hasList('results')],
  [/brokerage\/orders$/, hasKey('success', 'success_response', 'error_response')],
];

/** Kraken wraps everything: an empty error list without a result is no answer. */
const KRAKEN: [RegExp, Check][] = [
  [
    /\/0\/(public|private)\//,
    (body) =>
      isRecord(body) &&
      Array.isArray(body['error']) &&
      (body['error'].length > 0 || isRecord(body['result']) || isList(body['result'])),
  ],
];

const RULES: Record<string, [RegExp, Check][]> = {
  binance: BINANCE,
  binanceusdm: BINANCE,
  coinbase: COINBASE,
  kraken: KRAKEN,
};

/** Null where the envelope is well-formed; otherwise what is wrong, without any content of it. */
export function envelopeFault(ccxtId: string, url: string, body: unknown): string | null {
  const path = url.split('?')[0] ?? url;
  if (body === undefined || body === null) return `no JSON from ${lastSegments(path)}`;
  const check = RULES[ccxtId]?.find(([pattern]) => pattern.test(path))?.[1];
  const isEmpty = isRecord(body) && Object.keys(body).length === 0;
  const bad = check === undefined ? isEmpty : !check(body) && !isRefusal(body);
  return bad ? `malformed answer from ${lastSegments(path)}` : null;
}

/** An error body of the venue: ccxt reads these itself. */
function isRefusal(body: unknown): boolean {
  return isRecord(body) && (typeof body['code'] === 'number' || 'error' in body || 'msg' in body);
}

function lastSegments(path: string): string {
  return path.split('/').slice(-2).join('/');
}
