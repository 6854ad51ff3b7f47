/** What a venue's list says against its fills, and what became of an amended order; against the ledger. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { add, multiply, subtract } from '../../../workflows/domain/numbers/decimal.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import { inActivity, openControlPlane, withState, type ControlPlane } from '../ports.js';

const READING = { engineId: 'desk', sinceMs: 0, thorough: false };

async function recovered({ activities, ports }: ControlPlane, orders: Order[]) {
  const { snapshot } = await inActivity(activities, 'takeSnapshot', READING);
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

test('fills of which no trade tells are inferred from the order, to what the ledger has', async (t) => {
  const plane = await openControlPlane(t);
  const { activities, bench, ports } = plane;
  const order = await bench.place('binance', { id: 'rl-lost', side: 'sell', price: '70000' });
  const before = (await bench.admin.ledger()).venues.binance.balances;
  await bench.admin.fillOrder({ venue: 'binance', clientOrderId: 'rl-lost' });
  const after = (await bench.admin.ledger()).venues.binance.balances;
  const account = bench.account('binance');
  const untold = { ...account, fillsSince: async () => ({ rows: [], fromMs: 0 }) };
  ports.venues = { ofEngine: () => [untold] };
  const { snapshot } = await inActivity(activities, 'takeSnapshot', READING);
  const balances = Object.entries(before).map(([asset, { total }]) => {
    return { venue: 'binance', account: 'main', asset, total };
  });
  const held = withState({ balances, orders: [order], appliedFills: { binance: [] } });
  const state = await ports.artifacts.put('engine-state', held);
  const rules = { tolerance: '0.0001', dustNotional: '0', asOfMs: Date.now() };
  const input = { engineId: 'desk', state, snapshot, ...rules };
  const found = await inActivity(activities, 'reconcilePositions', input);
  const offered = await inActivity(activities, 'inferFills', input);
  assert.ok(offered !== null);
  assert.equal(found.counts.unexplained, 2);
  const lines = await ports.artifacts.get('reconciliation', offered.result.lines);
  // The fee is taken of what comes in, which is told by no order.
  const [sold, paid] = ['BTC', 'USDT'].map((asset) => lines.find(({ item }) => item === asset));
  const moved = (asset: string) =>
    subtract(after[asset]?.total ?? '0', before[asset]?.total ?? '0');
  assert.deepEqual([sold?.verdict, sold?.inferred], ['explained', moved('BTC')]);
  assert.equal(add(paid?.inferred ?? '0', paid?.unexplained ?? '0'), moved('USDT'));
  const [fill] = offered.inferred;
  assert.equal(
    multiply(fill?.fill.quantity ?? '0', fill?.fill.price ?? '0'),
    paid?.inferred ?? '0',
  );
  assert.equal(fill?.fill.quantity, order.quantity);
});
