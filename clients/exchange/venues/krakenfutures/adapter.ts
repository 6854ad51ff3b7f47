/** Kraken Futures: one position of each contract, wallets of cash, of flex, and of single contracts. */
import { OurWords } from '../../answers/own-words.js';
import type { Balance, Position } from '../../../../workflows/domain/books/state.js';
import { isRow, listAt, name, number, recordAt, word, type Row } from '../../answers/rows.js';
import { priceOf, sizeOn } from '../../answers/guards.js';
import { totalsOf } from '../../answers/parse.js';
import { call, clientIdOf, venueIdOf, type Reach, type VenueAdapter } from '../adapter.js';
import { krakenFuturesFills, krakenFuturesFlows } from './fills.js';
import { krakenFuturesLookUp, openFutures } from './orders.js';
import { krakenFuturesStatus } from './status.js';

export const krakenfutures: VenueAdapter = {
  openOrders: async (reach) => {
    const answer = await call(reach.exchange, 'privateGetOpenorders');
    return openFutures(reach, listAt(answer, 'openOrders'));
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
  statuses: krakenFuturesStatus,
  armDeadManSwitch: ({ exchange }, timeoutMs) => exchange.cancelAllOrdersAfter(timeoutMs),
};

/** The order is not there to be cancelled; any other word leaves open what became of it. */
const GONE = new Set(['filled', 'notFound']);

function positionOf({ exchange, place }: Reach, row: Row): Position | undefined {
  const size = number('position', 'contracts', row['size']);
  if (size === '0') return undefined;
  return {
    ...place,
    instrument: name('position', 'symbol', exchange.safeSymbol(row['symbol'] as string)),
    side: 'net',
    quantity: sizeOn(row['side'], size),
    averagePrice: priceOf(row['price']),
  };
}

/** Summed over the wallets: what moves between them is no gain and no loss. */
function balancesOf({ exchange, place }: Reach, accounts: Row): Balance[] {
  const amounts = Object.values(accounts).filter(isRow).flatMap(amountsIn);
  return totalsOf(
    place,
    amounts.map(([asset, amount]) => [exchange.safeCurrencyCode(asset.toUpperCase()), amount]),
  );
}

function amountsIn({ currencies, balances }: Row): [asset: string, amount: unknown][] {
  if (isRow(currencies)) {
    return Object.entries(currencies).map(([asset, one]) => [
      asset,
      isRow(one) ? one['quantity'] : undefined,
    ]);
  }
  // A single-contract wallet also lists the contract itself.
  return Object.entries(isRow(balances) ? balances : {}).filter(([asset]) => !asset.includes('_'));
}
