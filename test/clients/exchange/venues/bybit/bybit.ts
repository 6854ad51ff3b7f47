/** Bybit as far as tests need it always: its clock and a few markets, as its documentation shows them. */
import { scriptedVenue } from '../scripted.js';

export const good = (result: string) =>
  `{"retCode":0,"retMsg":"OK","result":${result},"retExtInfo":{},"time":${Date.now()}}`;

export const page = (rows: string[], cursor = '') =>
  good(`{"category":"linear","nextPageCursor":"${cursor}","list":[${rows.join()}]}`);

export const NONE = page([]);

const spot = (base: string, status = 'Trading') => `{"symbol":"${base}USDT","baseCoin":"${base}",
"quoteCoin":"USDT","innovation":"0","status":"${status}","marginTrading":"utaOnly","lotSizeFilter":
{"basePrecision":"0.000001","quotePrecision":"0.00000001","minOrderQty":"0.00001","maxOrderQty":"71",
"minOrderAmt":"1","maxOrderAmt":"4000000"},"priceFilter":{"tickSize":"0.01"}}`;

const contract = (base: string, quote: string, settle: string, status = 'Trading') => `{
"symbol":"${base}${quote}","contractType":"${quote === settle ? 'LinearPerpetual' : 'InversePerpetual'}",
"status":"${status}","baseCoin":"${base}","quoteCoin":"${quote}","launchTime":"1585526400000",
"deliveryTime":"0","deliveryFeeRate":"","priceScale":"2","leverageFilter":{"minLeverage":"1",
"maxLeverage":"100","leverageStep":"0.01"},"priceFilter":{"minPrice":"0.1","maxPrice":"199999",
"tickSize":"0.10"},"lotSizeFilter":{"maxOrderQty":"1190","minOrderQty":"0.001","qtyStep":"0.001",
"postOnlyMaxOrderQty":"1190"},"unifiedMarginTrade":true,"fundingInterval":480,"settleCoin":"${settle}"}`;

const MARKETS: Readonly<Record<string, string>> = {
  spot: page([spot('BTC'), spot('LTC')]),
  linear: page([contract('BTC', 'USDT', 'USDT'), contract('LTC', 'USDT', 'USDT')]),
  inverse: page([contract('BTC', 'USD', 'BTC')]).replace('"linear"', '"inverse"'),
};

const ALWAYS = {
  'v5/market/instruments-info': (asked: URLSearchParams) =>
    MARKETS[asked.get('category') ?? ''] ?? NONE,
  'v5/market/time': () => good(`{"timeSecond":"${Math.floor(Date.now() / 1000)}","timeNano":"1"}`),
};

export const bybitVenue = (...instruments: string[]) => scriptedVenue('bybit', instruments, ALWAYS);

export const PLACE = { venue: 'bybit', account: 'main' };

export const orderRow = (more: string) =>
  `{"orderId":"o-1","orderLinkId":"rl-1","blockTradeId":"",
"symbol":"LTCUSDT","price":"70.5","qty":"2","side":"Sell","isLeverage":"","positionIdx":0,
"orderStatus":"New","cancelType":"UNKNOWN","rejectReason":"EC_NoError","avgPrice":"","leavesQty":"2",
"cumExecQty":"0","cumExecValue":"0","cumExecFee":"0","timeInForce":"GTC","orderType":"Limit",
"stopOrderType":"","triggerPrice":"","takeProfit":"","stopLoss":"","triggerDirection":0,
"reduceOnly":false,"closeOnTrigger":false,"tpslMode":"","createdTime":"1684738540559",
"updatedTime":"1684738540561"}`.replace(/}$/, `${more === '' ? '' : `,${more}`}}`);
