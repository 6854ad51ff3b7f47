/** Kraken Futures: one position of each contract, wallets of cash, of flex, and of single contracts. */
import { OurWords } from '../../answers/own-words.js';
import type { Balance, Position } from '../../../../workflows/domain/books/state.js';
import { add, negate } from '../../../../workflows/domain/numbers/decimal.js';
import {
  isRow,
  lacking,
  listAt,
  name,
  number,
  recordAt,
  word,
  type Row,
} from '../../answers/rows.js';
import { call, clientIdOf, venueIdOf, type Reach, type VenueAdapter } from '../adapter.js';
import { krakenFuturesFills, krakenFuturesFlows } from './fills.js';
import { krakenFuturesLookUp, openOrder } from './orders.js';

export const krakenfutures: VenueAdapter = {
  openOrders: async (reach) => {
    const answer = await call(reach.exchange, 'privateGetOpenorders');
    return listAt(answer, 'openOrders').map((row) => openOrder(reach, row));
  },
  fills: krakenFuturesFills,
  cashFlows: krakenFuturesFlows,
  positions: async (reach) => {
    const answer = await call(reach.exchange, 'privateGetOpenpositions');
    return listAt(answer, 'openPositions').flatMap((row) => positionOf(reach, row) ?? []);
  },
  balances: async (reach) => {
    const answer = await call(reach.exchange, 'privateGetAccounts');
    return balancesOf(reach, recordAt(answer, 'accounts'));
  },
  lookUp: krakenFuturesLookUp,
  cancel: async ({ exchange }, order) => {
    const order_id = venueIdOf(order);
    const named = order_id === null ? { cliOrdId: clientIdOf(order) } : { order_id };
    const answer = await call(exchange, 'privatePostCancelorder', named);
    const status = word(recordAt(answer, 'cancelStatus')['status']);
    if (status === 'cancelled') return;
    const told = `cancel status ${status}`;
    throw new OurWords(GONE.has(status) ? 'refused' : 'unclear', told);
  },
  armDeadManSwitch: ({ exchange }, timeoutMs) => exchange.cancelAllOrdersAfter(timeoutMs),
};

/** The order is not there to be cancelled; any other word leaves open what became of it. */
const GONE = new Set(['filled', 'notFound']);

function positionOf({ exchange, place }: Reach, row: Row): Position | undefined {
  const size = number('position', 'contracts', row['size']);
  if (size === '0') return undefined;
  const { side } = row;
  if (side !== 'long' && side !== 'short') throw lacking('position', 'side');
  return {
    ...place,
    instrument: name('position', 'symbol', exchange.safeSymbol(row['symbol'] as string)),
    side: 'net',
    quantity: side === 'short' ? negate(size) : size,
    averagePrice: number('position', 'entryPrice', row['price']),
  };
}

/** Summed over the wallets: what moves between them is no gain and no loss. */
function balancesOf({ exchange, place }: Reach, accounts: Row): Balance[] {
  const totals = new Map<string, string>();
  const count = (asset: string, amount: unknown) => {
    const code = name('balance', 'asset', exchange.safeCurrencyCode(asset.toUpperCase()));
    totals.set(code, add(totals.get(code) ?? '0', number('balance', 'amount', amount)));
  };
  for (const account of Object.values(accounts).filter(isRow)) {
    if (isRow(account['currencies'])) {
      for (const [asset, one] of Object.entries(account['currencies'])) {
        count(asset, isRow(one) ? one['quantity'] : undefined);
      }
    } else if (isRow(account['balances'])) {
      for (const [asset, amount] of Object.entries(account['balances'])) {
        // A single-contract wallet also lists the contract itself.
        if (!asset.includes('_')) count(asset, amount);
      }
    }
  }
  return [...totals].flatMap(([asset, total]) =>
    total === '0' ? [] : [{ ...place, asset, total }],
  );
}
