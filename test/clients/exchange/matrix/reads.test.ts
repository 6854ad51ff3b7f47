/**
 * Every fault × every endpoint that a read or a look-up reaches × five venues, for as long as it
 * lasts. The oracle is the clean answer, which other tests hold against the ledger.
 *
 * An answer is the truth or a failure of the closed list, never a wrong "flat" and never a row twice;
 * no failure shows a secret.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { VenueAccount } from '../../../../activities/ports.js';
import { FAULT_KINDS, type FaultKind } from '../../../../sandbox/venues/http/faults.js';
import { VENUE_IDS, type Endpoint, type VenueId } from '../../../../sandbox/venues/index.js';
import type { Order } from '../../../../workflows/domain/state.js';
import { INSTRUMENTS, type Bench } from '../bench.js';
import {
  assertClosed,
  endpointsOf,
  PASSPHRASE,
  settle,
  SINCE,
  sorted,
  UNDETECTABLE,
  worldAt,
} from './cases.js';

/** A gap in the snapshot, not an empty list: the key may not read it, or the venue has none. */
const UNTOLD = 'untold';

type Read = (account: VenueAccount) => Promise<unknown>;

interface Known {
  rests: Order;
  cancelled: Order;
  lost: Order;
}

function readsOf(
  bench: Bench,
  venue: VenueId,
  { rests, cancelled, lost }: Known,
): Record<string, Read> {
  const fresh = () => bench.account(venue, { password: PASSPHRASE });
  return {
    'a first look, with its markets': async () => sorted(await fresh().openOrders()),
    'open orders': async (account) => sorted(await account.openOrders()),
    fills: async (account) => sorted((await account.fillsSince(SINCE)).rows),
    'cash flows': async (account) => {
      const flows = await account.cashFlowsSince(SINCE);
      return flows === null ? UNTOLD : sorted(flows.rows);
    },
    positions: async (account) => sorted(await account.positions()),
    balances: async (account) => sorted(await account.balances()),
    marks: async (account) => sorted([...(await account.marks())]),
    candles: (account) => account.closes(INSTRUMENTS[venue].btc, 600_000),
    status: (account) => account.status(),
    'look-up of one that rests': (account) => account.lookUp(rests),
    'look-up of a cancelled one': (account) => account.lookUp(cancelled),
    'look-up of one that never arrived': (account) => account.lookUp(lost),
  };
}

const count = { truth: 0, failed: 0, stale: 0 };

describe('every fault on every read', { concurrency: VENUE_IDS.length }, () => {
  for (const venue of VENUE_IDS) {
    test(`${venue}: is the truth or a failure, and shows no secret`, async (t) => {
      const bench = await worldAt(venue);
      t.after(() => bench.venues.close());
      const known = await ordersAt(bench, venue);
      const fresh = () => bench.account(venue, { password: PASSPHRASE });
      for (const [name, read] of Object.entries(readsOf(bench, venue, known))) {
        const truth = await read(fresh());
        const endpoints = await endpointsOf(bench, venue, () => read(fresh()));
        for (const endpoint of endpoints) {
          // One that has followed a skewed clock is off for a while, so each endpoint has its own.
          const account = fresh();
          await read(account);
          for (const kind of FAULT_KINDS.toSorted(clockLast)) {
            const what = `${name}, ${endpoint} under ${kind}`;
            await checkRead(bench, { venue, kind, endpoint, what, truth }, () => read(account));
          }
        }
        const anew = () => read(fresh());
        await assertTrue(await anew(), truth, { what: `${name} after all faults`, read: anew });
      }
      const { truth, failed, stale } = count;
      t.diagnostic(`${truth + failed + stale} reads so far: ${truth} the truth, ${failed} failed`);
    });
  }
});

async function ordersAt({ place, admin }: Bench, venue: VenueId): Promise<Known> {
  const rests = await place(venue, { id: 'rl-looked-up' });
  const cancelled = await place(venue, { id: 'rl-cancelled' });
  await admin.cancelOrder({ venue, clientOrderId: 'rl-cancelled' });
  const lost = { ...rests, clientOrderId: 'rl-lost', venueOrderId: null };
  return { rests, cancelled, lost: { ...lost, state: 'in_flight' } };
}

interface ReadCase {
  venue: VenueId;
  kind: FaultKind;
  endpoint: Endpoint;
  what: string;
  truth: unknown;
}

async function checkRead(bench: Bench, given: ReadCase, read: () => Promise<unknown>) {
  const { venue, kind, endpoint, what, truth } = given;
  await bench.admin.setFault({ venue, endpoint, kind });
  const outcome = await settle(read());
  await bench.admin.clearFaults();
  if ('error' in outcome) {
    await assertClosed(bench, venue, outcome.error, what);
    count.failed += 1;
  } else if (UNDETECTABLE.includes(kind)) {
    count.stale += 1;
  } else if (isSaid(outcome.value, truth)) {
    count.failed += 1;
  } else {
    await assertTrue(outcome.value, truth, { what, read });
    count.truth += 1;
  }
  if (kind !== 'clock-skew') await assertTrue(await read(), truth, { what: `after ${what}`, read });
}

function clockLast(one: FaultKind, other: FaultKind): number {
  return Number(one === 'clock-skew') - Number(other === 'clock-skew');
}

/** Candles move on when a minute turns under the test: then a clean answer of now is the oracle. */
async function assertTrue(
  answer: unknown,
  truth: unknown,
  { what, read }: { what: string; read: () => Promise<unknown> },
) {
  assert.deepEqual(answer, isDeepStrictEqual(answer, truth) ? truth : await read(), what);
}

/** It could not be read, and the answer says so. */
function isSaid(value: unknown, truth: unknown): boolean {
  if (value === UNTOLD || (truth === 'open' && value !== 'open')) return true;
  return (value as { outcome?: string } | null)?.outcome === 'unreadable';
}
