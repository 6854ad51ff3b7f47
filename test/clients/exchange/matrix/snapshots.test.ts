/**
 * Every fault × every endpoint that a snapshot reaches × five venues, once or for as long as it
 * lasts by turns, and both with RELIGHT_LONG_TESTS=1. The oracle is the venue's ledger.
 *
 * Each case meets its fault. What is transient and came once is asked for again, so the snapshot is
 * the truth; what lasts makes the venue unreadable and says why. An old answer told once is outvoted
 * or differs; one that is told for good must leave a difference that nothing explains, or none.
 */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isFinal } from '../../../../workflows/domain/books/read-fault.js';
import type { VenueAccount } from '../../../../activities/ports.js';
import type { FaultKind } from '../../../../sandbox/venues/http/faults.js';
import {
  VENUE_IDS,
  type Endpoint,
  type FaultBody,
  type VenueId,
} from '../../../../sandbox/venues/index.js';
import type { ReadableVenue, VenueTruth } from '../../../../workflows/domain/books/snapshot.js';
import { LONG_TESTS } from '../../../needs.js';
import type { Bench } from '../bench.js';
import {
  assertTellsNothing,
  clearMet,
  ENDINGS,
  HANGING,
  IMPATIENT_MS,
  PASSPHRASE,
  PATIENT_MS,
  READ_KINDS,
  actUnder,
  requestsOf,
  Tally,
  TERMS,
  untilAnswered,
  whyNot,
} from './cases.js';
import { assertHoldsAll, assertIsLedger, assertSame } from './ledger-truth.js';
import { assertOldIsNoticed, stateOf, type Before } from './old-answers.js';
import { snapshotOf } from './reading.js';
import { changeWorld, openWorld } from './world.js';

/** Between the two states of the world: an old answer of the first must not be one of the second. */
const APART_MS = 4_000;
/** Once a busy venue is late, the next reading must not be. */
const ONCE_MS = 1_500;
const SKEW_MS = 60_000;

const tally = new Tally();
after(() => tally.print('snapshots'));

interface Venue {
  bench: Bench;
  venue: VenueId;
  fresh: (timeoutMs?: number) => VenueAccount;
  truth: ReadableVenue;
  before: Before;
}

describe('every fault in a snapshot', { concurrency: VENUE_IDS.length }, () => {
  for (const venue of VENUE_IDS) {
    test(`${venue}: is the ledger, or says why it could not be read`, async (t) => {
      const bench = await openWorld(venue);
      t.after(() => bench.venues.close());
      const fresh = (timeoutMs = PATIENT_MS) =>
        bench.account(venue, { password: PASSPHRASE, timeoutMs });
      const patient = fresh();
      const before = await beforeOf(bench, patient);
      await changeWorld(bench, venue);
      const truth = await clean(bench, patient);
      assertHoldsAll(truth);
      const at = { bench, venue, fresh, truth, before };
      const reached = await requestsOf(bench, venue, () => snapshotOf(patient));
      for (const [turn, [endpoint, requests]] of [...reached].entries()) {
        await strike(at, { endpoint, requests, patient, turn });
      }
      for (const [turn, kind] of READ_KINDS.entries()) {
        if (whyNot(venue, { endpoint: 'markets', requests: 1 }, kind) !== null) continue;
        for (const count of timesOf(kind, turn))
          await check(at, { endpoint: 'markets', kind, ...count });
      }
      for (const skewMs of [SKEW_MS, -SKEW_MS]) {
        await check(at, { endpoint: '*', kind: 'clock-skew', skewMs });
      }
      assertSame(await clean(bench, patient), truth, 'after all faults');
    });
  }
});

const TIMES = [{ count: 1 }, {}] as const;

/**
 * By turns, so that over the endpoints of a venue each kind comes once and for good. What is final
 * lasts: were it to come once, a reading that is late beside it would be tried again without it.
 */
function timesOf(kind: FaultKind, turn: number) {
  if (ENDINGS[kind] === 'final') return [{}];
  return LONG_TESTS ? TIMES : TIMES.filter((_, index) => index === turn % TIMES.length);
}

