/**
 * Every fault × every write × five venues: orders placed and cancelled, plain and conditional, and
 * dead-man switches. The oracle is the venue's own ledger and request log.
 *
 * A write is sent once, whatever became of it; what became of it can be looked up afterwards; a
 * failure is of the closed list and shows no secret.
 */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { isFailure } from '../../../../activities/errors.js';
import { buildExchange, type Exchange } from '../../../../clients/exchange/connection.js';
import { FAULT_KINDS, type FaultKind } from '../../../../sandbox/venues/http/faults.js';
import { VENUE_IDS, type Endpoint, type VenueId } from '../../../../sandbox/venues/index.js';
import type { Order } from '../../../../workflows/domain/state.js';
import { INSTRUMENTS, openBench, type Bench, type PlacedOrder } from '../bench.js';
import {
  assertClosed,
  clearMet,
  ENDINGS,
  PASSPHRASE,
  settle,
  Tally,
  TERMS,
  type Settled,
} from './cases.js';
import { STOPS } from './world.js';

/** Where stops are kept by endpoints of their own; elsewhere they are orders as any other. */
const STOP_CANCELLED_BY: Partial<Record<VenueId, 'cancelConditional'>> = {
  binanceusdm: 'cancelConditional',
};

/** What a write can be struck with: lists are not among it, and the clock is the reads' matter. */
const OF_READS: readonly FaultKind[] = [
  'stale',
  'duplicate-page',
  'shifting-page',
  'dropping-page',
  'clock-skew',
];
const WRITE_KINDS = FAULT_KINDS.filter((kind) => !OF_READS.includes(kind));
/** These can come although the venue did what was asked. */
const MAY_HIDE: readonly FaultKind[] = ['html', 'empty-object', 'empty-body', 'rate-limit'];
const CASES: readonly Strike[] = [
  ...WRITE_KINDS.map((kind) => ({ kind })),
  ...MAY_HIDE.map((kind) => ({ kind, afterEffect: true })),
];

const tally = new Tally();
after(() => tally.print('writes'));

describe('every fault on every write', { concurrency: VENUE_IDS.length }, () => {
  for (const venue of VENUE_IDS) {
    test(`${venue}: is sent once, and its fate can be looked up`, async (t) => {
      const bench = await openBench();
      t.after(() => bench.venues.close());
      await bench.place(venue, { type: 'market', quantity: '1' });
      for (const [index, strike] of CASES.entries()) {
        const one = { venue, ...strike };
        await checkCancel(bench, one, { id: `rl-cancel-${index}` });
        await checkCancel(bench, one, { id: `rl-stop-${index}`, ...STOPS[venue] });
        await checkPlace(bench, { ...one, id: `rl-place-${index}` });
        if (HAVE_SWITCH.includes(venue)) await checkSwitch(bench, one);
      }
    });
  }
});

interface Strike {
  kind: FaultKind;
  afterEffect?: boolean;
}

interface WriteCase extends Strike {
  venue: VenueId;
}

/** The one request that is made next at this endpoint; it must meet the fault. */
async function struck<T>(
  bench: Bench,
  { endpoint, what, ...fault }: WriteCase & { endpoint: Endpoint; what: string },
  act: () => Promise<T>,
): Promise<Settled<T>> {
  await bench.admin.setFault({ ...fault, endpoint, count: 1, ...TERMS[fault.kind] });
  const outcome = await settle(act());
  await clearMet(bench, what);
  return outcome;
}

async function checkCancel(bench: Bench, one: WriteCase, placed: PlacedOrder) {
  const { venue, kind } = one;
  const order = await bench.place(venue, placed);
  const stops = order.conditional === true ? STOP_CANCELLED_BY[venue] : undefined;
  const endpoint = stops ?? 'cancelOrder';
  const account = bench.account(venue, { password: PASSPHRASE });
  await account.openOrders(); // markets and clock are known before the fault
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
  const found = await account.lookUp(order);
  assert.equal(found.outcome, rests ? 'found' : 'closed', `${what}: looked up`);
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
async function checkPlace(bench: Bench, one: WriteCase & { id: string }) {
  const { venue, kind, id, ...fault } = one;
  const exchange = buildExchange(bench.settings(venue));
  await exchange.loadMarkets();
  const what = `${venue}: an order placed under ${kind}`;
  const strike = { venue, kind, ...fault, endpoint: 'placeOrder', what } as const;
  const sentBefore = (await bench.admin.requests()).writes.length;
  await struck(bench, strike, () => placeBy(exchange, venue, id));
  const sent = (await bench.admin.requests()).writes.slice(sentBefore);
  assert.equal(sent.filter(({ endpoint }) => endpoint === 'placeOrder').length, 1, what);
  const order = inFlight(venue, id);
  const account = bench.account(venue, { password: PASSPHRASE });
  const found = await account.lookUp(order);
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
async function checkSwitch(bench: Bench, one: WriteCase) {
  const { venue, kind } = one;
  const account = bench.account(venue, { password: PASSPHRASE });
  await account.openOrders();
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
