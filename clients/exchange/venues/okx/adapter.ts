/**
 * OKX's trading account: spot, swaps, futures and options in one wallet.
 *
 * Invariants: a balance is cash and what isolated positions hold of it, never the profit that is still
 * open; a position of borrowed spot is refused by name, because what it owes is told apart.
 */
import { add, subtract } from '../../../../workflows/domain/numbers/decimal.js';
import { isDerivative } from '../../../../workflows/domain/books/instruments.js';
import type { Balance, Position } from '../../../../workflows/domain/books/state.js';
import { OurWords } from '../../answers/own-words.js';
import type { Dated } from '../../../../activities/ports.js';
import { hedgeSide, toPosition, totalsOf } from '../../answers/parse.js';
import {
  contradicts,
  listAt,
  number,
  recordAt,
  text,
  toldAt,
  word,
  type Row,
} from '../../answers/rows.js';
import { isListed } from '../../connection/markets.js';
import { call, type Reach, type VenueAdapter } from '../adapter.js';
import { okxFills } from './fills.js';
import { okxFlows } from './flows.js';
import { okxCancel, okxLookUp } from './look-up.js';
import { okxOpenOrders } from './orders.js';
import { okxStatuses } from './status.js';

export const okx: VenueAdapter = {
  openOrders: okxOpenOrders,
  fills: okxFills,
  cashFlows: okxFlows,
  positions: async (reach) => {
    const rows = listAt(await call(reach.exchange, 'privateGetAccountPositions'), 'data');
    return oneOfSide(
      reach,
      rows.flatMap((row) => positionOf(reach, row) ?? []),
    );
  },
  balances: async (reach) => {
    const [account] = listAt(await call(reach.exchange, 'privateGetAccountBalance'), 'data');
    return walletOf(reach, listAt(recordAt(account), 'details'));
  },
  lookUp: okxLookUp,
  cancel: okxCancel,
  statuses: okxStatuses,
  armDeadManSwitch: null,
  gaps: () => ['orders and positions of bots, of copy trading and of spreads: kept apart there'],
};

/** Of an account that trades contracts alone, what stands on margin is another's, under no name of ours. */
function positionOf(
  { exchange, place, instruments }: Reach,
  row: Row,
): Dated<Position> | undefined {
  const size = sizeIn(row);
  if (size === '0') return undefined;
  const isOnMargin = row['instType'] === 'MARGIN';
  if (isOnMargin && !instruments.every(isDerivative)) {
    throw new OurWords('not_supported', 'margin positions on spot are not read');
  }
  const hedged = hedgeSide(row['posSide']);
  const isShort = hedged === 'short' || (hedged === undefined && size.startsWith('-'));
  // In hedge mode a size has no sign of its own, or that of its side.
  if (hedged === 'long' && size.startsWith('-')) throw contradicts('account/positions');
  const position = toPosition(place, {
    symbol: isOnMargin
      ? `${word(row['instId'])} on margin`
      : exchange.safeSymbol(word(row['instId'])),
    contracts: size.replace('-', ''),
    side: isShort ? 'short' : 'long',
    hedged: hedged !== undefined,
    entryPrice: row['avgPx'],
  } as never);
  return { ...position, ...toldAt(row['uTime']) };
}

/** A row that is left of a position has nothing in it; with a price or a profit something is held. */
function sizeIn(row: Row): string {
  const isEmpty = ['pos', 'avgPx', 'upl'].every((field) => word(row[field]).trim() === '');
  return isEmpty ? '0' : number('position', 'pos', row['pos']);
}

/** Isolated and cross at once are two of one side, and neither is the whole; of what is left apart both are told. */
function oneOfSide({ exchange }: Reach, positions: Dated<Position>[]): Dated<Position>[] {
  const named = positions.filter(({ instrument }) => isListed(exchange, instrument));
  const keys = named.map(({ instrument, side }) => `${instrument}|${side}`);
  const twice = named.find((_, at) => keys.indexOf(keys[at] ?? '') !== at);
  if (twice === undefined) return positions;
  const what = `several positions of one side of ${twice.instrument}`;
  throw new OurWords('unclear', `${what}: use one margin mode`);
}

function walletOf({ exchange, place }: Reach, rows: readonly Row[]): Dated<Balance>[] {
  const walletIn = (row: Row) => {
    const cash = number('balance', 'cashBal', row['cashBal']);
    const isolated = text(row['isoEq']) ?? '0';
    if (isolated === '0') return cash;
    return add(cash, subtract(isolated, number('balance', 'isoUpl', row['isoUpl'])));
  };
  return totalsOf(
    place,
    rows.map((row) => [
      exchange.safeCurrencyCode(word(row['ccy'])),
      walletIn(row),
      toldAt(row['uTime']),
    ]),
  );
}
