/**
 * One account at one venue, as activities see it.
 *
 * Invariants: a read returns only what well-formed answers held; a write whose answer was
 * ambiguous fails as `OutcomeUnknown` and is never repeated here; a time-out is not "not found"; a
 * venue that cannot do what is needed is refused when the account is made, with what it lacks.
 */
import { TemporalFailure } from '@temporalio/common';
import type { Lease, VenueAccount } from '../../../activities/ports.js';
import { readFault, type FaultSubject } from '../../../workflows/domain/books/read-fault.js';
import { canonical } from '../../../workflows/domain/numbers/decimal.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import type { LookUp } from '../../../workflows/domain/orders/fate/recovery.js';
import { venueOf, type Reach, type VenueAdapter, type VenueProfile } from '../venues/index.js';
import type { Exchange } from '../connection/ccxt.js';
import { buildExchange, connectVenue, type Connection } from '../connection/connection.js';
import { readFailure, writeFailure } from '../answers/failures.js';
import { OurWords } from '../answers/own-words.js';
import { understood, asFarAsRead } from '../answers/open-rows.js';
import { balancesOnce, fillsOnce, flowsOnce, positionsOnce } from '../answers/parse.js';
import { closesOf, marksOf, specsOf, statusesOf } from './market-data.js';
import { underLease } from '../connection/lease.js';
import { isAllListed, listedApart, UnlistedInstrument } from '../connection/markets.js';
import { hasUnlisted, held, none } from '../answers/rows-apart.js';
import type { VenueSettings } from '../settings.js';
import type { Words } from '../answers/words.js';

export function createVenueAccount(settings: VenueSettings): VenueAccount {
  const { venue, account, instruments } = settings;
  const { profile, adapter } = venueOf(settings.ccxt);
  checkCapable(settings, profile);
  const connection = connectVenue(settings, profile);
  const { read, readListed, readLoosely, write } = guarded(settings, connection, profile.words);
  // Our times are this host's, the venue's rows have its own.
  const aheadMs = () => Math.max(0, Math.round(connection.clockSkewMs()));
  const reachOf = (exchange: Exchange, others: readonly string[] = []): Reach => ({
    exchange,
    place: { venue, account },
    instruments: [...new Set([...instruments, ...others])],
  });
  const saidOf = (error: unknown) => failureOf(settings, error, profile);
  const openAt = async (exchange: Exchange) => adapter.openOrders(reachOf(exchange));
  return {
    venue,
    account,
    instruments,
    blindSpots: adapter.gaps?.(built(settings, profile), instruments) ?? [],
    openOrders: (mayLeave) =>
      readListed('open orders', openAt, {
        isShort: ({ faulty }) => faulty.some(({ error }) => error instanceof UnlistedInstrument),
        of: (rows) => understood(rows, mayLeave),
      }),
    readOpenOrders: () =>
      readLoosely('open orders', async (exchange) => asFarAsRead(await openAt(exchange), saidOf)),
    fillsSince: (sinceMs, others) =>
      readListed('fills', (at) => adapter.fills(reachOf(at, others), sinceMs - aheadMs()), {
        isShort: ({ apart }) => hasUnlisted(apart),
        of: (fills) => ({ ...fills, rows: fillsOnce(fills.rows) }),
      }),
    cashFlowsSince: (sinceMs) =>
      read('cash flows', async (exchange) => {
        const flows = await adapter.cashFlows(reachOf(exchange), sinceMs - aheadMs());
        return flows && { ...flows, rows: flowsOnce(flows.rows) };
      }),
    positions: (mayLeave) =>
      readListed('positions', async (at) => listedApart(at, await adapter.positions(reachOf(at))), {
        isShort: ({ apart }) => apart.length > 0,
        of: (read, at) => positionsOnce(held(read, isAllListed(at, instruments) ? mayLeave : none)),
      }),
    balances: () =>
      read('balances', async (exchange) => balancesOnce(await adapter.balances(reachOf(exchange)))),
    keyRights: async () =>
      read('key rights', async (exchange) => (await adapter.keyRights?.(exchange)) ?? null),
    ...pacing(connection),
    lookUp: (order) =>
      read('order look-up', async (at) => found(order, await adapter.lookUp(reachOf(at), order))),
    cancel: (order, lease) =>
      write('cancel', (exchange) => adapter.cancel(reachOf(exchange), order), lease),
    armDeadManSwitch: async (timeoutMs, lease) => {
      const arm = adapter.armDeadManSwitch;
      if (arm === null) return false;
      await write('dead-man switch', (exchange) => arm(reachOf(exchange), timeoutMs), lease);
      return true;
    },
    ...listingsOf({ read, reachOf, adapter, profile }),
  };
}

function rounded(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms);
}

/** The venue's clock against ours, and what it may be asked. */
function pacing(connection: Connection): Pick<VenueAccount, 'clockAheadMs' | 'spareInMs'> {
  return {
    clockAheadMs: () => rounded(connection.clockAheadMs()),
    spareInMs: () => connection.spareInMs(),
  };
}

interface Listings {
  read: ReturnType<typeof guarded>['read'];
  reachOf: (exchange: Exchange, others?: readonly string[]) => Reach;
  adapter: VenueAdapter;
  profile: VenueProfile;
}

