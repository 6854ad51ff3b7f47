/**
 * What differs from venue to venue, behind one interface.
 *
 * Invariants: reads call the venue's own endpoints, whose envelopes have been checked, and turn every
 * row into ours or fail: no filter of ccxt's may drop one; pages are followed to their end or the read
 * fails, never cut; an order counts as absent only where the venue has said so.
 */
import { isUnnamed, venueIdInName } from '../../../workflows/domain/orders/names.js';
import pMap from 'p-map';
import { ccxt, type Exchange } from '../connection/ccxt.js';
import { isListed } from '../connection/markets.js';
import type { Dated, History, OrderName } from '../../../activities/ports.js';
import { canonical } from '../../../workflows/domain/numbers/decimal.js';
import type { MarketStatus } from '../../../workflows/domain/policy/market.js';
import type { KeyRights } from '../../../workflows/domain/readiness/key-rights.js';
import type { LookUp } from '../../../workflows/domain/orders/fate/recovery.js';
import type { VenueBalance, VenueFlow } from '../../../workflows/domain/books/snapshot.js';
import type { Fill, Order, Position } from '../../../workflows/domain/books/state.js';
import type { OpenRows } from '../answers/open-rows.js';
import { priceOf } from '../answers/guards.js';
import { OurWords } from '../answers/own-words.js';
import { foreignWord, text, type Place } from '../answers/rows.js';
import { says, type Words } from '../answers/words.js';

export interface Reach {
  exchange: Exchange;
  place: Place;
  instruments: readonly string[];
}

export interface VenueAdapter {
  openOrders(reach: Reach): Promise<OpenRows>;
  /** `reach.instruments` are those asked for. */
  fills(reach: Reach, sinceMs: number): Promise<History<Fill>>;
  cashFlows(reach: Reach, sinceMs: number): Promise<History<VenueFlow> | null>;
  positions(reach: Reach): Promise<Dated<Position>[]>;
  balances(reach: Reach): Promise<Dated<VenueBalance>[]>;
  lookUp(reach: Reach, order: Order): Promise<LookUp>;
  cancel(reach: Reach, order: OrderName): Promise<unknown>;
  /** Null where the venue has none. */
  armDeadManSwitch: ((reach: Reach, timeoutMs: number) => Promise<unknown>) | null;
  /** What its reads cannot see of an account, in words; none where this is left out. */
  gaps?(exchange: Exchange, instruments: readonly string[]): string[];
  /** What the key of this connection may do, where the venue tells. */
  keyRights?(exchange: Exchange): Promise<KeyRights>;
  /** The asset that this one is in another wallet, bonded or lent out; null where it is none. */
  sameAs?(exchange: Exchange, asset: string): string | null;
  /** Of each of `reach.instruments`, where the venue states it. */
  statuses?(reach: Reach): Promise<MarketStatus[]>;
  /** Where the venue tells mark prices apart from the last traded ones. */
  marks?(reach: Reach): Promise<Map<string, string>>;
}

export const DAY_MS = 86_400_000;
/** A gate may stay open over a long weekend; an order must be found after it. */
export const LOOK_BACK_MS = 14 * DAY_MS;

/** ccxt makes a method of every endpoint in its table, which its types leave out. */
export async function call(exchange: Exchange, method: string, params: object = {}) {
  const methods = exchange as unknown as Record<string, (params: object) => Promise<unknown>>;
  const endpoint = methods[method];
  if (endpoint === undefined) throw new OurWords('not_supported', `ccxt has no endpoint ${method}`);
  return endpoint(params);
}

/** A page as long as was asked for may be one of many, and what is on the next would read as gone. */
export function mayBeCut(what: string, rows: number): Error {
  return new OurWords('incomplete', `${what} may be cut at ${rows} rows`);
}

const CLOSED = {
  closed: 'filled',
  canceled: 'cancelled',
  expired: 'expired',
  rejected: 'rejected',
} as const;

/**
 * ccxt's word for a status that is not open, in ours. `amount`: the quantity that it had at its end, as ccxt
 * parsed it; left out where that is not told.
 */
export function closedAs(
  status: string | undefined,
  filled: () => string,
  amount?: unknown,
): LookUp {
  const closed = CLOSED[status as keyof typeof CLOSED];
  if (closed === undefined)
    return { outcome: 'unreadable', why: `status "${foreignWord(status)}"` };
  const quantity = text(amount);
  const isTold = quantity !== null && quantity !== '0'; // the whole position
  return { outcome: 'closed', status: closed, filled: filled(), ...(isTold ? { quantity } : {}) };
}

