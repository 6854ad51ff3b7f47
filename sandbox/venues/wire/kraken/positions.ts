/**
 * Kraken's margin positions.
 *
 * Invariants: `vol` is what was opened since the position was last flat and `vol_closed` what of it
 * was closed again, so the position is their difference; cost over volume is the ledger's average
 * price.
 */
import { decimal, padded, ZERO, type Decimal } from '../../decimal.js';
import type { Desk } from '../../desk.js';
import type { VenueRequest } from '../../http/route.js';
import { MARGIN_RATE, type Instrument } from '../../instruments.js';
import type { FillEntry } from '../../ledger/journal.js';
import { signed } from '../../ledger/accounting.js';
import { positionOf } from '../../ledger/state.js';
import { LEVERAGE } from './market-data.js';
import { marginPairs, pairIdOf } from './names.js';

/** From flat to flat; a fill through zero ends one and opens the next. */
interface Lifecycle {
  opening: FillEntry;
  opened: Decimal;
  closed: Decimal;
  fees: Decimal;
  openers: readonly string[];
}

/** Keyed by the opening trade, or a list of pairs where consolidation is asked for. */
export function openPositions(desk: Desk, { params }: VenueRequest) {
  const rows = marginPairs(desk).flatMap((instrument) => {
    const life = lifecyclesOf(desk, instrument.symbol).at(-1);
    const { quantity } = positionOf(desk.state, instrument.symbol);
    return life === undefined || quantity.isZero() ? [] : [rowOf(desk, instrument, life)];
  });
  const calculated = params.get('docalcs') === 'true';
  if (params.get('consolidation') === 'market') {
    return rows.map(({ row, gains }) => ({ ...consolidated(row), ...(calculated ? gains : {}) }));
  }
  const keyed = rows.map(({ id, row, gains }) => [id, { ...row, ...(calculated ? gains : {}) }]);
  return Object.fromEntries(keyed) as object;
}

function rowOf(desk: Desk, instrument: Instrument, life: Lifecycle) {
  const { opening, opened, closed, fees } = life;
  const { quantity, averagePrice } = positionOf(desk.state, instrument.symbol);
  const price = desk.price(instrument);
  const cost = averagePrice.times(opened);
  const row = {
    ordertxid: opening.venueOrderId,
    posstatus: 'open',
    pair: pairIdOf(instrument),
    time: opening.timeMs / 1000,
    type: quantity.isNegative() ? 'sell' : 'buy',
    ordertype: 'market',
    cost: padded(cost, 5),
    fee: padded(fees, 5),
    vol: padded(opened, 8),
    vol_closed: padded(closed, 8),
    margin: padded(cost.times(MARGIN_RATE), 5),
    terms: '0.0100% per 4 hours',
    rollovertm: String(Math.floor(desk.nowMs() / 1000) + 4 * 3600),
    misc: '',
    oflags: '',
  };
  const gains = {
    value: padded(price.times(quantity.abs()), 5),
    net: padded(price.minus(averagePrice).times(quantity), 4),
  };
  return { id: opening.venueTradeId, row, gains };
}

function consolidated({ pair, type, cost, fee, vol, vol_closed, margin }: Row) {
  const leverage = `${LEVERAGE}.00000`;
  return { pair, positions: '1', type, leverage, cost, fee, vol, vol_closed, margin };
}

type Row = ReturnType<typeof rowOf>['row'];

/** Oldest first; the last may still be open. */
function lifecyclesOf(desk: Desk, symbol: string): Lifecycle[] {
  const lives: Lifecycle[] = [];
  let net = ZERO;
  for (const fill of desk.state.fills) {
    if (fill.instrument !== symbol) continue;
    const before = net;
    net = net.plus(signed(fill.side, decimal(fill.quantity)));
    const life = lives.at(-1);
    const turned = !before.isZero() && !net.isZero() && before.s !== net.s;
    if (life === undefined || before.isZero() || turned) lives.push(openedBy(fill, net.abs()));
    else lives[lives.length - 1] = grown(life, { fill, opens: net.abs().gt(before.abs()) });
  }
  return lives;
}

function openedBy(fill: FillEntry, opened: Decimal): Lifecycle {
  const openers = [fill.venueTradeId];
  return { opening: fill, opened, closed: ZERO, fees: decimal(fill.feeInQuote), openers };
}

function grown(life: Lifecycle, { fill, opens }: { fill: FillEntry; opens: boolean }): Lifecycle {
  const fees = life.fees.plus(fill.feeInQuote);
  if (!opens) return { ...life, fees, closed: life.closed.plus(fill.quantity) };
  const openers = [...life.openers, fill.venueTradeId];
  return { ...life, fees, opened: life.opened.plus(fill.quantity), openers };
}

export type PositionStatus = 'open' | 'closed';

/** What became of the position that each trade opened or added to; other trades only closed. */
export function positionStatuses(desk: Desk): Map<string, PositionStatus> {
  const statuses = new Map<string, PositionStatus>();
  for (const { symbol } of marginPairs(desk)) {
    const lives = lifecyclesOf(desk, symbol);
    const open = positionOf(desk.state, symbol).quantity.isZero() ? undefined : lives.at(-1);
    for (const life of lives) {
      for (const id of life.openers) statuses.set(id, life === open ? 'open' : 'closed');
    }
  }
  return statuses;
}
