/**
 * Every fault × every write × five venues: orders placed and cancelled, plain and conditional, and
 * dead-man switches. The oracle is the venue's own ledger and request log.
 *
 * A write is sent once, whatever became of it; what became of it can be looked up afterwards; a
 * failure is of the closed list and shows no secret.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isFailure } from '../../../../activities/errors.js';
import { buildExchange, type Exchange } from '../../../../clients/exchange/connection.js';
import { FAULT_KINDS, type FaultKind } from '../../../../sandbox/venues/http/faults.js';
import { VENUE_IDS, type VenueId } from '../../../../sandbox/venues/index.js';
import type { Order } from '../../../../workflows/domain/state.js';
import { INSTRUMENTS, type Bench, type PlacedOrder } from '../bench.js';
import { assertClosed, PASSPHRASE, settle, worldAt } from './cases.js';

const AFTER: readonly FaultKind[] = [
  'timeout-after',
  'connection-reset-after',
  'server-error-after',
];

/** Where stops are kept by endpoints of their own; elsewhere they are orders as any other. */
const STOP_CANCELLED_BY: Partial<Record<VenueId, 'cancelConditional'>> = {
  binanceusdm: 'cancelConditional',
};
const STOPS: Readonly<Record<VenueId, PlacedOrder>> = {
  binance: { side: 'sell', price: '39000', trigger: { kind: 'stop', price: '39500' } },
  binanceusdm: { side: 'sell', type: 'market', trigger: { kind: 'stop', price: '39500' } },
  coinbase: { side: 'sell', price: '39000', trigger: { kind: 'stop', price: '39500' } },
  kraken: { side: 'sell', type: 'market', trigger: { kind: 'stop', price: '39500' } },
  krakenfutures: { side: 'sell', type: 'market', trigger: { kind: 'stop', price: '39500' } },
};

const count = { cancels: 0, placed: 0, switches: 0 };

describe('every fault on every write', { concurrency: VENUE_IDS.length }, () => {
  for (const venue of VENUE_IDS) {
    test(`${venue}: is sent once, and its fate can be looked up`, async (t) => {
      const bench = await worldAt(venue);
      t.after(() => bench.venues.close());
      for (const [index, kind] of FAULT_KINDS.entries()) {
        await checkCancel(bench, { venue, kind }, { id: `rl-cancel-${index}` });
        await checkCancel(bench, { venue, kind }, { id: `rl-stop-${index}`, ...STOPS[venue] });
        await checkPlace(bench, { venue, kind, id: `rl-place-${index}` });
        await checkSwitch(bench, { venue, kind });
      }
      const { cancels, placed, switches } = count;
      t.diagnostic(
        `${cancels + placed + switches} writes so far: ${cancels} cancels, ${placed} places, ` +
          `${switches} dead-man switches`,
      );
    });
  }
});

interface WriteCase {
  venue: VenueId;
  kind: FaultKind;
}

async function checkCancel(bench: Bench, { venue, kind }: WriteCase, placed: PlacedOrder) {
  const order = await bench.place(venue, placed);
  const stops = order.conditional === true ? STOP_CANCELLED_BY[venue] : undefined;
  const endpoint = stops ?? 'cancelOrder';
  const account = bench.account(venue, { password: PASSPHRASE });
  await account.openOrders(); // markets and clock are known before the fault
  const sentBefore = (await bench.admin.requests()).writes.length;
  await bench.admin.setFault({ venue, endpoint, kind, count: 1 });
  const outcome = await settle(account.cancel(order));
  await bench.admin.clearFaults();
  const what = `${venue}: the cancel of ${order.clientOrderId} under ${kind}`;
  const { writes } = await bench.admin.requests();
  const sent = writes.slice(sentBefore).filter((row) => row.endpoint === endpoint);
  assert.ok(sent.length === 1, `${what} was sent ${sent.length} times`);
  const rests = await restsAt(bench, venue, order.clientOrderId);
  if ('error' in outcome) {
    await assertClosed(bench, venue, outcome.error, what);
    if (AFTER.includes(kind)) assert.ok(isFailure(outcome.error, 'OutcomeUnknown'), what);
  } else {
    assert.equal(rests, false, `${what}: said to be cancelled, and rests`);
  }
  const found = await account.lookUp(order);
  assert.equal(found.outcome, rests ? 'found' : 'closed', `${what}: looked up`);
  count.cancels += 1;
}

/** As an engine places it that dies before it learns what became of it. */
async function checkPlace(bench: Bench, { venue, kind, id }: WriteCase & { id: string }) {
  const exchange = buildExchange(bench.settings(venue));
  await exchange.loadMarkets();
  await bench.admin.setFault({ venue, endpoint: 'placeOrder', kind, count: 1 });
  await settle(placeBy(exchange, venue, id));
  await bench.admin.clearFaults();
  const order = inFlight(venue, id);
  const account = bench.account(venue, { password: PASSPHRASE });
  const found = await account.lookUp(order);
  const rests = await restsAt(bench, venue, id);
  const what = `${venue}: an order placed under ${kind}`;
  assert.equal(found.outcome, rests ? 'found' : 'absent', what);
  const { entries } = await bench.admin.journal();
  const accepted = entries.filter(
    (row) => row.kind === 'order-accepted' && row.venue === venue && row.clientOrderId === id,
  );
  assert.equal(accepted.length, rests ? 1 : 0, what);
  count.placed += 1;
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
async function checkSwitch(bench: Bench, { venue, kind }: WriteCase) {
  const account = bench.account(venue, { password: PASSPHRASE });
  await account.openOrders();
  const sentBefore = (await bench.admin.requests()).writes.length;
  await bench.admin.setFault({ venue, endpoint: 'deadManSwitch', kind, count: 1 });
  const outcome = await settle(account.armDeadManSwitch(3_600_000));
  await bench.admin.clearFaults();
  const what = `${venue}: the dead-man switch under ${kind}`;
  const { writes } = await bench.admin.requests();
  const sent = writes.slice(sentBefore).filter(({ endpoint }) => endpoint === 'deadManSwitch');
  if ('error' in outcome) {
    await assertClosed(bench, venue, outcome.error, what);
    assert.equal(sent.length, 1, `${what}: sent again`);
  } else {
    assert.equal(outcome.value, HAVE_SWITCH.includes(venue), what);
    const armed = sent.filter(({ outcome: end }) => end === 'accepted').length;
    const needed = venue === 'binanceusdm' ? 2 : 1;
    assert.equal(armed, outcome.value ? needed : 0, `${what}: said to be armed`);
  }
  count.switches += 1;
}

async function restsAt({ admin }: Bench, venue: VenueId, id: string): Promise<boolean> {
  const { openOrders } = (await admin.ledger()).venues[venue];
  return openOrders.some(({ clientOrderId }) => clientOrderId === id);
}
