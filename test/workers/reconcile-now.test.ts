/** `relight reconcile` on a real engine that trades on real venues. The oracle is what was done to them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reconcileNow } from '../../workers/reconcile-now.js';
import { createRig, ENGINE_ID, ready } from '../sandbox/engine/rig.js';
import { configOf } from './rig-config.js';

test(
  'a trading engine agrees with its venues, orders included',
  { timeout: 120_000 },
  async (t) => {
    const rig = await createRig(t, { tradeEveryMs: 200 });
    rig.launch();
    await ready(rig);
    const { source, counts, orders, unreadable } = await reconcileNow(configOf(rig), ENGINE_ID);
    assert.match(source, /^live engine, sequence \d+$/);
    assert.deepEqual([counts.unexplained, counts.unknown, unreadable], [0, 0, []]);
    assert.deepEqual(orders, { missingAtVenue: [], unknownToEngine: [], filledDiffers: [] });
  },
);

test(
  'what is wrong is named and valued, and a dead engine is compared by its checkpoint',
  { timeout: 120_000 },
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
    const live = await reconcileNow(config, ENGINE_ID);
    assert.deepEqual(live.orders?.unknownToEngine, ['binance|main|rl-not-the-engines']);
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
    const dead = await reconcileNow(config, ENGINE_ID);
    assert.match(dead.source, /^checkpoint .*, because the engine does not answer/);
    assert.equal(dead.orders, null);
    assert.deepEqual(
      dead.unreadable.map(({ venue }) => venue),
      ['kraken'],
    );
    const atKraken = dead.lines.filter(({ venue }) => venue === 'kraken');
    assert.ok(atKraken.length > 0 && atKraken.every(({ verdict }) => verdict === 'unknown'));
  },
);
