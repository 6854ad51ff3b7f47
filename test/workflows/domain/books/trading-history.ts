/**
 * An exact ledger of one account at several venues, in integers and fractions: hedge mode, one-way
 * linear and inverse contracts, spot and margin trades, cash flows. The engine saw the first part of
 * its history, the venues hold all of it; the test says what they report.
 */
import * as fc from 'fast-check';
import type {
  CashFlow,
  EngineState,
  Fill,
  Position,
} from '../../../../workflows/domain/books/state.js';
import { positionKey } from '../../../../workflows/domain/books/keys.js';
import type { Snapshot } from '../../../../workflows/domain/books/snapshot.js';
import { engineState, readable, snapshot } from '../builders.js';
import { toText, toUnits } from '../exact.js';
import { averageOf, NO_LOT, traded, type Lot } from '../rational.js';

const ACCOUNT = 'main';
/** Where fills go, what they move, and in which asset they settle. */
const MARKETS = [
  { venue: 'hedge', instrument: 'BTC/USDT:USDT', side: 'long', cash: 'USDT', inverse: false },
  { venue: 'hedge', instrument: 'BTC/USDT:USDT', side: 'short', cash: 'USDT', inverse: false },
  { venue: 'oneway', instrument: 'ETH/USDT:USDT', side: 'net', cash: 'USDT', inverse: false },
  { venue: 'coin', instrument: 'BTC/USD:BTC', side: 'net', cash: 'BTC', inverse: true },
  { venue: 'kraken', instrument: 'BTC/USD', side: 'net', cash: 'USD', inverse: false },
  { venue: 'kraken', instrument: 'ETH/USD', side: null, cash: 'USD', inverse: false },
] as const;
type Market = (typeof MARKETS)[number];
const VENUES = ['hedge', 'oneway', 'coin', 'kraken'] as const;

const STEP = '0.001';

export interface Ledger {
  lots: Map<string, { market: Market; lot: Lot }>;
  cash: Map<string, bigint>;
}

export type Event = { kind: 'fill'; fill: Fill; market: Market } | { kind: 'flow'; flow: CashFlow };

export interface History {
  events: Event[];
  /** What the engine saw; `asOfMs` is its time. */
  seen: number;
  asOfMs: number;
  internal: EngineState;
  truth: Ledger;
}

const amount = (decimals: number, max = 10 ** 7) =>
  fc.integer({ min: 1, max }).map((n) => toText(BigInt(n), decimals));

const rows = fc.array(
  fc.record({
    market: fc.constantFrom(...MARKETS),
    flow: fc.boolean(),
    buys: fc.boolean(),
    // A few of them often, so that positions are opened and closed to nothing.
    quantity: fc.oneof(fc.constantFrom('1', '2.5'), amount(3, 10 ** 5)),
    paid: amount(3, 10 ** 5),
    price: amount(2).map((text) => toText(toUnits(text) + toUnits('10'))),
    pnl: fc.option(fc.integer({ min: -(10 ** 7), max: 10 ** 7 }).map((n) => toText(BigInt(n), 4))),
    fee: fc.option(amount(6)),
    forced: fc.constantFrom(undefined, undefined, 'liquidation' as const, 'deleveraging' as const),
  }),
  { minLength: 1, maxLength: 24 },
);
type Row = typeof rows extends fc.Arbitrary<(infer T)[]> ? T : never;

function timeOf(index: number): number {
  return 1_000_000 + index * 1000;
}

function toEvent(row: Row, index: number, all: Row[]): Event {
  const { market } = row;
  const place = { venue: market.venue, account: ACCOUNT, timeMs: timeOf(index) };
  if (row.flow) {
    const { cash: asset } = market;
    // Each amount its own, so that one flow can never stand in for another.
    const units = toUnits(row.paid) + BigInt(index + 1) * 10n ** 12n;
    const signed = toText(row.buys ? units : -units);
    const flow = { ...place, id: `f-${index}`, kind: 'funding' as const, asset, amount: signed };
    return { kind: 'flow', flow: { ...flow, instrument: null } };
  }
  // A venue counts the trades of each instrument, so that two instruments share ids.
  const earlier = all
    .slice(0, index)
    .filter((each) => each.market.instrument === market.instrument);
  return { kind: 'fill', market, fill: toFill(row, `t-${earlier.length}`, place) };
}

function toFill(row: Row, tradeId: string, place: { venue: string; timeMs: number }): Fill {
  const { market } = row;
  const moves = market.side !== null;
  return {
    ...place,
    account: ACCOUNT,
    instrument: market.instrument,
    tradeId,
    venueOrderId: null,
    side: row.buys ? 'buy' : 'sell',
    quantity: row.quantity,
    price: row.price,
    fee: row.fee === null ? null : { asset: market.cash, amount: row.fee },
    realizedPnl: moves ? row.pnl : null,
    ...(market.side === 'long' || market.side === 'short' ? { positionSide: market.side } : {}),
    ...(market.instrument === 'BTC/USD' ? { positionSide: 'net' as const } : {}),
    ...(moves && row.forced !== undefined ? { forced: row.forced } : {}),
  };
}

