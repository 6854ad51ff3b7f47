/**
 * What ccxt leaves in the rows of venues that many use, and its unified structures do not say: read
 * there, venue by venue, as their documentation has it.
 *
 * Invariants: a side of a hedge, a forced trade and a client id are what a row states; nothing is made
 * up where it does not, and which venues state what is told by `gapsOfRaw`.
 */
import type * as ccxt from 'ccxt';
import type { Fill } from '../../../../workflows/domain/books/state.js';
import type { Exchange } from '../../connection/ccxt.js';
import { lacking, isRow, isTrue, text, word, type Row } from '../../answers/rows.js';
import { hedgeSide, type FillTerms, type OrderTerms } from '../../answers/parse.js';
import { gapOfWallet } from './wallets.js';

interface Told {
  /** The field in which rows of orders, fills and positions have the side of a hedge. */
  side?: string;
  /** How the venue forced a trade; undefined where it did not. */
  forced?: (row: Row) => Fill['forced'];
  clientId?: (row: Row) => string;
  /** Instead of ccxt's, of orders and of fills. */
  trades?: (row: Row) => 'buy' | 'sell' | undefined;
  order?: (row: Row, order: ccxt.Order) => { order: ccxt.Order; terms: OrderTerms };
}

const byWords =
  (field: string, liquidation: RegExp, deleveraging: RegExp) =>
  (row: Row): Fill['forced'] => {
    const said = word(row[field]);
    if (deleveraging.test(said)) return 'deleveraging';
    return liquidation.test(said) ? 'liquidation' : undefined;
  };

/** Its ids of orders begin so; what else it writes there is from where an order came. */
const GATE_ID = /^t-./;

const gate: Told = {
  forced: byWords('text', /liq/, /auto_deleveraging|^adl/),
  clientId: (row) => {
    const first = [row, row['initial'], row['trigger']].find((one) => isRow(one) && 'text' in one);
    const given = isRow(first) ? word(first['text']) : '';
    return GATE_ID.test(given) ? given : '';
  },
  order: gateOrder,
};

/** Of a market buy, which is sized in quote, the row says what it got; a close of all has no size. */
function gateOrder(row: Row, order: ccxt.Order) {
  const given = isByQuote(row, order)
    ? ({ ...order, filled: text(row['filled_amount']), amount: undefined } as never as ccxt.Order)
    : order;
  const initial = isRow(row['initial']) ? row['initial'] : row;
  const isWhole = isTrue(initial['is_close'] ?? initial['close']) && text(initial['size']) === '0';
  return isWhole ? gateWhole(row, given, word(initial['auto_size'])) : { order: given, terms: {} };
}

function isByQuote(row: Row, { type, side }: ccxt.Order): boolean {
  return text(row['filled_amount']) !== null && type === 'market' && side === 'buy';
}

function gateWhole(row: Row, order: ccxt.Order, closes: string) {
  const sideIn = (words: string) => hedgeSide(/long|short/.exec(words)?.[0]);
  const closed = sideIn(`${word(row['order_type'])} ${closes}`);
  if (closed === undefined) throw lacking('order', 'side');
  const closing = { ...order, side: closed === 'long' ? 'sell' : 'buy' } as ccxt.Order;
  return { order: closing, terms: { wholePosition: true, positionSide: sideIn(closes) } };
}

const bitget: Told = {
  side: 'posSide',
  forced: byWords('tradeSide', /burst|^reduce_|^delivery_/, /adl/),
  order: (row, order) => {
    const side = hedgeSide(row['posSide']);
    const closes = row['posMode'] === 'hedge_mode' && /^close/i.test(word(row['tradeSide']));
    if (side === undefined || !closes) return { order, terms: {} };
    // Of a hedge it writes the side of the position, where ccxt has that of the order.
    const closing = { ...order, side: side === 'long' ? 'sell' : 'buy' } as ccxt.Order;
    return { order: closing, terms: { reduceOnly: true } };
  },
};

