/**
 * One account at one venue, as activities see it.
 *
 * Invariants: a read returns only what well-formed answers held; a write whose answer was
 * ambiguous fails as `OutcomeUnknown` and is never repeated here; a time-out is not "not found"; a
 * venue that cannot do what is needed is refused when the account is made, with what it lacks.
 */
import type { VenueAccount } from '../../../activities/ports.js';
import { readFault, type FaultSubject } from '../../../workflows/domain/books/read-fault.js';
import type { LookUp } from '../../../workflows/domain/orders/recovery.js';
import { venueOf, type Reach, type VenueAdapter, type VenueProfile } from '../venues/index.js';
import type { Exchange } from '../connection/ccxt.js';
import { buildExchange, connectVenue, type Connection } from '../connection/connection.js';
import { readFailure, writeFailure } from '../answers/failures.js';
import { OurWords } from '../answers/own-words.js';
import { balancesOnce, fillsOnce, flowsOnce, ordersOnce, positionsOnce } from '../answers/parse.js';
import { closesOf, marksOf, specsOf, statusOf } from './market-data.js';
import { checkListed, isListed, UnlistedInstrument } from '../connection/markets.js';
import type { VenueSettings } from '../settings.js';
import type { Words } from '../answers/words.js';

export function createVenueAccount(settings: VenueSettings): VenueAccount {
  const { venue, account, instruments } = settings;
  const { profile, adapter } = venueOf(settings.ccxt);
  checkCapable(settings, profile);
  const connection = connectVenue(settings, profile);
  const { read, write } = guarded(settings, connection, profile.words);
  // Our times are this host's, the venue's rows have its own.
  const aheadMs = () => Math.max(0, Math.round(connection.clockSkewMs()));
  const reachOf = (exchange: Exchange, others: readonly string[] = []): Reach => ({
    exchange,
    place: { venue, account },
    instruments: [...new Set([...instruments, ...others])],
  });
  return {
    venue,
    account,
    instruments,
    blindSpots: adapter.gaps?.(built(settings, profile), instruments) ?? [],
    openOrders: () =>
      read('open orders', async (exchange) => {
        const orders = await adapter.openOrders(reachOf(exchange));
        return ordersOnce(checkListed(exchange, 'order', orders));
      }),
    fillsSince: (sinceMs, others) =>
      read('fills', async (exchange) => {
        const fills = await adapter.fills(reachOf(exchange, others), sinceMs - aheadMs());
        return { ...fills, rows: fillsOnce(fills.rows) };
      }),
    cashFlowsSince: (sinceMs) =>
      read('cash flows', async (exchange) => {
        const flows = await adapter.cashFlows(reachOf(exchange), sinceMs - aheadMs());
        return flows && { ...flows, rows: flowsOnce(flows.rows) };
      }),
    positions: () =>
      read('positions', async (exchange) => {
        const positions = await adapter.positions(reachOf(exchange));
        return positionsOnce(checkListed(exchange, 'position', positions));
      }),
    balances: () =>
      read('balances', async (exchange) => balancesOnce(await adapter.balances(reachOf(exchange)))),
    instrumentSpecs: (others) =>
      read('markets', async (exchange) => specsOf(exchange, reachOf(exchange, others).instruments)),
    lookUp: (order) =>
      read('order look-up', async (exchange) =>
        withVenue(venue, await adapter.lookUp(reachOf(exchange), order)),
      ),
    cancel: (order) => write('cancel', (exchange) => adapter.cancel(reachOf(exchange), order)),
    armDeadManSwitch: async (timeoutMs) => {
      const arm = adapter.armDeadManSwitch;
      if (arm === null) return false;
      await write('dead-man switch', (exchange) => arm(reachOf(exchange), timeoutMs));
      return true;
    },
    marks: (others) => read('prices', (exchange) => marksIn(adapter, reachOf(exchange, others))),
    closes: (instrument, windowMs) =>
      read('candles', (exchange) => closesOf(exchange, instrument, windowMs)),
    status: () => read('status', (exchange) => statusOf(exchange, profile)),
  };
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
function withVenue(venue: string, found: LookUp): LookUp {
  if (found.outcome !== 'unreadable' || typeof found.why !== 'string') return found;
  const why = readFault({ kind: 'unclear', venue, what: 'order look-up', words: found.why });
  return { outcome: 'unreadable', why };
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
    if (!instruments.every((one) => isListed(exchange, one))) await connection.relist();
    return exchange;
  }
  async function read<T>(what: FaultSubject, act: (exchange: Exchange) => Promise<T>): Promise<T> {
    try {
      return await relisting(connection, await ready(), act);
    } catch (error) {
      throw readFailure(venue, what, error, words);
    }
  }
  async function write(what: FaultSubject, act: (exchange: Exchange) => unknown): Promise<void> {
    const exchange = await read(what, (ready) => Promise.resolve(ready));
    try {
      await act(exchange);
    } catch (error) {
      throw writeFailure(venue, what, error, words);
    }
  }
  return { read, write };
}

/** What was listed since the markets were loaded is found by loading them again. */
async function relisting<T>(
  connection: Connection,
  exchange: Exchange,
  act: (exchange: Exchange) => Promise<T>,
): Promise<T> {
  try {
    return await act(exchange);
  } catch (error) {
    if (!(error instanceof UnlistedInstrument) || !(await connection.relist())) throw error;
    return act(exchange);
  }
}
