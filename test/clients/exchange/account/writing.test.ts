/**
 * Cancels and dead-man switches do at the venue what they say, and doubt is never taken for
 * success.
 */
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { isFailure } from '../../../../activities/errors.js';
import type { VenueAccount } from '../../../../activities/ports.js';
import { VENUE_IDS, type VenueId } from '../../../../sandbox/venues/index.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { openBench, rejectsAs, type Bench } from '../bench.js';

let bench: Bench;
before(async () => {
  bench = await openBench();
});
after(() => bench.venues.close());
afterEach(() => bench.admin.clearFaults());

async function cancelsInJournal(venue: VenueId, id: string) {
  const { entries } = await bench.admin.journal();
  return entries.filter(
    (row) => row.kind === 'order-cancelled' && row.venue === venue && row.clientOrderId === id,
  );
}

async function requestsOf(venue: VenueId, endpoint: string) {
  const { writes } = await bench.admin.requests();
  return writes.filter((row) => row.venue === venue && row.endpoint === endpoint);
}

for (const venue of VENUE_IDS) {
  describe(`a cancel at ${venue}`, () => {
    let account: VenueAccount;
    before(() => {
      account = bench.account(venue);
    });

    test('cancels that order and no other', async () => {
      const order = await bench.place(venue, { id: 'rl-goes' });
      await bench.place(venue, { id: 'rl-stays' });
      await account.cancel(order);
      assert.equal((await cancelsInJournal(venue, 'rl-goes')).length, 1);
      const { openOrders } = (await bench.admin.ledger()).venues[venue];
      assert.deepEqual(
        openOrders.map(({ clientOrderId }) => clientOrderId),
        ['rl-stays'],
      );
      await bench.admin.cancelOrder({ venue, clientOrderId: 'rl-stays' });
    });

    test('whose answer never comes has an unknown outcome, and is sent once', async () => {
      const order = await bench.place(venue, { id: 'rl-silent' });
      const before = (await requestsOf(venue, 'cancelOrder')).length;
      await bench.admin.setFault({ venue, endpoint: 'cancelOrder', kind: 'timeout-after' });
      await rejectsAs(account.cancel(order), ['OutcomeUnknown']);
      assert.equal((await cancelsInJournal(venue, 'rl-silent')).length, 1);
      assert.equal((await requestsOf(venue, 'cancelOrder')).length - before, 1);
    });

    test('that never reached the venue has an unknown outcome too', async () => {
      const order = await bench.place(venue, { id: 'rl-unheard' });
      for (const kind of ['timeout-before', 'server-error', 'html', 'rate-limit'] as const) {
        await bench.admin.setFault({ venue, endpoint: 'cancelOrder', kind });
        await rejectsAs(account.cancel(order), ['OutcomeUnknown']);
      }
      assert.equal((await cancelsInJournal(venue, 'rl-unheard')).length, 0);
      await bench.admin.clearFaults();
      await account.cancel(order);
      assert.equal((await cancelsInJournal(venue, 'rl-unheard')).length, 1);
    });

    test('of an order that is gone is refused, not repeated', async () => {
      const order = await bench.place(venue, { id: 'rl-gone' });
      await account.cancel(order);
      await rejectsAs(account.cancel(order), ['VenueRefused']);
      assert.equal((await cancelsInJournal(venue, 'rl-gone')).length, 1);
    });
  });
}

test('the dead-man switch of Kraken and of USD-M cancels what rests when it fires', async () => {
  for (const venue of ['kraken', 'binanceusdm'] as const) {
    await bench.place(venue, { id: 'rl-rests' });
    // Kraken counts in whole seconds.
    assert.equal(await bench.account(venue).armDeadManSwitch(1_000), true);
    await eventually(`the switch of ${venue} fires`, async () => {
      const { entries } = await bench.admin.journal();
      return entries.some(
        (row) =>
          row.venue === venue &&
          row.kind === 'order-cancelled' &&
          row.reason === 'dead-man-switch' &&
          row.clientOrderId === 'rl-rests',
      );
    });
  }
});

test('spot Binance and Coinbase say that they have no dead-man switch', async () => {
  for (const venue of ['binance', 'coinbase'] as const) {
    assert.equal(await bench.account(venue).armDeadManSwitch(1_000), false);
    assert.deepEqual(await requestsOf(venue, 'deadManSwitch'), []);
  }
});

test('a dead-man switch whose answer never came is not taken for armed', async () => {
  for (const venue of ['kraken', 'binanceusdm'] as const) {
    for (const kind of ['timeout-before', 'empty-object'] as const) {
      await bench.admin.setFault({ venue, endpoint: 'deadManSwitch', kind });
      const armed = bench.account(venue).armDeadManSwitch(60_000);
      const kinds = await armed.then(
        () => 'armed',
        (error: unknown) => (isFailure(error) ? error.type : String(error)),
      );
      assert.equal(kinds, 'OutcomeUnknown', `${venue} under ${kind}`);
    }
  }
});
