/** Kraken spot and margin. Margin positions are held on spot instruments, one net side of each. */
import { OurWords } from '../../answers/own-words.js';
import type { VenueBalance } from '../../../../workflows/domain/books/snapshot.js';
import type { KeyRights } from '../../../../workflows/domain/readiness/key-rights.js';
import type { Position } from '../../../../workflows/domain/books/state.js';
import {
  add,
  canonical,
  Decimal,
  isZero,
  subtract,
} from '../../../../workflows/domain/numbers/decimal.js';
import { totalsOf } from '../../answers/parse.js';
import {
  entriesOf,
  isRow,
  lacking,
  name,
  number,
  recordAt,
  text,
  type Row,
} from '../../answers/rows.js';
import { call, clientIdOf, venueIdOf, type Reach, type VenueAdapter } from '../adapter.js';
import { krakenFills } from './fills.js';
import { krakenFlows } from './history.js';
import { assetOf, sameAs, symbolOf } from './names.js';
import { krakenLookUp, krakenRows } from './orders.js';
import { krakenStatus } from './status.js';

export const kraken: VenueAdapter = {
  openOrders: async (reach) => {
    const open = recordAt(await call(reach.exchange, 'privatePostOpenOrders'), 'result', 'open');
    return krakenRows(reach, entriesOf(open));
  },
  fills: krakenFills,
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
  keyRights: async (exchange) => rightsIn(await call(exchange, 'privatePostGetApiKeyInfo')),
  sameAs,
  statuses: krakenStatus,
  armDeadManSwitch: ({ exchange }, timeoutMs) => exchange.cancelAllOrdersAfter(timeoutMs),
};

/** Either of two rights is enough to cancel. */
function rightsIn(answer: unknown): KeyRights {
  const rights = recordAt(answer, 'result')['permissions'] as unknown[];
  return {
    cancel: rights.includes('modify-trades') || rights.includes('close-trades'),
    withdraw: rights.includes('withdraw-funds'),
  };
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

/** Summed here: ccxt keeps the last of several wallets of one asset. */
function balancesOf({ exchange, place }: Reach, answer: unknown): VenueBalance[] {
  const wallets = Object.entries(recordAt(answer, 'result')).map(
    ([id, row]) => [assetOf(exchange, id), isRow(row) ? row['balance'] : undefined] as const,
  );
  const totals = totalsOf(
    place,
    wallets.map(([{ asset }, amount]) => [asset, amount]),
  );
  const parts = wallets.flatMap(([{ asset, wallet }, amount]) => {
    const part = text(amount) ?? '0';
    return wallet === undefined || part === '0' ? [] : [{ asset, wallet, part }];
  });
  return totals.map((one) => {
    const own = parts.filter(({ asset }) => asset === one.asset);
    if (own.length === 0) return one;
    return { ...one, parts: Object.fromEntries(own.map(({ wallet, part }) => [wallet, part])) };
  });
}
