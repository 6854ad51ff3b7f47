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
import type { VenueAccount } from '../../../../activities/ports.js';
import { buildExchange, type Exchange } from '../../../../clients/exchange/connection.js';
import type { FaultKind } from '../../../../sandbox/venues/http/faults.js';
import { VENUE_IDS, type Endpoint, type VenueId } from '../../../../sandbox/venues/index.js';
import type { Order } from '../../../../workflows/domain/state.js';
import { INSTRUMENTS, openBench, type Bench, type PlacedOrder } from '../bench.js';
import {
  assertClosed,
  clearMet,
  ENDINGS,
  HANGING,
  PASSPHRASE,
  PATIENT_MS,
  settle,
  Tally,
  TERMS,
  untilAnswered,
  type Settled,
} from './cases.js';
import { STOPS } from './world.js';
import { MAY_HIDE, WRITE_KINDS } from './write-kinds.js';

/** Where stops are kept by endpoints of their own; elsewhere they are orders as any other. */
const STOP_CANCELLED_BY: Partial<Record<VenueId, 'cancelConditional'>> = {
  binanceusdm: 'cancelConditional',
};

const HURRIED_MS = 400;
/** The answer comes when nobody waits for it any more. */
const LATE = { kind: 'slow', delayMs: 3 * HURRIED_MS } as const;
const CASES: readonly Strike[] = [
  ...WRITE_KINDS.map((kind) => ({ kind, ...TERMS[kind] })),
  ...MAY_HIDE.map((kind) => ({ kind, afterEffect: true })),
  LATE,
];

/** Patient, but where nothing will come. */
function waitsMs({ kind, delayMs = 0 }: Strike): number {
  return HANGING.includes(kind) || delayMs > HURRIED_MS ? HURRIED_MS : PATIENT_MS;
}

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
        await checkPlace(at, { ...one, id: `rl-place-${index}` });
        if (HAVE_SWITCH.includes(venue)) await checkSwitch(at, one);
      }
      for (const skewMs of [60_000, -60_000]) await checkSkewed(bench, venue, skewMs);
    });
  }
});

interface Strike {
  kind: FaultKind;
  afterEffect?: boolean;
  delayMs?: number | undefined;
}

interface WriteCase extends Strike {
  venue: VenueId;
}

/** Those who write, with their markets and clocks known before a fault. */
interface At {
  bench: Bench;
  patient: VenueAccount;
  hurried: VenueAccount;
  /** As an engine has it. */
  exchange: Exchange;
}

async function readyAt(bench: Bench, venue: VenueId): Promise<At> {
  const hurried = bench.account(venue, { password: PASSPHRASE, timeoutMs: HURRIED_MS });
  await untilAnswered(() => hurried.openOrders());
  const patient = bench.account(venue, { password: PASSPHRASE, timeoutMs: PATIENT_MS });
  await patient.openOrders();
  const exchange = buildExchange(bench.settings(venue, { timeoutMs: PATIENT_MS }));
  await exchange.loadMarkets();
  return { bench, patient, hurried, exchange };
}

function writerFor({ patient, hurried }: At, strike: Strike): VenueAccount {
  return waitsMs(strike) === PATIENT_MS ? patient : hurried;
}

/** The one request that is made next at this endpoint; it must meet the fault. */
async function struck<T>(
  bench: Bench,
  { endpoint, what, ...fault }: WriteCase & { endpoint: Endpoint; what: string },
  act: () => Promise<T>,
): Promise<Settled<T>> {
  await bench.admin.setFault({ ...fault, endpoint, count: 1 });
  const outcome = await settle(act());
  await clearMet(bench, what);
  return outcome;
}

async function checkCancel(at: At, one: WriteCase, placed: PlacedOrder) {
  const { bench, patient } = at;
  const { venue, kind } = one;
  const order = await bench.place(venue, placed);
  const stops = order.conditional === true ? STOP_CANCELLED_BY[venue] : undefined;
  const endpoint = stops ?? 'cancelOrder';
  const account = writerFor(at, one);
  const sentBefore = (await bench.admin.requests()).writes.length;
  const what = `${venue}: the cancel of ${order.clientOrderId} under ${kind}`;
  const outcome = await struck(bench, { ...one, endpoint, what }, () => account.cancel(order));
  const { writes } = await bench.admin.requests();
  const sent = writes.slice(sentBefore).filter((row) => row.endpoint === endpoint);
  assert.ok(sent.length === 1, `${what} was sent ${sent.length} times`);
  const rests = await restsAt(bench, venue, order.clientOrderId);
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
  assert.equal(await restsAt(bench, venue, order.clientOrderId), false, what);
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

/** As an engine places it that dies before it learns what became of it. */
async function checkPlace(at: At, one: WriteCase & { id: string }) {
  const { bench, exchange, patient } = at;
  const { venue, kind, id, ...fault } = one;
  exchange.timeout = waitsMs(one);
  const what = `${venue}: an order placed under ${kind}`;
  const strike = { venue, kind, ...fault, endpoint: 'placeOrder', what } as const;
  const sentBefore = (await bench.admin.requests()).writes.length;
  await struck(bench, strike, () => placeBy(exchange, venue, id));
  const sent = (await bench.admin.requests()).writes.slice(sentBefore);
  assert.equal(sent.filter(({ endpoint }) => endpoint === 'placeOrder').length, 1, what);
  const found = await patient.lookUp(inFlight(venue, id));
  const rests = await restsAt(bench, venue, id);
  assert.equal(found.outcome, rests ? 'found' : 'absent', what);
  const { entries } = await bench.admin.journal();
  const accepted = entries.filter(
    (row) => row.kind === 'order-accepted' && row.venue === venue && row.clientOrderId === id,
  );
  assert.equal(accepted.length, rests ? 1 : 0, what);
  tally.add('places');
}

const CLIENT_ID: Readonly<Record<VenueId, string>> = {
  binance: 'newClientOrderId',
  binanceusdm: 'newClientOrderId',
  coinbase: 'client_order_id',
  kraken: 'cl_ord_id',
  krakenfutures: 'cliOrdId',
};

function placeBy(exchange: Exchange, venue: VenueId, id: string) {
  const { btc } = INSTRUMENTS[venue];
  return exchange.createOrder(btc, 'limit', 'buy', 0.125, 40_123, { [CLIENT_ID[venue]]: id });
}

function inFlight(venue: VenueId, clientOrderId: string): Order {
  return {
    venue,
    account: 'main',
    instrument: INSTRUMENTS[venue].btc,
    clientOrderId,
    venueOrderId: null,
    side: 'buy',
    type: 'limit',
    price: '40123',
    quantity: '0.125',
    filled: '0',
    state: 'in_flight',
  };
}

const HAVE_SWITCH: readonly VenueId[] = ['binanceusdm', 'kraken', 'krakenfutures'];

/** Said to be armed only where the venue says so: by its request log, once for each instrument. */
async function checkSwitch(at: At, one: WriteCase) {
  const { venue, kind } = one;
  const { bench } = at;
  const account = writerFor(at, one);
  const sentBefore = (await bench.admin.requests()).writes.length;
  const what = `${venue}: the dead-man switch under ${kind}`;
  const outcome = await struck(bench, { ...one, endpoint: 'deadManSwitch', what }, () =>
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

async function restsAt({ admin }: Bench, venue: VenueId, id: string): Promise<boolean> {
  const { openOrders } = (await admin.ledger()).venues[venue];
  return openOrders.some(({ clientOrderId }) => clientOrderId === id);
}