const kucoin: Told = {
  side: 'positionSide',
  forced: byWords('tradeType', /liquid|settlement/i, /adl/i),
};

const MEXC_FORCED: Readonly<Record<string, Fill['forced']>> = {
  '2': 'liquidation',
  '4': 'deleveraging',
};

/** Of contracts: open long, close short, open short, close long. ccxt takes the second for a sale. */
const MEXC_SIDES: Readonly<Record<string, 'buy' | 'sell'>> = {
  '1': 'buy',
  '2': 'buy',
  '3': 'sell',
  '4': 'sell',
};
const MEXC_CLOSES = new Set(['2', '4']);

const TOLD: Readonly<Record<string, Told>> = {
  bingx: { side: 'positionSide' },
  bitget,
  blofin: { side: 'positionSide' },
  deribit: {
    clientId: ({ label }) => word(label),
    forced: (row) => (isOurs(row) ? 'liquidation' : undefined),
  },
  gate,
  gateeu: gate,
  htx: { side: 'position_side', forced: byWords('order_source', /risk|settlement/i, /adl/i) },
  kucoin,
  kucoinfutures: kucoin,
  mexc: {
    forced: (row) => ('vol' in row ? MEXC_FORCED[word(row['category'])] : undefined),
    trades: (row) => ('vol' in row ? MEXC_SIDES[word(row['side'])] : undefined),
    order: (row, order) => ({
      order,
      terms: 'vol' in row && MEXC_CLOSES.has(word(row['side'])) ? { reduceOnly: true } : {},
    }),
  },
  phemex: { side: 'posSide' },
};

/** It says which of the two of a trade was liquidated: who made it, who took it, or both. */
function isOurs({ liquidation, liquidity }: Row): boolean {
  return word(liquidity) !== '' && word(liquidation).includes(word(liquidity));
}

/** They have no hedge mode of one contract. */
const ONE_WAY = new Set(['bitfinex', 'cryptocom', 'deribit', 'hyperliquid']);

function toldBy({ id }: Exchange): Told {
  return TOLD[id] ?? {};
}

export function rawSide(exchange: Exchange, { info }: { info?: unknown }) {
  const { side } = toldBy(exchange);
  return side === undefined || !isRow(info) ? undefined : hedgeSide(info[side]);
}

/** An order of ccxt's as its row corrects it, and what the row says beside. */
export function corrected(exchange: Exchange, order: ccxt.Order) {
  const told = toldBy(exchange);
  const row: Row = isRow(order.info) ? order.info : {};
  const side = told.trades?.(row);
  const sided = side === undefined ? order : { ...order, side };
  const given = told.order?.(row, sided) ?? { order: sided, terms: {} };
  const positionSide = rawSide(exchange, order);
  const clientId = told.clientId?.(row);
  return {
    order: clientId === undefined ? given.order : { ...given.order, clientOrderId: clientId },
    terms: { ...(positionSide === undefined ? {} : { positionSide }), ...given.terms },
  };
}

export function correctedTrade(exchange: Exchange, trade: ccxt.Trade): ccxt.Trade {
  const side = isRow(trade.info) ? toldBy(exchange).trades?.(trade.info) : undefined;
  return side === undefined ? trade : { ...trade, side };
}

export function fillTermsOf(exchange: Exchange, trade: ccxt.Trade): FillTerms {
  const row: Row = isRow(trade.info) ? trade.info : {};
  return {
    positionSide: rawSide(exchange, trade),
    forced: toldBy(exchange).forced?.(row),
  };
}

/** Of contracts: what the rows of this venue do not tell. */
export function gapsOfRaw(exchange: Exchange): string[] {
  const { side, forced } = toldBy(exchange);
  const hedge = 'the side of orders and fills in hedge mode: its rows are not known to tell it';
  const kind = 'which trades were forced, and whether all such are listed';
  return [
    ...(side === undefined && !ONE_WAY.has(exchange.id) ? [hedge] : []),
    ...(forced === undefined ? [`liquidations and deleveragings: ${kind}`] : []),
    ...gapOfWallet(exchange),
  ];
}
