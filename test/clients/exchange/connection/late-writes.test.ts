/**
 * A write that stands still on its way, or whose sender stood still, is refused or never sent. The
 * venue's ledger is the oracle.
 */
import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { after, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lease } from '../../../../activities/ports.js';
import type { Fetch } from '../../../../clients/exchange/index.js';
import { failure } from '../../../../workflows/failure.js';
import type { VenueId } from '../../../../sandbox/venues/index.js';
import { openBench, rejectsAs, type Bench } from '../bench.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());

const LEFT_MS = 1_000;
/** A token of Coinbase counts whole seconds. */
const LATE_MS = 2_300;

const isOpen = async (venue: VenueId, id: string) =>
  (await bench.admin.ledger()).venues[venue].openOrders.some((one) => one.clientOrderId === id);

/** It holds for the first write, and by then nobody holds it any more. */
function leaseOnce(): Lease {
  let asked = 0;
  return {
    beforeWrite: async () => {
      asked += 1;
      if (asked > 1) throw failure('AttemptGivenUp', 'another one is at work');
    },
    leftMs: () => LEFT_MS,
  };
}

function heldUp(meanwhile: () => Promise<unknown>): { way: Fetch; hold: () => void } {
  let holds = false;
  return {
    hold: () => (holds = true),
    way: async (url, request) => {
      if (holds && request.method !== 'GET') {
        holds = false;
        await meanwhile();
      }
      return fetch(url, request);
    },
  };
}

const DEADLINES: readonly VenueId[] = ['binance', 'binanceusdm', 'coinbase', 'krakenfutures'];

for (const venue of DEADLINES) {
  test(`${venue} refuses a cancel that arrives after its lease`, async () => {
    const id = `rl-late-${venue}`;
    const order = await bench.place(venue, { id });
    const { way, hold } = heldUp(() => delay(LATE_MS));
    const account = bench.account(venue, { fetch: way, timeoutMs: 20_000 });
    await account.openOrders();
    hold();
    const late = account.cancel(order, leaseOnce());
    await rejectsAs(late, ['VenueRefused', 'OutcomeUnknown', 'AttemptGivenUp']);
    assert.equal(await isOpen(venue, id), true);
    await account.cancel(order, { beforeWrite: async () => undefined, leftMs: () => 60_000 });
    assert.equal(await isOpen(venue, id), false);
  });
}

test('kraken, which has no deadline for a cancel, refuses one whose nonce others have passed', async (t) => {
  const order = await bench.place('kraken', { id: 'rl-overtaken' });
  const next = bench.account('kraken', { timeoutMs: 20_000 });
  const elsewhere = AsyncLocalStorage.snapshot();
  const { way, hold } = heldUp(async () => {
    // A nonce is a millisecond, and the key has a window of ten seconds of them.
    const now = Date.now;
    const later = t.mock.method(Date, 'now', () => now() + 11_000);
    await elsewhere(() => next.openOrders());
    later.mock.restore();
  });
  const account = bench.account('kraken', { fetch: way, timeoutMs: 20_000 });
  await account.lookUp(order);
  hold();
  await rejectsAs(account.cancel(order, leaseOnce()), ['OutcomeUnknown', 'AttemptGivenUp']);
  assert.equal(await isOpen('kraken', 'rl-overtaken'), true);
});

test('a write is not sent where its lease ends between its signature and the wire', async () => {
  const venue = 'binance';
  const order = await bench.place(venue, { id: 'rl-stopped' });
  let sent = 0;
  const account = bench.account(venue, {
    timeoutMs: 20_000,
    fetch: async (url, request) => {
      if (request.method === 'DELETE') sent += 1;
      return fetch(url, request);
    },
  });
  await account.openOrders();
  let looks = 0;
  // As of a process that is stopped after it has signed.
  const lease: Lease = {
    beforeWrite: async () => undefined,
    leftMs: () => ((looks += 1) === 1 ? LEFT_MS : 0),
  };
  await rejectsAs(account.cancel(order, lease), ['AttemptGivenUp']);
  assert.deepEqual([sent, await isOpen(venue, 'rl-stopped')], [0, true]);
});
