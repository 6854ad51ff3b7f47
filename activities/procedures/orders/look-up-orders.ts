/**
 * What became of orders, by asking the venue for each of them.
 *
 * Invariants: an order that could not be asked about is `unreadable`, never absent; one that was on
 * its way at the crash counts as absent, and one that was being changed as it was, only once nothing of
 * that time can arrive any more.
 */
import pMap from 'p-map';
import { readFault } from '../../../workflows/domain/books/read-fault.js';
import type { LookUp } from '../../../workflows/domain/orders/fate/recovery.js';
import { namedOrderKey } from '../../../workflows/domain/books/keys.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import { faultOf } from '../../errors.js';
import type { VenueAccount } from '../../ports.js';
import { PATIENCE, patiently, type WaitingPace } from '../patiently.js';

const CONCURRENCY = 8;

/** By `namedOrderKey`. `arrivesInMs`: what is still under way reaches its venue within this time. */
export async function lookUpOrders(
  orders: readonly Order[],
  accounts: readonly VenueAccount[],
  { arrivesInMs, pace }: { arrivesInMs: number; pace: WaitingPace },
): Promise<Map<string, LookUp>> {
  const found = await lookUpAll(orders, accounts, pace);
  const late = orders.filter((order) => mayStillArrive(order, found));
  if (late.length === 0 || arrivesInMs <= 0) return found;
  await pace.sleep(arrivesInMs);
  return new Map([...found, ...(await lookUpAll(late, accounts, pace))]);
}

/** The venue shows nothing of it yet: what a dying engine sent may be under way. */
function mayStillArrive(order: Order, lookUps: ReadonlyMap<string, LookUp>): boolean {
  const outcome = lookUps.get(namedOrderKey(order))?.outcome;
  if (order.state === 'in_flight') return outcome === 'absent' && order.venueOrderId === null;
  return outcome === 'found' && order.state !== 'open';
}

async function lookUpAll(
  orders: readonly Order[],
  accounts: readonly VenueAccount[],
  pace: WaitingPace,
): Promise<Map<string, LookUp>> {
  const found = new Map<string, LookUp>();
  const ask = async (order: Order) => {
    found.set(namedOrderKey(order), await lookUp(order, accounts, pace));
    pace.beat();
  };
  await pMap(orders, ask, { concurrency: CONCURRENCY });
  return found;
}

async function lookUp(
  order: Order,
  accounts: readonly VenueAccount[],
  pace: WaitingPace,
): Promise<LookUp> {
  const { venue } = order;
  const account = accounts.find((one) => one.venue === venue && one.account === order.account);
  if (account === undefined) {
    const why = readFault({ kind: 'not_configured', venue, what: 'order look-up' });
    return { outcome: 'unreadable', why };
  }
  try {
    return await patiently(() => account.lookUp(order), PATIENCE.asking, pace);
  } catch (error) {
    pace.signal?.throwIfAborted();
    return { outcome: 'unreadable', why: faultOf(error, venue) };
  }
}