/** What a venue tells of its markets, whosever the account. */
function listingsOf({ read, reachOf, adapter, profile }: Listings) {
  return {
    instrumentSpecs: (others) =>
      read('markets', async (exchange) => specsOf(exchange, reachOf(exchange, others).instruments)),
    sameAs: (assets) =>
      read('markets', async (exchange) =>
        sameAsOf(assets, (one) => adapter.sameAs?.(exchange, one)),
      ),
    marks: (others) => read('prices', (exchange) => marksIn(adapter, reachOf(exchange, others))),
    closes: (instrument, windowMs) =>
      read('candles', (exchange) => closesOf(exchange, instrument, windowMs)),
    status: () => read('status', (exchange) => statusesOf(reachOf(exchange), { profile, adapter })),
  } satisfies Partial<VenueAccount>;
}

function failureOf({ venue }: VenueSettings, error: unknown, { words }: VenueProfile): string {
  return readFailure(venue, 'open orders', error, words).message;
}

function sameAsOf(assets: readonly string[], other: (asset: string) => string | null | undefined) {
  return Object.fromEntries(
    assets.flatMap((asset) => {
      const one = other(asset);
      return one === null || one === undefined ? [] : [[asset, one] as const];
    }),
  );
}

async function marksIn(adapter: VenueAdapter, reach: Reach): Promise<Map<string, string>> {
  return adapter.marks?.(reach) ?? marksOf(reach.exchange, reach.instruments);
}

function checkCapable(settings: VenueSettings, profile: VenueProfile): void {
  const refusal = profile.refusal(settings.instruments, () => built(settings, profile));
  if (refusal === null) return;
  throw readFailure(settings.venue, null, new OurWords('not_supported', refusal), profile.words);
}

/** What adapters say of an order that their venue does not tell enough of. */
function found(order: Order, told: LookUp): LookUp {
  const { venue } = order;
  if (told.outcome === 'closed') return isAsKnown(told, order) ? withoutQuantity(told) : told;
  if (told.outcome !== 'unreadable' || typeof told.why !== 'string') return told;
  const why = readFault({ kind: 'unclear', venue, what: 'order look-up', words: told.why });
  return { outcome: 'unreadable', why };
}

type Closed = Extract<LookUp, { outcome: 'closed' }>;

/** What a trigger makes has a size of its own, and is no amend. */
function isAsKnown({ quantity: told }: Closed, { quantity, conditional }: Order): boolean {
  return told !== undefined && (conditional === true || canonical(told) === canonical(quantity));
}

function withoutQuantity({ quantity: _told, ...closed }: Closed): Closed {
  return closed;
}

function built(settings: VenueSettings, profile: VenueProfile): Exchange {
  try {
    return buildExchange(settings, profile);
  } catch (error) {
    throw readFailure(settings.venue, null, error, profile.words);
  }
}

/** Reads and writes whose failures are ours: of the closed list, and without secrets. */
function guarded({ venue, instruments }: VenueSettings, connection: Connection, words: Words) {
  async function ready(): Promise<Exchange> {
    const exchange = await connection.ready();
    if (!isAllListed(exchange, instruments)) await connection.relist();
    return exchange;
  }
  async function readListed<T, Of>(
    what: FaultSubject,
    act: (exchange: Exchange) => Promise<T>,
    { isShort, of }: Reading<T, Of>,
  ): Promise<Of> {
    try {
      const exchange = await ready();
      return of(await relisting(connection, exchange, { act, isShort }), exchange);
    } catch (error) {
      throw readFailure(venue, what, error, words);
    }
  }
  function read<T>(what: FaultSubject, act: (exchange: Exchange) => Promise<T>): Promise<T> {
    return readListed(what, act, { isShort: () => false, of: (all) => all });
  }
  /** Of what the venue has, whether the configured instruments are listed or not. */
  async function readLoosely<T>(what: FaultSubject, act: (exchange: Exchange) => Promise<T>) {
    try {
      return await act(await connection.ready());
    } catch (error) {
      throw readFailure(venue, what, error, words);
    }
  }
  async function write(
    what: FaultSubject,
    act: (exchange: Exchange) => unknown,
    lease: Lease | undefined,
  ): Promise<void> {
    const exchange = await readLoosely(what, (ready) => Promise.resolve(ready));
    try {
      await underLease(lease, () => act(exchange));
    } catch (error) {
      // Of ours, or by which the attempt was called off: nothing was sent.
      if (error instanceof TemporalFailure) throw error;
      throw writeFailure(venue, what, error, words);
    }
  }
  return { read, readListed, readLoosely, write };
}

interface Reading<T, Of> {
  /** Some of it is of instruments that are not on the list. */
  isShort: (read: T) => boolean;
  of: (read: T, exchange: Exchange) => Of;
}

/** What was listed since the markets were loaded is found by loading them again: once a reading. */
async function relisting<T>(
  connection: Connection,
  exchange: Exchange,
  { act, isShort }: { act: (exchange: Exchange) => Promise<T>; isShort: (read: T) => boolean },
): Promise<T> {
  try {
    const read = await act(exchange);
    if (!isShort(read) || !(await connection.relist())) return read;
  } catch (error) {
    if (!(error instanceof UnlistedInstrument) || !(await connection.relist())) throw error;
  }
  return act(exchange);
}
