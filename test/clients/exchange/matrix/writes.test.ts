/**
 * Every fault × every write × five venues: orders placed and cancelled, plain and conditional, and
 * dead-man switches. The oracle is the venue's own ledger and request log.
 *
 * A write is sent once, whatever became of it; what became of it can be looked up afterwards; a
 * failure is of the closed list and shows no secret, and one that hides an effect says "unknown".
 */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { isFailure } from '../../../../activities/errors.js';
import type { FaultKind } from '../../../../sandbox/venues/http/faults.js';
import { WRITE_ENDPOINTS, type WriteEndpoint } from '../../../../sandbox/venues/http/endpoints.js';
import { VENUE_IDS, type Endpoint, type VenueId } from '../../../../sandbox/venues/index.js';
import { openBench, type Bench, type PlacedOrder } from '../bench.js';
import { assertClosed, clearMet, ENDINGS, Tally, TERMS } from './cases.js';
import { checkPlace } from './placing.js';
import { STOPS } from './world.js';
import { MAY_HIDE, WRITE_KINDS } from './write-kinds.js';
import {
  HURRIED_MS,
  readyAt,
  restsAt,
  struck,
  writerFor,
  type At,
  type Strike,
  type WriteCase,
} from './writing.js';

/** Where stops are kept by endpoints of their own; elsewhere they are orders as any other. */
const STOP_CANCELLED_BY: Partial<Record<VenueId, 'cancelConditional'>> = {
  binanceusdm: 'cancelConditional',
};

/** The answer comes when nobody waits for it any more. */
const LATE = { kind: 'slow', delayMs: 3 * HURRIED_MS } as const;
const CASES: readonly Strike[] = [
  ...WRITE_KINDS.map((kind) => ({ kind, ...TERMS[kind] })),
  ...MAY_HIDE.map((kind) => ({ kind, afterEffect: true })),
  LATE,
];

const tally = new Tally();
after(() => tally.print('writes'));

describe('every fault on every write', { concurrency: VENUE_IDS.length }, () => {
  for (const venue of VENUE_IDS) {
    test(`${venue}: is sent once, and its fate can be looked up`, async (t) => {
      const bench = await openBench();
      t.after(() => bench.venues.close());
      await bench.place(venue, { type: 'market', quantity: '1' });
      const at = await readyAt(bench, venue);
      for (const [index, strike] of CASES.entries()) {
        const one = { venue, ...strike };
        await checkCancel(at, one, { id: `rl-cancel-${index}` });
        await checkCancel(at, one, { id: `rl-stop-${index}`, ...STOPS[venue] });
        for (const isStop of [false, true]) {
          await checkPlace(at, { ...one, isStop, id: `rl-place-${index}-${String(isStop)}` });
          tally.add(isStop ? 'places of stops' : 'places');
        }
        if (HAVE_SWITCH.includes(venue)) await checkSwitch(at, one);
      }
      for (const skewMs of [60_000, -60_000]) await checkSkewed(bench, venue, skewMs);
      assert.deepEqual([...at.met].sort(), [...EVERYWHERE, ...ALSO[venue]].sort());
      const { writes } = await bench.admin.requests();
      assert.deepEqual(
        writes.filter(({ endpoint }) => endpoint in NOT_STRUCK),
        [],
        'written to, and not struck',
      );
    });
  }
});

/** What must be struck, for nothing to be left out unseen: all that each venue has an endpoint for. */
const EVERYWHERE: readonly Endpoint[] = ['placeOrder', 'cancelOrder'];
const ALSO: Readonly<Record<VenueId, readonly Endpoint[]>> = {
  binance: [],
  binanceusdm: ['placeConditional', 'cancelConditional', 'deadManSwitch'],
  coinbase: [],
  kraken: ['placeConditional', 'deadManSwitch'],
  krakenfutures: ['placeConditional', 'deadManSwitch'],
};
const NOT_STRUCK: Partial<Readonly<Record<WriteEndpoint, string>>> = {
  setPositionMode: 'nothing of ours writes to it: how an account holds positions is its owner’s',
  setFeeSetting: 'nothing of ours writes to it: what an account pays fees in is its owner’s',
};

