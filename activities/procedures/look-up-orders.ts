/**
 * What became of orders that no longer rest, by asking the venue for each of them.
 *
 * Invariants: an order that could not be asked about is `unreadable`, never absent; one that was on
 * its way at the crash counts as absent only once nothing of that time can arrive any more.
 */
import { Context } from '@temporalio/activity';
import pMap from 'p-map';
import { readFault, type ReadFault } from '../../workflows/domain/books/read-fault.js';
import type { LookUp } from '../../workflows/domain/orders/recovery.js';
import { orderKey } from '../../workflows/domain/books/keys.js';
import type { Order } from '../../workflows/domain/books/state.js';
import { faultOf, isFailure } from '../errors.js';
import type { VenueAccount } from '../ports.js';

const LOOK_UP_TRIES = 4;
const RETRY_MS = 500;
const CONCURRENCY = 8;

/** By order key. `arrivesInMs`: what is still under way reaches its venue within this time. */
export async function lookUpOrders(
  orders: Order[],
  accounts: readonly VenueAccount[],
  arrivesInMs: number,
): Promise<Map<string, LookUp>> {
  const found = await lookUpAll(orders, accounts);
  const late = orders.filter((order) => mayStillArrive(order, found));
  if (late.length === 0 || arrivesInMs <= 0) return found;
  await Context.current().sleep(arrivesInMs);
  return new Map([...found, ...(await lookUpAll(late, accounts))]);
}

/** The venue has no such order yet: what a dying engine sent may be under way. */
function mayStillArrive(order: Order, lookUps: ReadonlyMap<string, LookUp>): boolean {
  const isAbsent = lookUps.get(orderKey(order))?.outcome === 'absent';
  return isAbsent && order.state === 'in_flight' && order.venueOrderId === null;
}

async function lookUpAll(
  orders: Order[],
  accounts: readonly VenueAccount[],
): Promise<Map<string, LookUp>> {
  const found = new Map<string, LookUp>();
  const ask = async (order: Order) => {
    found.set(orderKey(order), await lookUp(order, accounts));
    Context.current().heartbeat(found.size);
  };
  await pMap(orders, ask, { concurrency: CONCURRENCY });
  return found;
}

function notConfigured({ venue }: Order): ReadFault {
  return readFault({ kind: 'not_configured', venue, what: 'order look-up' });
}

async function lookUp(order: Order, accounts: readonly VenueAccount[]): Promise<LookUp> {
  const account = accounts.find((a) => a.venue === order.venue && a.account === order.account);
  if (account === undefined) return { outcome: 'unreadable', why: notConfigured(order) };
  let why = notConfigured(order);
  for (let attempt = 1; attempt <= LOOK_UP_TRIES; attempt += 1) {
    try {
      return await account.lookUp(order);
    } catch (error) {
      why = faultOf(error, order.venue);
      if (isFailure(error, 'VenueRefused')) break;
      await Context.current().sleep(RETRY_MS * attempt);
    }
  }
  return { outcome: 'unreadable', why };
}
