/**
 * What ccxt must be told, exchange by exchange, to read a kind of market whole.
 *
 * Invariant: each entry stands for something that ccxt's unified call does otherwise without a word,
 * as read in its source; what ccxt's own table of features tells is taken from there.
 */
import type * as ccxt from 'ccxt';
import { settlementAsset } from '../../../../workflows/domain/books/instruments.js';
import type { Exchange } from '../../connection/ccxt.js';
import { kindOf, type MarketKind } from '../../connection/market-kind.js';

/** A list in which a venue keeps orders: how it is asked for, and how one of its orders is named. */
export interface OrderList {
  ask: object;
  act: object;
}

export interface Feature {
  limit?: number;
  trigger?: boolean;
  trailing?: boolean;
  daysBack?: number;
  untilDays?: number;
}

/** Undefined where ccxt says nothing of this kind of market. */
export function featureOf(
  exchange: Exchange,
  { type, subType }: MarketKind,
  method: string,
): Feature | undefined {
  const kinds = (exchange.features ?? {}) as Record<string, Record<string, unknown> | undefined>;
  const features = (subType === null ? kinds[type] : kinds[type]?.[subType]) as
    Record<string, Feature | undefined> | undefined;
  return features?.[method];
}

export const PLAIN: OrderList = { ask: {}, act: {} };
const TRIGGER = alike({ trigger: true });
/** Its rows wait for no price of their own, and ccxt may not say that they trail. */
export const TRAILING = alike({ trailing: true });

function alike(terms: object): OrderList {
  return { ask: terms, act: terms };
}

type Lists = (kind: MarketKind) => OrderList[];

const bitget: Lists = ({ type }) =>
  type === 'spot'
    ? [TRIGGER]
    : [TRIGGER, TRAILING, alike({ trigger: true, planType: 'profit_loss' })];

const htx: Lists = ({ type, subType }) => {
  if (type === 'spot') return [];
  const inverse = [TRIGGER, TRAILING, alike({ stopLossTakeProfit: true })];
  if (subType === 'inverse') return inverse;
  return [...inverse, alike({ stopLoss: true }), alike({ takeProfit: true })];
};

const xt: Lists = ({ type }) =>
  type === 'spot' ? [] : [TRIGGER, TRAILING, alike({ stopLossTakeProfit: true })];

/** Lists of conditional orders that ccxt's features leave out, or promise in vain. */
const LISTS: Readonly<Record<string, Lists>> = {
  bitget,
  blofin: () => [TRIGGER, alike({ tpsl: true })],
  htx,
  mexc: () => [],
  upbit: () => [{ ask: { state: 'watch' }, act: {} }],
  woo: () => [TRIGGER],
  xt,
};

/** Lists of orders beside the plain one. */
export function conditionalLists(exchange: Exchange, instrument: string): OrderList[] {
  const kind = kindOf(instrument);
  const own = LISTS[exchange.id];
  if (own !== undefined) return own(kind);
  const { trigger, trailing } = featureOf(exchange, kind, 'fetchOpenOrders') ?? {};
  return [...(trigger === true ? [TRIGGER] : []), ...(trailing === true ? [TRAILING] : [])];
}

/** Pages of orders whose length ccxt gets wrong, or does not pass on. */
const PAGE_TERMS: Readonly<Record<string, (limit: number) => object>> = {
  kucoin: (pageSize) => ({ pageSize }),
  kucoinfutures: (pageSize) => ({ pageSize }),
  mexc: (page_size) => ({ page_size }),
};
const PAGE_LIMITS: Readonly<Record<string, number>> = {
  blockchaincom: 100,
  // Of a unified account, which ccxt finds out by itself.
  kucoin: 200,
  kucoinfutures: 200,
  modetrade: 100,
  woofipro: 100,
};

export function orderPage(exchange: Exchange, instrument: string) {
  const kind = kindOf(instrument);
  const limit = PAGE_LIMITS[exchange.id] ?? featureOf(exchange, kind, 'fetchOpenOrders')?.limit;
  const terms = kind.type === 'spot' ? undefined : PAGE_TERMS[exchange.id];
  return { limit, terms: limit === undefined ? {} : (terms?.(limit) ?? {}) };
}

type NextPage = (rows: readonly ccxt.Order[]) => object | null;

function byOldest(parameter: string): NextPage {
  return (rows) => {
    const ids = rows.flatMap(({ id }) => id ?? []);
    const [oldest] = ids.toSorted((a, b) => a.length - b.length || (a < b ? -1 : 1));
    return oldest === undefined ? null : { [parameter]: oldest };
  };
}

/** What asks for the page of orders after one, where ccxt has no way of its own that works. */
export const NEXT_PAGE: Readonly<Record<string, NextPage>> = {
  bitget: byOldest('idLessThan'),
};

/** In a unified account it gives the fills of every kind, with ids that two kinds share. */
export function fillTerms(exchange: Exchange, instrument: string): object {
  if (exchange.id !== 'bitget') return {};
  const { type } = kindOf(instrument);
  const category = type === 'spot' ? 'SPOT' : bitgetProduct(instrument);
  return { category, symbol: exchange.market(instrument).id };
}

function bitgetProduct(instrument: string): string {
  const { settle } = kindOf(instrument);
  return settle === null ? 'COIN-FUTURES' : `${settle}-FUTURES`;
}

type Terms = (settle: string, instrument: string) => object;

const bySettle: Terms = (settle) => ({ settle: settle.toLowerCase() });

/** Where ccxt takes its own settlement asset for positions, also of a market that has another. */
const POSITION_TERMS: Readonly<Record<string, Terms>> = { gate: bySettle };

export function positionTerms({ id }: Exchange, instrument: string): object {
  return POSITION_TERMS[id]?.(settlementAsset(instrument) ?? '', instrument) ?? {};
}

const byCode: Terms = (code) => ({ code });
const byType: Terms = (_, instrument) => ({ type: kindOf(instrument).type });
const asDerivatives: Terms = () => ({ type: 'derivatives' });

/** Where ccxt takes its own settlement asset for balances, or spot for a wallet of contracts. */
const BALANCE_TERMS: Readonly<Record<string, Terms>> = {
  bequant: asDerivatives,
  bitfinex: asDerivatives,
  bitget: (_, instrument) => ({ productType: bitgetProduct(instrument) }),
  btse: byType,
  fmfwio: asDerivatives,
  gate: bySettle,
  hashkey: byType,
  hitbtc: asDerivatives,
  kucoin: byCode,
  kucoinfutures: byCode,
  phemex: byCode,
};

/** Each question once that the balances of these instruments take. */
export function balanceTerms({ id }: Exchange, instruments: readonly string[]): object[] {
  const contracts = instruments.filter((instrument) => kindOf(instrument).type !== 'spot');
  const terms = BALANCE_TERMS[id];
  if (terms === undefined || contracts.length === 0) return [{}];
  const all = contracts.map((instrument) => terms(settlementAsset(instrument) ?? '', instrument));
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}
