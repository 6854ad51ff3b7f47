/**
 * One account at one venue, as activities see it.
 *
 * Invariants: a read returns only what well-formed answers held; a write whose answer was
 * ambiguous fails as `OutcomeUnknown` and is never repeated here; a time-out is not "not found"; a
 * venue that cannot do what is needed is refused when the account is made, with what it lacks.
 */
import type { VenueAccount } from '../../../activities/ports.js';
import { isDerivative } from '../../../workflows/domain/books/instruments.js';
import { readFault, type FaultSubject } from '../../../workflows/domain/books/read-fault.js';
import type { LookUp } from '../../../workflows/domain/orders/recovery.js';
import {
  adapterOf,
  isGeneric,
  missingCapabilities,
  type Reach,
  type VenueAdapter,
} from '../venues/index.js';
import {
  buildExchange,
  connectVenue,
  type Connection,
  type Exchange,
} from '../connection/connection.js';
import { readFailure, writeFailure } from '../answers/failures.js';
import { OurWords } from '../answers/own-words.js';
import { balancesOnce, fillsOnce, flowsOnce, ordersOnce, positionsOnce } from '../answers/parse.js';
import { kindsOf } from '../connection/market-kind.js';
import { closesOf, marksOf, specsOf, statusOf } from './market-data.js';
import { checkListed, isListed, UnlistedInstrument } from '../connection/markets.js';
import type { VenueSettings } from '../settings.js';

export function createVenueAccount(settings: VenueSettings): VenueAccount {
  checkCapable(settings);
  const { venue, account, instruments } = settings;
  const adapter = adapterOf(settings.ccxt);
  const connection = connectVenue(settings);
  const { read, write } = guarded(venue, connection, instruments);
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
    blindSpots: adapter.gaps?.(built(settings), instruments) ?? [],
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
    status: () => read('status', statusOf),
  };
}

async function marksIn(adapter: VenueAdapter, reach: Reach): Promise<Map<string, string>> {
  return adapter.marks?.(reach) ?? marksOf(reach.exchange, reach.instruments);
}

/** Each of these is read as a spot account: a derivative's position would read as flat. */
const SPOT_ONLY = new Set(['binance', 'coinbase', 'kraken']);

function checkCapable({ venue, ccxt, instruments, ...settings }: VenueSettings): void {
  const derivative = instruments.find(isDerivative);
  if (derivative !== undefined && SPOT_ONLY.has(ccxt)) {
    throw unable(venue, `the adapter for ${ccxt} reads no ${derivative}`);
  }
  if (!isGeneric(ccxt)) return;
  const kinds = kindsOf(instruments);
  if (kinds.length > 1) {
    const found = `its instruments are of ${kinds.length} kinds: ${kinds.join(', ')}`;
    throw unable(venue, `${found}; configure a venue for each`);
  }
  const exchange = built({ venue, ccxt, instruments, ...settings });
  const missing = missingCapabilities(exchange, instruments);
  if (missing.length === 0) return;
  throw unable(venue, `ccxt's ${ccxt} lacks ${missing.join(', ')}`);
}

function unable(venue: string, words: string): Error {
  return readFailure(venue, null, new OurWords('not_supported', words));
}

/** What adapters say of an order that their venue does not tell enough of. */
function withVenue(venue: string, found: LookUp): LookUp {
  if (found.outcome !== 'unreadable' || typeof found.why !== 'string') return found;
  const why = readFault({ kind: 'unclear', venue, what: 'order look-up', words: found.why });
  return { outcome: 'unreadable', why };
}

function built(settings: VenueSettings): Exchange {
  try {
    return buildExchange(settings);
  } catch (error) {
    throw readFailure(settings.venue, null, error);
  }
}

/** Reads and writes whose failures are ours: of the closed list, and without secrets. */
function guarded(venue: string, connection: Connection, instruments: readonly string[]) {
  async function ready(): Promise<Exchange> {
    const exchange = await connection.ready();
    if (!instruments.every((one) => isListed(exchange, one))) await connection.relist();
    return exchange;
  }
  async function read<T>(what: FaultSubject, act: (exchange: Exchange) => Promise<T>): Promise<T> {
    try {
      return await relisting(connection, await ready(), act);
    } catch (error) {
      throw readFailure(venue, what, error);
    }
  }
  async function write(what: FaultSubject, act: (exchange: Exchange) => unknown): Promise<void> {
    const exchange = await read(what, (ready) => Promise.resolve(ready));
    try {
      await act(exchange);
    } catch (error) {
      throw writeFailure(venue, what, error);
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