test('no endpoint that writes is left out without a reason', () => {
  const struckAnywhere = new Set([...EVERYWHERE, ...Object.values(ALSO).flat()]);
  const all = [...struckAnywhere, ...Object.keys(NOT_STRUCK)];
  assert.deepEqual(all.sort(), [...WRITE_ENDPOINTS].sort());
});

async function checkCancel(at: At, one: WriteCase, placed: PlacedOrder) {
  const { bench, patient } = at;
  const { venue, kind } = one;
  const order = await bench.place(venue, placed);
  const stops = order.conditional === true ? STOP_CANCELLED_BY[venue] : undefined;
  const endpoint = stops ?? 'cancelOrder';
  const account = writerFor(at, one);
  const sentBefore = (await bench.admin.requests()).writes.length;
  const what = `${venue}: the cancel of ${order.clientOrderId} under ${kind}`;
  const outcome = await struck(at, { ...one, endpoint, what }, () => account.cancel(order));
  const { writes } = await bench.admin.requests();
  const sent = writes.slice(sentBefore).filter((row) => row.endpoint === endpoint);
  assert.ok(sent.length === 1, `${what} was sent ${sent.length} times`);
  const rests = (await restsAt(bench, venue, order.clientOrderId)) !== undefined;
  if ('error' in outcome) {
    await assertClosed(bench, venue, outcome.error, what);
    assertHonest(outcome.error, { kind, done: !rests, what });
  } else {
    assert.equal(rests, false, `${what}: said to be cancelled, and rests`);
  }
  const found = await patient.lookUp(order);
  assert.equal(found.outcome, rests ? 'found' : 'closed', `${what}: looked up`);
  tally.add('cancels');
}

/** Refused for its time, which is then measured, and sent once more: done once. */
async function checkSkewed(bench: Bench, venue: VenueId, skewMs: number) {
  const order = await bench.place(venue, { id: `rl-skew-${skewMs}` });
  const { patient: account } = await readyAt(bench, venue);
  const sentBefore = (await bench.admin.requests()).writes.length;
  await bench.admin.setFault({ venue, endpoint: '*', kind: 'clock-skew', skewMs });
  await account.cancel(order);
  const what = `${venue}: a cancel with the clock off by ${skewMs}`;
  await clearMet(bench, what);
  const sent = (await bench.admin.requests()).writes.slice(sentBefore);
  const ends = sent.map(({ outcome, reason }) => reason ?? outcome);
  const refused = sent.length > 1 ? ['stale-timestamp'] : [];
  assert.deepEqual(ends, [...refused, 'accepted'], what);
  assert.equal(await restsAt(bench, venue, order.clientOrderId), undefined, what);
  tally.add('cancels');
}

/** What may have been done is never called refused; what passes is never called final. */
function assertHonest(
  error: unknown,
  { kind, done, what }: { kind: FaultKind; done: boolean; what: string },
): void {
  const isOpen = done || ENDINGS[kind] === 'transient';
  const expected = isOpen ? 'OutcomeUnknown' : 'VenueRefused';
  assert.ok(isFailure(error, expected), `${what}: ${String(error)}`);
}

const HAVE_SWITCH: readonly VenueId[] = ['binanceusdm', 'kraken', 'krakenfutures'];

/** Said to be armed only where the venue says so: by its request log, once for each instrument. */
async function checkSwitch(at: At, one: WriteCase) {
  const { venue, kind } = one;
  const { bench } = at;
  const account = writerFor(at, one);
  const sentBefore = (await bench.admin.requests()).writes.length;
  const what = `${venue}: the dead-man switch under ${kind}`;
  const outcome = await struck(at, { ...one, endpoint: 'deadManSwitch', what }, () =>
    account.armDeadManSwitch(3_600_000),
  );
  const { writes } = await bench.admin.requests();
  const sent = writes.slice(sentBefore).filter(({ endpoint }) => endpoint === 'deadManSwitch');
  if ('error' in outcome) {
    await assertClosed(bench, venue, outcome.error, what);
    assert.equal(sent.length, 1, `${what}: sent again`);
    const done = sent.some(({ outcome: end }) => end === 'accepted');
    assertHonest(outcome.error, { kind, done, what });
  } else {
    assert.equal(outcome.value, true, what);
    const armed = sent.filter(({ outcome: end }) => end === 'accepted').length;
    assert.equal(armed, venue === 'binanceusdm' ? 2 : 1, `${what}: said to be armed`);
  }
  tally.add('dead-man switches');
}
