/** `relight reconcile` on a real engine that trades on real venues. The oracle is what was done to them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  OrdersAnswer,
  PositionsAnswer,
  ReconcileAnswer,
  WatchPass,
} from '../../../clients/cli/answers/schemas.js';
import { verifyCheckpoint } from '../../../workers/operations/checkpoints.js';
import { reconcileNow } from '../../../workers/operations/reconcile-now.js';
import { ordersNow, positionsNow } from '../../../workers/operations/venue-views.js';
import { watchEngine } from '../../../workers/operations/keep-watch.js';
import { createRig, ENGINE_ID, eventually, ready } from '../../sandbox/engine/rig.js';
import { configOf } from '../config/rig-config.js';

test(
  'a trading engine agrees with its venues, orders included',
  { timeout: 360_000 },
  async (t) => {
    const rig = await createRig(t, { tradeEveryMs: 200 });
    rig.launch();
    await ready(rig);
    const answer = await reconcileNow(configOf(rig), ENGINE_ID);
    const { source, counts, orders, unreadable } = ReconcileAnswer.parse(answer);
    assert.equal(source.kind, 'engine');
    assert.deepEqual([counts.unexplained, counts.unknown, unreadable], [0, 0, []]);
    assert.deepEqual(orders, { differing: [], uncompared: [] });
  },
);

test(
  'what is wrong is named and valued, and a dead engine is compared by its checkpoint',
  { timeout: 360_000 },
  async (t) => {
    const rig = await createRig(t);
    const engine = rig.launch();
    await ready(rig);
    const config = configOf(rig);
    await rig.admin.holdPrice();
    const order = { instrument: 'BTC/USDT', side: 'buy', price: '100', quantity: '1' } as const;
    await rig.admin.placeOrder({ venue: 'binance', ...order, clientOrderId: 'rl-not-the-engines' });
    await rig.admin.placeOrder({ venue: 'binance', ...order, clientOrderId: 'by-hand' });
    await rig.admin.transfer({ venue: 'coinbase', asset: 'BTC', amount: '-0.5' });
    const live = ReconcileAnswer.parse(await reconcileNow(config, ENGINE_ID));
    assert.ok(Math.abs(Date.now() - live.takenAtMs) < 60_000);
    assert.deepEqual(
      live.orders?.differing.map((row) => [row.kind, row.venue, row.clientOrderId, row.remaining]),
      [['unknown_to_engine', 'binance', 'rl-not-the-engines', '1']],
    );
    const wrong = live.lines.filter(({ verdict }) => verdict === 'unexplained');
    assert.deepEqual(
      wrong.map(({ venue, item, unexplained }) => [venue, item, unexplained]),
      [['coinbase', 'BTC', '-0.5']],
    );
    const worth = Number(wrong[0]?.notional);
    assert.ok(worth < -1_000, `half a bitcoin is worth ${worth}`);

    engine.kill('SIGKILL');
    await engine.exited;
    await rig.admin.setFault({ venue: 'kraken', endpoint: '*', kind: 'server-error' });
    const dead = ReconcileAnswer.parse(await reconcileNow(config, ENGINE_ID));
    assert.equal(dead.source.kind, 'checkpoint');
    assert.ok(dead.source.ageMs > 0 && dead.source.ageMs < 120_000, 'how old, not when');
    assert.match(dead.source.name, /\.ckpt$/);
    assert.notEqual(dead.source.why, '');
    assert.equal(dead.orders, null);
    assert.deepEqual(
      dead.unreadable.map(({ venue }) => venue),
      ['kraken'],
    );
    const atKraken = dead.lines.filter(({ venue }) => venue === 'kraken');
    assert.ok(atKraken.length > 0 && atKraken.every(({ verdict }) => verdict === 'unknown'));
  },
);

test(
  'a liquidation is named, with the engine dead and while it is watched',
  { timeout: 360_000 },
  async (t) => {
    const rig = await createRig(t);
    const engine = rig.launch();
    await ready(rig);
    const config = configOf(rig);
    await eventually('a checkpoint holds the position', async () => {
      return ((await verifyCheckpoint(config, ENGINE_ID)).positions ?? 0) > 0;
    });
    engine.kill('SIGKILL');
    await engine.exited;
    const at = { venue: 'binanceusdm', instrument: 'BTC/USDT:USDT' } as const;
    const { positions } = (await rig.admin.ledger()).venues.binanceusdm;
    const held = positions.find(({ instrument }) => instrument === at.instrument);
    assert.ok(held !== undefined);
    await rig.admin.liquidate({ ...at, cause: 'liquidation', fee: '12.5' });
    const { lines } = ReconcileAnswer.parse(await reconcileNow(config, ENGINE_ID));
    const line = lines.find(({ instrument }) => instrument === at.instrument);
    assert.equal(Number(line?.forced), Math.abs(Number(held.quantity)));

    const stop = new AbortController();
    const passes: WatchPass[] = [];
    const last = await watchEngine(config, ENGINE_ID, {
      everyMs: 10,
      signal: stop.signal,
      onPass: (pass) => {
        if (passes.push(WatchPass.parse(pass)) === 2) stop.abort();
      },
      onUndelivered: () => assert.fail('nobody is to be told'),
    });
    const kinds = passes.map(({ raised }) => raised.map(({ kind }) => kind));
    assert.ok(kinds[0]?.includes('forced'), 'at once');
    assert.deepEqual(kinds[1], ['engine'], 'the dead engine when it is sure');
    assert.deepEqual(last, passes[1]);
  },
);

test('positions and orders are what the ledger has', { timeout: 360_000 }, async (t) => {
  const rig = await createRig(t);
  rig.launch();
  await ready(rig);
  const config = configOf(rig);
  config.venues['binance']?.instruments.push('NOPE/USDT');
  await rig.admin.setFault({ venue: 'kraken', endpoint: '*', kind: 'server-error' });
  const { venues } = await rig.admin.ledger();
  const held = PositionsAnswer.parse(await positionsNow(config, ENGINE_ID));
  const open = OrdersAnswer.parse(await ordersNow(config, ENGINE_ID));
  for (const { unreadable } of [held, open]) {
    assert.deepEqual(
      unreadable.map((row) => Object.keys(row)),
      [['venue', 'why']],
    );
  }
  for (const { unlisted } of [held, open]) {
    assert.deepEqual(unlisted, [{ venue: 'binance', instrument: 'NOPE/USDT' }]);
  }
  const quantities = (rows: readonly { instrument: string; quantity: string }[]) =>
    rows.map(({ instrument, quantity }) => [instrument, Number(quantity)]);
  assert.deepEqual(quantities(held.positions), quantities(venues.binanceusdm.positions));
  assert.ok(held.positions.length > 0 && held.positions.every((p) => p.pnlAsset === 'USDT'));
  const read = [venues.binance, venues.binanceusdm, venues.coinbase];
  const left = read.flatMap(({ openOrders }) =>
    openOrders.map((o) => [o.clientOrderId, Number(o.quantity) - Number(o.filled)] as const),
  );
  assert.deepEqual(
    new Map(open.orders.map((o) => [o.clientOrderId, Number(o.remaining)])),
    new Map(left),
  );
  assert.ok(open.orders.length > 0 && open.orders.every(({ ours }) => ours));
});