/**
 * With what all that was filled of it came to, by fields of the venue's own row: what ccxt makes of them may
 * rest on the limit. Left out where nothing was filled, or the row does not tell it.
 */
export function withPaid(told: LookUp, fields: { cost?: unknown; average?: unknown }): LookUp {
  if (told.outcome !== 'found' && told.outcome !== 'closed') return told;
  const [cost, average] = [priceOf(fields.cost), priceOf(fields.average)];
  return {
    ...told,
    ...(cost === null ? {} : { cost }),
    ...(average === null ? {} : { average }),
  };
}

/** The venue's own id, also of an order that has no other and is named by it. */
export function venueIdOf(order: OrderName): string | null {
  return order.venueOrderId ?? venueIdInName(order);
}

export function clientIdOf(order: OrderName): string | null {
  return isUnnamed(order) ? null : order.clientOrderId;
}

const ABSENT: LookUp = { outcome: 'absent' };

/** Undefined where the venue says, in its words, that it has no such order. */
export async function orNotFound<T>(words: Words, act: () => Promise<T>): Promise<T | undefined> {
  try {
    return await act();
  } catch (error) {
    if (isNotFound(words, error)) return undefined;
    throw error;
  }
}

/** A time-out is none. */
function isNotFound({ noSuchOrder }: Words, error: unknown): boolean {
  if (error instanceof ccxt.OrderNotFound) return true;
  if (!(error instanceof ccxt.ExchangeError) || error instanceof ccxt.OperationFailed) return false;
  return says(noSuchOrder, error.message);
}

/** The first look-up that finds anything; absent where each of them says so. */
export async function firstFound(
  ...lookUps: (() => Promise<LookUp | undefined>)[]
): Promise<LookUp> {
  for (const lookUp of lookUps) {
    const found = await lookUp();
    if (found !== undefined && found.outcome !== 'absent') return found;
  }
  return ABSENT;
}

interface Told {
  id?: unknown;
  symbol?: unknown;
  side?: unknown;
  amount?: unknown;
}

/**
 * Client ids are used again, by counters that begin anew. What was found by one is another order where
 * it is not as ours was sent; `told`: as ccxt parsed it, what it does not tell left out.
 */
export function anotherThan(order: Order, told: Told): LookUp | undefined {
  const { instrument, side, venueOrderId } = order;
  const differs = (what: unknown, ours: unknown) => what !== undefined && what !== ours;
  const isOther = differs(told.symbol, instrument) || differs(told.side, side);
  // A trigger makes an order with an id, and perhaps a size, of its own.
  if (order.conditional === true) return isOther ? ANOTHER : undefined;
  // Under its id it may have been amended.
  const hasId = venueOrderId !== null && told.id !== undefined;
  const isUnlike = hasId ? told.id !== venueOrderId : isResized(order, told);
  return isOther || isUnlike ? ANOTHER : undefined;
}

function isResized({ quantity }: Order, told: Told): boolean {
  const amount = text(told.amount);
  return amount !== null && canonical(amount) !== canonical(quantity);
}

/** Of an order that has been parsed already. */
export function toldOf({ venueOrderId, instrument, side, quantity }: Order): Told {
  return { id: venueOrderId, symbol: instrument, side, amount: quantity };
}

const ANOTHER: LookUp = {
  outcome: 'unreadable',
  why: 'the venue has another order under its client id',
};

/** As the venue names it: what is not listed is named so already. */
export function symbolAt(exchange: Exchange, { instrument }: OrderName): string {
  return isListed(exchange, instrument) ? (exchange.marketId(instrument) as string) : instrument;
}

/** Each instrument once, and only those that the venue lists. */
export function listed(exchange: Exchange, instruments: readonly string[]): string[] {
  return [...new Set(instruments)].filter((symbol) => exchange.markets?.[symbol] !== undefined);
}

const AT_ONCE = 8;

/** So many at a time: hundreds of instruments at once would ask for more than any budget has. */
export function eachListed<T>(reach: Reach, read: (instrument: string) => Promise<T>) {
  return pMap(listed(reach.exchange, reach.instruments), read, { concurrency: AT_ONCE });
}

const SETTLE_MS = 30_000;

/** A trade this young may be missing in the venue's books only because they lag: read again. */
export function checkSettled(exchange: Exchange, tradedMs: number): void {
  if (exchange.milliseconds() - tradedMs > SETTLE_MS) return;
  throw lagging('trades');
}

/** The venue contradicts itself, because one of its books is behind another: read again. */
export function lagging(what: 'trades' | 'orders'): Error {
  return new OurWords('lagging', `its books do not show its newest ${what} yet`);
}
