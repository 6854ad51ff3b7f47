/** What a venue's list says against its fills, and what became of an amended order; against the ledger. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Order } from '../../../workflows/domain/books/state.js';
import { inActivity, openControlPlane, withState, type ControlPlane } from '../ports.js';

async function recovered({ activities, ports }: ControlPlane, orders: Order[]) {
  const reading = { engineId: 'desk', sinceMs: 0, thorough: false };
  const { snapshot } = await inActivity(activities, 'takeSnapshot', reading);
  const state = await ports.artifacts.put('engine-state', withState({ orders }));
  const found = await inActivity(activities, 'recoverOpenOrders', {
    engineId: 'desk',
    state,
    before: state,
    snapshot,
    adopted: [],
    arrivesUntilMs: 0,
    staleDeviation: '0.05',
    containment: 'none',
    containmentAt: {},
    foreign: 'leave',
  });
  return {
    resolutions: await ports.artifacts.get('order-resolutions', found.resolutions),
    state: await ports.artifacts.get('engine-state', found.state),
  };
}

test('a list of open orders that is older than the fills is not believed: the venue is asked', async (t) => {
  const plane = await openControlPlane(t);
  const { bench, ports } = plane;
  const whole = await bench.place('binance', { id: 'rl-whole' });
  const half = await bench.place('binance', { id: 'rl-half' });
  const account = bench.account('binance');
  const listed = await account.openOrders();
  await bench.admin.fillOrder({ venue: 'binance', clientOrderId: 'rl-whole' });
  await bench.admin.fillOrder({ venue: 'binance', clientOrderId: 'rl-half', quantity: '0.05' });
  ports.venues = { ofEngine: () => [{ ...account, openOrders: async () => listed }] };
  const { resolutions, state } = await recovered(plane, [whole, half]);
  assert.deepEqual(
    resolutions.map(({ clientOrderId, kind, filledNow }) => [clientOrderId, kind, filledNow]),
    [
      ['rl-whole', 'filled', '0.125'],
      ['rl-half', 'partly_filled', '0.05'],
    ],
  );
  const { orders } = state;
  const resting = (await bench.admin.ledger()).venues.binance.openOrders;
  assert.deepEqual(
    orders.map(({ clientOrderId, filled }) => [clientOrderId, filled]),
    resting.map(({ clientOrderId, filled }) => [clientOrderId, filled]),
  );
});

test('an order that was amended and filled is measured by the quantity that it had at its end', async (t) => {
  const plane = await openControlPlane(t);
  const { bench } = plane;
  const venues = ['binance', 'kraken'] as const;
  const known = await Promise.all(
    venues.map(async (venue) => ({
      ...(await bench.place(venue, { id: 'rl-1' })),
      quantity: '0.1',
    })),
  );
  for (const venue of venues) await bench.admin.fillOrder({ venue, clientOrderId: 'rl-1' });
  const { resolutions } = await recovered(plane, known);
  assert.deepEqual(
    resolutions.map(({ kind, quantity, filledNow, note }) => [kind, quantity, filledNow, note]),
    venues.map(() => ['filled', '0.125', '0.125', 'amended: 0.1 -> 0.125']),
  );
});
