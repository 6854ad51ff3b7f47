/**
 * One account as activities see it, straight over the sandbox's ledger: what the gateway tells of a venue in good
 * order, without ccxt in between. A world at the level of the wire has the gateway itself.
 *
 * Invariants: a write asks its lease just before it is sent, and ends as `OutcomeUnknown` where nobody hears of it;
 * a read that is not answered fails, and is never empty.
 */
import type { Lease, OrderName, VenueAccount } from '../../../../activities/ports.js';
import { readFault, type FaultSubject } from '../../../../workflows/domain/books/read-fault.js';
import { failure, venueFailure } from '../../../../workflows/failure.js';
import { findBySymbol } from '../../../../sandbox/venues/instruments.js';
import type { EngineVenueId } from '../../../../sandbox/venues/index.js';
import type { Desk } from '../../../../sandbox/venues/desk.js';
import { keepsConditionalApart } from '../../../../sandbox/venues/ledger/venue-customs.js';
import { Refusal } from '../../../../sandbox/venues/refusal.js';
import { INSTRUMENTS, type Market, type Request } from './market.js';
import { openAt, readOpenAt, strictly } from './open.js';
import { fillRow, fillsSince, positionRows, rowsAt, totalsOf } from './rows.js';
import { lookUp } from './look-up.js';

const LATE_MS = 10_000;
const MINUTE_MS = 60_000;

interface Of {
  market: Market;
  venue: EngineVenueId;
  from: Request['from'];
}

export function portAccount(of: Of): VenueAccount {
  const { market, venue } = of;
  const desk = market.sandbox.core.desks[venue];
  const rows = rowsAt(market, venue);
  const { account } = rows;
  const instruments = INSTRUMENTS[venue];
  const listed = (others: readonly string[] = []) =>
    [...instruments, ...others].filter((one) => findBySymbol(venue, one) !== undefined);
  const read = <T>(what: FaultSubject, act: () => T): Promise<T> => reading(of, what, act);
  return {
    ...account,
    instruments,
    blindSpots: [],
    openOrders: async (mayLeave) =>
      strictly(await read('open orders', () => openAt(market, rows)), mayLeave),
    readOpenOrders: async () => read('open orders', () => readOpenAt(market, rows)),
    fillsSince: (sinceMs) =>
      read('fills', () => ({
        rows: fillsSince(desk.state, sinceMs).map((fill) => fillRow(rows, fill)),
        fromMs: sinceMs,
      })),
    cashFlowsSince: (sinceMs) => read('cash flows', () => ({ rows: [], fromMs: sinceMs })),
    positions: () => read('positions', () => positionRows(rows, desk.state)),
    balances: () =>
      read('balances', () =>
        totalsOf(desk.state).map(([asset, total]) => ({ ...account, asset, total })),
      ),
    instrumentSpecs: (others) =>
      read('markets', () => listed(others).map((one) => specOf(market, venue, one))),
    lookUp: (order) => read('order look-up', () => lookUp(market, rows, order)),
    cancel: (order, lease) => writing(of, 'cancel', { lease, act: () => cancel(desk, order) }),
    armDeadManSwitch: async (timeoutMs, lease) => {
      if (venue !== 'binanceusdm' && venue !== 'kraken') return false;
      const act = () => desk.armDeadManSwitch(timeoutMs);
      await writing(of, 'dead-man switch', { lease, act });
      return true;
    },
    marks: (others) =>
      read('prices', () => new Map(listed(others).map((one) => [one, priceOf(desk, one)]))),
    closes: (instrument, windowMs) => read('candles', () => closes(desk, instrument, windowMs)),
    status: () => read('status', () => statuses(desk, instruments)),
  };
}

/** It is late after so long, and nobody knows what became of it. */
async function asked<T>({ market, venue, from }: Of, what: string, act: () => T) {
  const sentAtMs = Date.now();
  const found = await market.over({ venue, from, what }, act);
  if (found === null) {
    const leftMs = Math.max(0, sentAtMs + LATE_MS - Date.now());
    await new Promise((resolve) => setTimeout(resolve, leftMs));
  }
  return found;
}

async function reading<T>(of: Of, what: FaultSubject, act: () => T): Promise<T> {
  const found = await asked(of, what, act);
  if (found !== null && found !== 'refused') return found.answer;
  const kind = found === null ? 'no_answer' : 'unavailable';
  throw venueFailure('VenueUnreadable', readFault({ kind, venue: of.venue, what }));
}

async function writing(
  of: Of,
  what: FaultSubject,
  { lease, act }: { lease: Lease | undefined; act: () => void },
): Promise<void> {
  await lease?.beforeWrite();
  if (lease?.leftMs() === 0) {
    throw failure('AttemptGivenUp', 'this attempt may have been given up: nothing was sent');
  }
  const found = await asked(of, what, () => refusalOf(act));
  const fault = (kind: 'no_answer' | 'refused') => readFault({ kind, venue: of.venue, what });
  if (found === null || found === 'refused') {
    throw venueFailure('OutcomeUnknown', fault('no_answer'));
  }
  if (found.answer !== null) throw venueFailure('VenueRefused', fault('refused'));
}

function refusalOf(act: () => void): Refusal | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

function cancel(desk: Desk, { venueOrderId, clientOrderId, conditional }: OrderName): void {
  const name = venueOrderId === null ? { clientOrderId } : { venueOrderId };
  const isApart = conditional === true && keepsConditionalApart(desk.venue);
  if (isApart) desk.cancelConditional(name);
  else desk.cancel(name);
}

function instrumentAt({ venue }: Pick<Desk, 'venue'>, symbol: string) {
  const found = findBySymbol(venue, symbol);
  if (found === undefined) throw new Error(`${venue} does not list ${symbol}`);
  return found;
}

function priceOf(desk: Desk, symbol: string): string {
  return desk.price(instrumentAt(desk, symbol)).toFixed();
}

function specOf(market: Market, venue: EngineVenueId, instrument: string) {
  const { quantityStep } = instrumentAt({ venue }, instrument);
  const size = market.sizeOf(instrument);
  return {
    instrument,
    quantityStep: quantityStep.div(size).toFixed(),
    priceTick: '0.01',
    minNotional: null,
    contractSize: size.toFixed(),
    inverse: false,
  };
}

function closes(desk: Desk, symbol: string, windowMs: number): string[] {
  const candles = desk.recentCandles(instrumentAt(desk, symbol));
  return candles.slice(-Math.ceil(windowMs / MINUTE_MS)).map(({ close }) => close.toFixed());
}

function statuses({ status }: Desk, instruments: readonly string[]) {
  if (status !== 'ok') return [{ instrument: null, status }];
  return instruments.map((instrument) => ({ instrument, status: 'open' as const }));
}
