/** An engine that trades as soon as it is started: what is checked before that, and what stops it after. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Fakes } from '../fakes/engine.js';
import { quickPolicy } from '../fakes/policy.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const trading = (how: 'on' | 'unknown') =>
  quickPolicy({ health: { trading: how }, onUnverified: 'report' });

const high: Fakes = {
  measureExposure: async () => ({ kind: 'high', total: '1200000', limit: '1000000' }),
};

describe('an engine that trades as soon as it starts', { concurrency: 8 }, () => {
  for (const how of ['on', 'unknown'] as const) {
    test(`${how}: exposure and market come before its start, its limits after, and then the ramp`, async () => {
      const engine = world.engine({ policy: trading(how) });
      await engine.crash();
      assert.equal((await engine.ended()).outcome, 'recovered');
      const names = engine.names();
      const order = [
        'measureExposure',
        'checkMarket',
        'startEngine',
        'checkComprehensiveHealth',
        'verifyRiskLimits',
        'compareBooks',
        'applyStage',
      ].map((name) => names.indexOf(name));
      assert.ok(!order.includes(-1), names.join(' '));
      assert.deepEqual(
        order,
        order.toSorted((a, b) => a - b),
        names.join(' '),
      );
      const [asked] = engine.callsOf('checkComprehensiveHealth');
      assert.equal(asked?.input['mayTrade'], true, 'its state is not compared with that of before');
    });
  }

  test('a person is asked before it is started, once, and all is read again after the answer', async () => {
    const engine = world.engine({ fakes: high, policy: trading('on') });
    await engine.crash();
    await engine.gate('exposure');
    assert.equal(engine.callsOf('startEngine').length, 0);
    const read = engine.callsOf('takeSnapshot').length;
    await engine.approve('exposure');
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.ok(engine.callsOf('takeSnapshot').length > read);
    assert.equal((await engine.record()).gates.length, 1);
  });

  test('a person who refuses has nothing started, and no order cancelled', async () => {
    const engine = world.engine({ fakes: high, policy: trading('on') });
    await engine.crash();
    await engine.reject('exposure');
    await engine.gate('manual_recovery');
    assert.equal(engine.callsOf('startEngine').length, 0);
    assert.equal(engine.callsOf('containRisk').length, 0);
  });

  test('one that fails after its start is stopped, and its orders are cancelled', async () => {
    const engine = world.engine({
      policy: trading('on'),
      fakes: {
        checkComprehensiveHealth: async () => ({
          healthy: false,
          failed: ['breaker: latched'],
          checks: 3,
          engineDigest: null,
        }),
      },
    });
    await engine.crash();
    const gate = await engine.gate('manual_recovery');
    assert.match(gate.question, /breaker: latched/);
    assert.equal(engine.callsOf('stopEngine').length, 1);
    assert.equal(engine.callsOf('containRisk').length, 1);
    assert.equal(engine.callsOf('applyStage').length, 0);
  });
});