/** Read while the world is as it was, which is over some time later. */
async function beforeOf(bench: Bench, account: VenueAccount): Promise<Before> {
  const truth = await clean(bench, account);
  const atMs = Date.now();
  await delay(APART_MS);
  return { atMs, truth, state: stateOf(truth) };
}

async function clean(bench: Bench, account: VenueAccount): Promise<ReadableVenue> {
  const truth = await snapshotOf(account);
  assert.ok(truth.readable, JSON.stringify(truth));
  await assertIsLedger(bench, truth);
  return truth;
}

interface Struck {
  endpoint: Endpoint;
  requests: number;
  patient: VenueAccount;
  turn: number;
}

async function strike(at: Venue, { endpoint, requests, patient, turn }: Struck): Promise<void> {
  for (const [index, kind] of READ_KINDS.entries()) {
    if (whyNot(at.venue, { endpoint, requests }, kind) !== null) continue;
    for (const count of timesOf(kind, turn + index)) {
      await check(at, { endpoint, kind, ...count, ...TERMS[kind] }, patient);
    }
  }
  for (const count of TIMES) await checkOld(at, { endpoint, ...count }, patient);
}

type Strike = Omit<FaultBody, 'venue'>;

async function check(at: Venue, fault: Strike, patient = at.fresh()): Promise<void> {
  const { bench, venue, truth } = at;
  const { endpoint, kind, count } = fault;
  const what = `${venue} ${endpoint} under ${kind} ${count === 1 ? 'once' : 'for good'}`;
  const waitsMs = count === 1 ? ONCE_MS : IMPATIENT_MS;
  const account = HANGING.includes(kind) ? at.fresh(waitsMs) : patient;
  if (HANGING.includes(kind) && endpoint !== 'markets') {
    await untilAnswered(() => account.status());
  }
  const read = await actUnder(
    bench,
    { venue, ...fault },
    { what, act: () => snapshotOf(account), gaveUp: wasLate },
  );
  const must = endingOf(venue, fault);
  if (!read.readable) {
    const told = JSON.stringify(read.why);
    await assertTellsNothing(bench, venue, told, what);
    assert.ok(typeof read.why !== 'string', told);
    assert.notEqual(read.why.kind, 'unexpected', `${what}: ${told}`);
    assert.equal(isFinal(read.why.kind) ? 'final' : 'transient', must, `${what}: ${told}`);
    tally.add('unreadable');
    return;
  }
  const gap = gapOf(venue, fault);
  assert.ok(must === 'told' || gap !== null, `${what}: readable`);
  assertSame(read, truth, what, gap);
  tally.add(gap === null ? 'the truth' : 'the truth with a gap');
}

function wasLate(read: VenueTruth): boolean {
  return !read.readable && typeof read.why !== 'string' && read.why.kind === 'no_answer';
}

/** What comes once is asked for again, unless it is final. */
function endingOf(venue: VenueId, fault: Strike) {
  const { endpoint, kind, count } = fault;
  if (gapOf(venue, fault) !== null) return 'gap';
  if (count === 1 && ENDINGS[kind] === 'transient') return 'told';
  // Nothing but a candle is refused for coming twice, and no snapshot reads one.
  return endpoint === 'candles' ? 'transient' : ENDINGS[kind];
}

/** Without prices it is worth having, and Binance's keys may not see the wallet: a gap says so. */
function gapOf(venue: VenueId, { endpoint, kind, count }: Strike): string | null {
  if (endpoint === 'ticker' && ENDINGS[kind] !== 'told' && count !== 1) return 'prices';
  const wallet = venue === 'binance' && endpoint === 'cashFlows' && kind === 'revoked-key';
  return wallet ? 'funding' : null;
}

/** The state before the change, told as if it were now. */
async function checkOld(at: Venue, fault: Omit<Strike, 'kind'>, account: VenueAccount) {
  const { bench, venue, before, truth } = at;
  const what = `${venue} ${fault.endpoint} old ${fault.count === 1 ? 'once' : 'for good'}`;
  await bench.admin.setFault({ venue, ...fault, kind: 'stale', ageMs: Date.now() - before.atMs });
  const read = await snapshotOf(account);
  await clearMet(bench, what);
  if (read.readable) tally.add(assertOldIsNoticed({ read, truth, before, what, ...fault }));
  else tally.add('unreadable');
}
