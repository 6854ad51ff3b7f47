/**
 * Reading every venue. Reads are not atomic, so orders are read before and after, and a reading in
 * which something moved meanwhile is made again.
 *
 * Invariant: a venue that cannot be read is `unreadable`; it never becomes an empty answer.
 */
import { digestOf } from '../workflows/domain/canonical.js';
import type { VenueTruth } from '../workflows/domain/snapshot.js';
import type { Order } from '../workflows/domain/state.js';
import { describeError, isFailure } from './errors.js';
import type { VenueAccount } from './ports.js';

/** How to wait, and where to show progress: an activity and a command line differ in this. */
export interface Pace {
  sleep: (ms: number) => Promise<unknown>;
  beat: (venue: string) => void;
}

const SNAPSHOT_TRIES = 5;
const READ_TRIES = 4;
const RETRY_MS = 500;

export async function readVenues(
  accounts: readonly VenueAccount[],
  sinceMs: number,
  pace: Pace,
): Promise<VenueTruth[]> {
  return Promise.all(accounts.map((account) => readVenue(account, sinceMs, pace)));
}

async function readVenue(account: VenueAccount, sinceMs: number, pace: Pace): Promise<VenueTruth> {
  const { venue, account: name } = account;
  let why = 'something moved during every reading';
  for (let attempt = 1; attempt <= READ_TRIES; attempt += 1) {
    try {
      const truth = await readStill(account, sinceMs);
      if (truth !== null) return truth;
    } catch (error) {
      why = describeError(error);
      if (isFailure(error, 'VenueRefused')) break;
    }
    pace.beat(venue);
    await pace.sleep(RETRY_MS * attempt);
  }
  return { readable: false, venue, account: name, why };
}

/** Orders, fills, balances and positions, orders again: null where the two readings differ. */
async function readStill(account: VenueAccount, sinceMs: number): Promise<VenueTruth | null> {
  let before = await account.openOrders();
  for (let attempt = 0; attempt < SNAPSHOT_TRIES; attempt += 1) {
    const { rows: fills } = await account.fillsSince(sinceMs);
    const [positions, balances] = [await account.positions(), await account.balances()];
    const after = await account.openOrders();
    if (sameOrders(before, after)) {
      const { venue, account: name } = account;
      return {
        ...{ readable: true, venue, account: name, positions, balances, orders: after, fills },
        ...{ cashFlows: null, instruments: [], marks: {}, gaps: [] },
      };
    }
    before = after;
  }
  return null;
}

function sameOrders(a: Order[], b: Order[]): boolean {
  const sorted = (orders: Order[]) =>
    orders.toSorted((x, y) => (x.clientOrderId < y.clientOrderId ? -1 : 1));
  return a.length === b.length && digestOf(sorted(a)) === digestOf(sorted(b));
}
