/** What an engine's journal does not tell whole is asked about, or said where the policy says so; never passed. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { artifact } from '../fakes/activities.js';
import { noting } from '../fakes/recording/noting.js';
import { quickPolicy } from '../fakes/policy.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const DOUBT = 'alpha-e1.journal: 3 records missing';

describe('an engine that notes what it is about to send', { concurrency: 8 }, () => {
  test('has its journal read after its death is proven, by what state it is gone on with', async () => {
    const engine = world.engine({ fakes: noting([]) });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const names = engine.calls.map(({ name }) => name);
    assert.ok(names.indexOf('confirmDeath') < names.indexOf('readIntents'));
    const { input } = engine.callsOf('readIntents')[0] ?? {};
    const { crashes, orders, gates, steps, warnings } = await engine.record();
    const { instanceId, startTicks } = crashes[0]?.instance ?? {};
    const diedAtMs = crashes[0]?.detectedAtMs;
    assert.deepEqual(input?.['died'], [{ instanceId, startTicks, diedAtMs }]);
    assert.ok(typeof input?.['sinceMs'] === 'number');
    assert.deepEqual(
      engine.callsOf('recoverOpenOrders')[0]?.input['noted'],
      artifact('noted-orders'),
    );
    assert.deepEqual(orders?.noted, {
      orders: artifact('noted-orders'),
      count: 5,
      unfinished: 1,
      doubts: [],
      known: 3,
      fates: { filled: 1, never_arrived: 1 },
    });
    const detail = steps.find(({ name }) => name === 'recover_orders')?.detail ?? '';
    const told =
      '5 intents, of which 3 in the state, 1 filled, 1 never arrived; 1 unfinished, so not sent';
    assert.ok(detail.endsWith(`; journal: ${told}`), detail);
    assert.deepEqual([gates, warnings], [[], []]);
  });

  test('and whose journal is not all known is asked about, once, by what is not known', async () => {
    const engine = world.engine({ fakes: noting([DOUBT]) });
    await engine.crash();
    const gate = await engine.gate('unknown_orders');
    assert.match(
      gate.question,
      /about to send is not all known \(alpha-e1\.journal: 3 records missing\)\. Go on as if nothing/,
    );
    assert.equal(engine.callsOf('startEngine').length, 0);
    await engine.approve('unknown_orders');
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { gates, warnings } = await engine.record();
    assert.equal(gates.length, 1);
    assert.deepEqual(gates[0]?.evidence?.['journal'], [DOUBT]);
    assert.deepEqual(warnings, [`journal: ${DOUBT}`]);
  });

  test('is not started where a person refuses to go on without knowing', async () => {
    const engine = world.engine({ fakes: noting([DOUBT]) });
    await engine.crash();
    await engine.reject('unknown_orders');
    await engine.gate('manual_recovery');
    assert.equal(engine.callsOf('startEngine').length, 0);
  });

  test('is said and not asked about where the policy takes orders of unknown fate for absent', async () => {
    const policy = quickPolicy({ orders: { onUnknown: 'treat_as_absent' } });
    const engine = world.engine({ fakes: noting([DOUBT]), policy });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { gates, warnings } = await engine.record();
    assert.deepEqual([gates, warnings], [[], [`journal: ${DOUBT}`]]);
  });

  test('and one that keeps none is recovered by the same steps as ever', async () => {
    const engine = world.engine();
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal(engine.callsOf('readIntents').length, 0);
    assert.ok(!('noted' in (engine.callsOf('recoverOpenOrders')[0]?.input ?? {})));
    assert.ok(!('noted' in ((await engine.record()).orders ?? {})));
  });
});
