/** Kraken spot and margin. Margin positions are held on spot instruments, one net side of each. */
import type { Exchange } from '../../connection/ccxt.js';
import { OurWords } from '../../answers/own-words.js';
import type { Balance, Fill, Position } from '../../../../workflows/domain/books/state.js';
import {
  add,
  canonical,
  Decimal,
  isZero,
  subtract,
} from '../../../../workflows/domain/numbers/decimal.js';
import { toFill, totalsOf } from '../../answers/parse.js';
import {
  entriesOf,
  isRow,
  lacking,
  name,
  number,
  recordAt,
  text,
  type Row,
  word,
} from '../../answers/rows.js';
import {
  call,
  checkSettled,
  clientIdOf,
  venueIdOf,
  type Reach,
  type VenueAdapter,
} from '../adapter.js';
import { krakenFlows, marginResults, tradesSince } from './history.js';
import { krakenLookUp, krakenOrder } from './orders.js';

export const kraken: VenueAdapter = {
  openOrders: async (reach) => {
    const open = recordAt(await call(reach.exchange, 'privatePostOpenOrders'), 'result', 'open');
    return entriesOf(open).map((row) => krakenOrder(reach, row));
  },
  fills: async (reach, sinceMs) => {
    const rows = await tradesSince(reach.exchange, sinceMs);
    return { rows: await toFills(reach, rows, sinceMs), fromMs: sinceMs };
  },
  cashFlows: krakenFlows,
  positions: async (reach) => {
    const answer = await call(reach.exchange, 'privatePostOpenPositions');
    return netPositions(reach, Object.values(recordAt(answer, 'result')) as Row[]);
  },
  balances: async (reach) => balancesOf(reach, await call(reach.exchange, 'privatePostBalanceEx')),
  lookUp: krakenLookUp,
  cancel: async ({ exchange }, order) => {
    const txid = venueIdOf(order);
    const named = txid === null ? { cl_ord_id: clientIdOf(order) } : { txid };
    const { count, pending } = recordAt(
      await call(exchange, 'privatePostCancelOrder', named),
      'result',
    );
    if (Number(count) === 0 && pending !== true) throw new OurWords('refused', 'none cancelled');
  },
  armDeadManSwitch: ({ exchange }, timeoutMs) => exchange.cancelAllOrdersAfter(timeoutMs),
};

async function toFills(reach: Reach, rows: readonly Row[], sinceMs: number): Promise<Fill[]> {
  const { exchange, place } = reach;
  const results = rows.some(isClosing) ? await marginResults(exchange, sinceMs) : NO_RESULTS;
  const fills = rows.map((row) =>
    toFill(place, exchange.parseTrade(row), {
      ...(isMargin(row) ? { positionSide: 'net' } : {}),
      realizedPnl: isClosing(row) ? resultOf(exchange, row, results) : null,
      forced: /liquidat/i.test(`${String(row['misc'])} ${String(row['ordertype'])}`)
        ? 'liquidation'
        : undefined,
    }),
  );
  return fills.filter(({ timeMs }) => timeMs >= sinceMs);
}

const NO_RESULTS: ReadonlyMap<string, string> = new Map();

/** Null where the ledger does not say: then the balance shows a difference, which is the truth. */
function resultOf(exchange: Exchange, row: Row, results: ReadonlyMap<string, string>) {
  const { quote } = exchange.market(exchange.parseTrade(row).symbol ?? '');
  const result = results.get(`${String(row['id'])}|${quote}`);
  if (result === undefined) checkSettled(exchange, Number(row['time']) * 1000);
  return result ?? null;
}

/** A margin trade names the margin or the leverage that it used, or the position that it closes. */
function isMargin(row: Row): boolean {
  const used = ['margin', 'leverage'].some((field) => !isZero(text(row[field]) ?? '0'));
  return used || isClosing(row);
}

function isClosing(row: Row): boolean {
  return /closing|liquidat/i.test(word(row['misc']));
}

interface Held {
  quantity: string;
  /** Signed, of what is still open. */
  cost: Decimal;
}

/**
 * What is open of each position is `vol − vol_closed`, bought at `cost / vol`; one instrument's
 * positions are netted, as the venue closes the oldest first.
 */
function netPositions({ exchange, place }: Reach, rows: readonly Row[]): Position[] {
  const held = new Map<string, Held>();
  for (const row of rows) {
    const pair = name('position', 'symbol', row['pair']);
    const instrument = name('position', 'symbol', symbolOf(exchange, pair));
    const before = held.get(instrument) ?? { quantity: '0', cost: new Decimal(0) };
    const open = openPart(row);
    held.set(instrument, {
      quantity: add(before.quantity, open.quantity),
      cost: before.cost.plus(open.cost),
    });
  }
  return [...held].flatMap(([instrument, { quantity, cost }]) =>
    isZero(quantity)
      ? []
      : [{ ...place, instrument, side: 'net', quantity, averagePrice: priceOf(cost, quantity) }],
  );
}

function openPart(row: Row): Held {
  const volume = number('position', 'vol', row['vol']);
  const closed = number('position', 'vol_closed', row['vol_closed']);
  const cost = number('position', 'cost', row['cost']);
  const { type } = row;
  if ((type !== 'buy' && type !== 'sell') || isZero(volume)) throw lacking('position', 'side');
  const open = new Decimal(subtract(volume, closed));
  const signed = type === 'sell' ? open.negated() : open;
  return { quantity: canonical(signed), cost: signed.times(cost).div(volume) };
}

const PRICE_DIGITS = 8;

/** Null where positions of both directions leave no price that means anything. */
function priceOf(cost: Decimal, quantity: string): string | null {
  const price = cost.div(quantity);
  return price.greaterThan(0) ? canonical(price.toDecimalPlaces(PRICE_DIGITS)) : null;
}

/** Positions name a pair by its id or by its short name. */
function symbolOf(exchange: Reach['exchange'], pair: string): string | undefined {
  const byShortName = exchange.options['marketsByAltname'] as Record<string, Row> | undefined;
  const symbol = byShortName?.[pair]?.['symbol'];
  return typeof symbol === 'string' ? symbol : exchange.safeSymbol(pair);
}

/** Summed here: ccxt keeps the last of several wallets of one asset. */
function balancesOf({ exchange, place }: Reach, answer: unknown): Balance[] {
  const wallets = Object.entries(recordAt(answer, 'result'));
  return totalsOf(
    place,
    wallets.map(([id, row]) => [
      exchange.safeCurrencyCode(id),
      isRow(row) ? row['balance'] : undefined,
    ]),
  );
}
