/**
 * Bybit's unified trading account: spot, linear and inverse contracts and options in one wallet.
 *
 * Invariants: a balance is the wallet less what is borrowed, never the profit that is still open; a
 * position's index says whether it is a side of a hedge.
 */
import { subtract } from '../../../../workflows/domain/numbers/decimal.js';
import { isDerivative } from '../../../../workflows/domain/books/instruments.js';
import type { Balance, Position } from '../../../../workflows/domain/books/state.js';
import type { Dated } from '../../../../activities/ports.js';
import { toPosition, totalsOf } from '../../answers/parse.js';
import {
  lacking,
  listAt,
  number,
  recordAt,
  text,
  toldAt,
  word,
  type Row,
} from '../../answers/rows.js';
import { call, type Reach, type VenueAdapter } from '../adapter.js';
import { bybitFills } from './fills.js';
import { questionsOf, rowsOf, symbolIn, type Category } from './lists.js';
import { bybitFlows } from './log.js';
import { bybitStatuses } from './status.js';
import { bybitCancel, bybitLookUp, bybitOpenOrders, sideOf } from './orders.js';

const PAGE = 200;

export const bybit: VenueAdapter = {
  openOrders: bybitOpenOrders,
  fills: bybitFills,
  cashFlows: bybitFlows,
  positions: async (reach) => {
    const positions: Dated<Position>[] = [];
    for (const asked of questionsOf(reach.instruments.filter(isDerivative))) {
      const rows = await rowsOf(reach.exchange, {
        method: 'privateGetV5PositionList',
        asked,
        limit: PAGE,
        keyOf: (row) => `${word(row['symbol'])}|${word(row['positionIdx'])}`,
      });
      positions.push(...rows.flatMap((row) => positionOf(reach, row, asked.category) ?? []));
    }
    return positions;
  },
  balances: async (reach) => {
    const asked = { accountType: 'UNIFIED' };
    const answer = await call(reach.exchange, 'privateGetV5AccountWalletBalance', asked);
    return listAt(recordAt(answer, 'result'), 'list').flatMap((one) => walletOf(reach, one));
  },
  lookUp: bybitLookUp,
  cancel: bybitCancel,
  statuses: bybitStatuses,
  armDeadManSwitch: null,
  gaps: (_exchange, instruments) => gapsOf(instruments),
};

const SIDES: Readonly<Record<string, string>> = { Buy: 'long', Sell: 'short' };

function positionOf(
  { exchange, place }: Reach,
  row: Row,
  category: Category,
): Dated<Position> | undefined {
  const size = number('position', 'contracts', row['size']);
  if (size === '0') return undefined;
  const side = SIDES[word(row['side'])];
  const hedged = sideOf(row);
  if (side === undefined || (hedged !== undefined && hedged !== side)) {
    throw lacking('position', 'side');
  }
  const position = toPosition(place, {
    symbol: symbolIn(exchange, row, category),
    contracts: size,
    side,
    hedged: hedged !== undefined,
    entryPrice: row['avgPrice'],
  } as never);
  return { ...position, ...toldAt(row['updatedTime']) };
}

/** What was borrowed for spot stands in the wallet as if it were owned. */
function walletOf({ exchange, place }: Reach, account: Row): Balance[] {
  return totalsOf(
    place,
    listAt(account, 'coin').map((row) => {
      const held = number('balance', 'walletBalance', row['walletBalance']);
      const total = subtract(held, text(row['spotBorrow']) ?? '0');
      return [exchange.safeCurrencyCode(word(row['coin'])), total];
    }),
  );
}

const KINDS = ['spot', 'linear', 'inverse', 'option'];

/** It is asked by kind, and only about the kinds that are traded. */
function gapsOf(instruments: readonly string[]): string[] {
  const asked = questionsOf(instruments);
  const categories = asked.map(({ category }): string => category);
  const unread = KINDS.filter((kind) => !categories.includes(kind));
  const settled = asked.flatMap(({ settleCoin }) => settleCoin ?? []);
  const others =
    settled.length === 0 ? [] : [`linear contracts not settled in ${settled.join(', ')}`];
  return [`orders, fills and positions of other kinds: ${[...unread, ...others].join(', ')}`];
}
