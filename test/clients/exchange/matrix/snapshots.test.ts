/**
 * Every fault × every endpoint that a snapshot reaches × five venues, once and for as long as it
 * lasts. The oracle is the venue's ledger.
 *
 * A snapshot is the truth or says why the venue could not be read; nothing in between.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readVenues } from '../../../../activities/snapshot.js';
import { FAULT_KINDS } from '../../../../sandbox/venues/http/faults.js';
import { VENUE_IDS, type FaultBody, type VenueId } from '../../../../sandbox/venues/index.js';
import type { ReadableVenue, VenueTruth } from '../../../../workflows/domain/snapshot.js';
import type { Bench } from '../bench.js';
import {
  assertTellsNothing,
  endpointsOf,
  PASSPHRASE,
  SINCE,
  sorted,
  UNDETECTABLE,
  worldAt,
} from './cases.js';

const READING = {
  sinceMs: SINCE,
  thorough: true,
  live: false,
  cashAssets: ['USD', 'USDT'],
  orderIdPrefix: 'rl-',
};
const PACE = { sleep: async () => undefined, beat: () => undefined };
const ONCE = { count: 1 };
const LASTING = {};
/** How a venue that could not be read says why. */
const REASON = /^(VenueUnreadable|VenueRefused): |^it moved/;

const count = { truth: 0, unreadable: 0, gaps: 0, stale: 0 };

describe('every fault in a snapshot', { concurrency: VENUE_IDS.length }, () => {
  for (const venue of VENUE_IDS) {
    test(`${venue}: is the ledger, or says why it could not be read`, async (t) => {
      const bench = await worldAt(venue);
      t.after(() => bench.venues.close());
      const truth = await snapshotOf(bench, venue);
      assert.ok(truth.readable);
      await assertIsLedger(bench, truth);
      const endpoints = await endpointsOf(bench, venue, () => snapshotOf(bench, venue));
      for (const endpoint of endpoints) {
        for (const kind of FAULT_KINDS) {
          for (const lasting of [ONCE, LASTING]) {
            await check(bench, truth, { venue, endpoint, kind, ...lasting });
          }
        }
      }
      const all = Object.values(count).reduce((sum, one) => sum + one, 0);
      const { truth: right, unreadable, gaps } = count;
      t.diagnostic(
        `${all} snapshots so far: ${right} the truth, ${unreadable} unreadable, ${gaps} with a gap`,
      );
    });
  }
});

async function snapshotOf(bench: Bench, venue: VenueId): Promise<VenueTruth> {
  const account = bench.account(venue, { password: PASSPHRASE, timeoutMs: 300 });
  const [truth] = await readVenues([account], READING, PACE);
  assert.ok(truth !== undefined);
  return truth;
}

async function check(bench: Bench, truth: ReadableVenue, fault: FaultBody): Promise<void> {
  const { venue, endpoint, kind } = fault;
  const what = `${venue} ${endpoint} under ${kind} ${fault.count === 1 ? 'once' : 'for good'}`;
  await bench.admin.setFault(fault);
  const read = await snapshotOf(bench, venue);
  await bench.admin.clearFaults();
  if (!read.readable) {
    assert.match(read.why, REASON, what);
    await assertTellsNothing(bench, venue, read.why, what);
    count.unreadable += 1;
  } else if (UNDETECTABLE.includes(kind) && fault.count !== 1) {
    count.stale += 1; // the same old data again and again agrees with itself
  } else {
    assertSame(read, truth, what);
    count[read.gaps.length > truth.gaps.length ? 'gaps' : 'truth'] += 1;
  }
}

/** Cash flows and prices may be missing where a gap says so; the rest is there and right. */
function assertSame(read: ReadableVenue, truth: ReadableVenue, what: string): void {
  for (const part of ['orders', 'fills', 'positions', 'balances'] as const) {
    assert.deepEqual(sorted(read[part]), sorted(truth[part]), `${what}: ${part}`);
  }
  for (const [part, named] of [
    ['cashFlows', 'funding'],
    ['marks', 'prices'],
  ] as const) {
    const said = read.gaps.some((gap) => gap.startsWith(named));
    if (!said) assert.deepEqual(read[part], truth[part], `${what}: ${part}`);
  }
}

async function assertIsLedger(bench: Bench, truth: ReadableVenue): Promise<void> {
  const venue = truth.venue as VenueId;
  const ledger = (await bench.admin.ledger()).venues[venue];
  const held = Object.entries(ledger.balances).filter(([, { total }]) => Number(total) !== 0);
  const read = truth.balances.map(({ asset, total }) => [asset, total]);
  assert.deepEqual(sorted(read), sorted(held.map(([asset, { total }]) => [asset, total])));
  assert.equal(truth.orders.length, ledger.openOrders.length);
  assert.equal(truth.fills.length, (await bench.fills(venue)).length);
  const positions = truth.positions.map(({ instrument, quantity }) => [instrument, quantity]);
  const theirs = ledger.positions.map(({ instrument, quantity }) => [instrument, quantity]);
  assert.deepEqual(sorted(positions), sorted(theirs));
}