export function emptyLedger(): Ledger {
  return { lots: new Map(), cash: new Map() };
}

export function post({ lots, cash }: Ledger, event: Event): void {
  const earn = (venue: string, asset: string, units: bigint) => {
    const key = `${venue}|${ACCOUNT}|${asset}`;
    cash.set(key, (cash.get(key) ?? 0n) + units);
  };
  if (event.kind === 'flow') {
    return earn(event.flow.venue, event.flow.asset, toUnits(event.flow.amount));
  }
  const { fill, market } = event;
  const sign = fill.side === 'buy' ? 1n : -1n;
  const change = toText(sign * toUnits(fill.quantity));
  if (market.side === null) {
    earn(market.venue, 'ETH', toUnits(change));
    earn(market.venue, 'USD', (-toUnits(change) * toUnits(fill.price)) / 10n ** 18n);
  } else {
    const key = keyOf(market, market.side);
    const { lot } = lots.get(key) ?? { lot: NO_LOT };
    lots.set(key, { market, lot: traded(lot, change, fill.price, market.inverse) });
    earn(market.venue, market.cash, toUnits(fill.realizedPnl ?? '0'));
  }
  earn(market.venue, market.cash, -toUnits(fill.fee?.amount ?? '0'));
}

function keyOf({ venue, instrument }: Market, side: Position['side']): string {
  return positionKey({ venue, account: ACCOUNT, instrument, side });
}

/** What the venue's positions and balances read, flat ones left out. */
export function figuresIn({ lots, cash }: Ledger): Pick<EngineState, 'positions' | 'balances'> {
  return {
    positions: [...lots.values()].flatMap(({ market, lot }): Position[] => {
      const averagePrice = averageOf(lot, market.inverse);
      if (averagePrice === null || market.side === null) return [];
      const { venue, instrument, side } = market;
      const quantity = toText((lot.quantity.over * 10n ** 18n) / lot.quantity.under);
      return [{ venue, account: ACCOUNT, instrument, side, quantity, averagePrice }];
    }),
    balances: [...cash].flatMap(([key, units]) => {
      const [venue = '', account = '', asset = ''] = key.split('|');
      return units === 0n ? [] : [{ venue, account, asset, total: toText(units) }];
    }),
  };
}

/** `events`: what is reported, in any order and more than once. */
export function report(
  held: Pick<EngineState, 'positions' | 'balances'>,
  events: readonly Event[],
): Snapshot {
  const fills = events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []));
  const flows = events.flatMap((event) => (event.kind === 'flow' ? [event.flow] : []));
  const here = <T extends { venue: string }>(venue: string, items: readonly T[]) =>
    items.filter((item) => item.venue === venue);
  return snapshot(
    ...VENUES.map((venue) =>
      readable(venue, {
        positions: here(venue, held.positions),
        balances: here(venue, held.balances),
        fills: here(venue, fills),
        cashFlows: here(venue, flows),
        instruments: MARKETS.filter((market) => market.venue === venue).map((market) => ({
          instrument: market.instrument,
          quantityStep: STEP,
          priceTick: null,
          minNotional: null,
          contractSize: '1',
          inverse: market.inverse,
        })),
      }),
    ),
  );
}

function build(given: Row[], cut: number): History {
  const events = given.map(toEvent);
  const seen = cut % (events.length + 1);
  const [before, truth] = [emptyLedger(), emptyLedger()];
  for (const event of events.slice(0, seen)) post(before, event);
  for (const event of events) post(truth, event);
  // It names its fills: where it has none yet, that too.
  const appliedFills: EngineState['appliedFills'] = Object.fromEntries(
    MARKETS.map(({ venue }) => [venue, []]),
  );
  for (const event of events.slice(0, seen)) {
    if (event.kind !== 'fill') continue;
    const { venue, instrument, tradeId } = event.fill;
    (appliedFills[venue] ??= []).push(`${ACCOUNT}|${instrument}|${tradeId}`);
  }
  const internal = engineState({ ...figuresIn(before), appliedFills });
  return { events, seen, asOfMs: timeOf(seen) - 1, internal, truth };
}

export const histories: fc.Arbitrary<History> = fc
  .tuple(rows, fc.nat({ max: 1000 }))
  .map(([given, cut]) => build(given, cut));

/** How much each figure of the ledger moves by these events, by key. */
export function moves(events: readonly Event[]): Map<string, bigint> {
  const ledger = emptyLedger();
  const sums = new Map<string, bigint>();
  for (const event of events) {
    post(ledger, event);
    if (event.kind === 'flow' || event.market.side === null) continue;
    const key = keyOf(event.market, event.market.side);
    const units = toUnits(event.fill.quantity);
    sums.set(key, (sums.get(key) ?? 0n) + (event.fill.side === 'buy' ? units : -units));
  }
  return new Map([...ledger.cash, ...sums]);
}
