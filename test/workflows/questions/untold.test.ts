/** What a started engine does not tell is asked about, or said where the policy says so; never passed. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { artifact } from '../fakes/activities.js';
import type { Fakes } from '../fakes/engine.js';
import { quickPolicy } from '../fakes/policy.js';
import * as troubles from '../fakes/troubles.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const positionsOnly: Fakes = {
  checkComprehensiveHealth: async () => ({
    healthy: true,
    failed: [],
    checks: 3,
    engineDigest: null,
    compared: 'positions',
    unverified: ['orders', 'balances'],
  }),
  readEngineState: async () => ({ ...artifact('engine-now'), tells: { except: ['SOL/USD:USD'] } }),
};
const unlisted: Fakes = {
  verifyRiskLimits: async () => ({ mismatches: [], loaded: 0, unlisted: ['maxDailyLoss'] }),
};

describe('an engine that does not tell all', { concurrency: 8 }, () => {
  test('is asked about by name, once, and the record keeps it', async () => {
    const engine = world.engine({ fakes: positionsOnly });
    await engine.crash();
    const gate = await engine.gate('unverified_state');
    assert.match(gate.question, /UNVERIFIED: orders, balances\. Go on\?/);
    assert.equal(engine.callsOf('verifyRiskLimits').length, 0, 'nothing goes on meanwhile');
    await engine.approve('unverified_state');
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { gates, steps, unknowns } = await engine.record();
    assert.equal(gates.length, 1);
    assert.match(
      steps.find(({ name }) => name === 'start')?.detail ?? '',
      /positions equal; UNVERIFIED: orders, balances$/,
    );
    assert.ok(unknowns.includes('not told by the started engine: orders, balances'));
    for (const { input } of engine.callsOf('compareBooks')) {
      assert.deepEqual(input['tells'], { except: ['SOL/USD:USD'] });
      assert.deepEqual(input['state'], artifact('engine-now'));
    }
  });

  test('is said and not asked about where the policy reports', async () => {
    const policy = quickPolicy({ onUnverified: 'report' });
    const engine = world.engine({ fakes: { ...positionsOnly, ...unlisted }, policy });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { gates, unknowns } = await engine.record();
    assert.equal(gates.length, 0);
    assert.ok(unknowns.includes('risk limits not compared: maxDailyLoss'));
  });

  test('is stopped where a person refuses', async () => {
    const engine = world.engine({ fakes: positionsOnly });
    await engine.crash();
    await engine.reject('unverified_state');
    await engine.gate('manual_recovery');
    assert.equal(engine.callsOf('stopEngine').length, 1);
    assert.equal(engine.callsOf('applyStage').length, 0);
  });

  test('has its exposure measured of the recovered state, before the first grant too', async () => {
    const engine = world.engine({ fakes: { ...positionsOnly, ...troubles.volatile } });
    await engine.crash();
    await engine.approve('unverified_state');
    await engine.approve('volatility');
    assert.equal((await engine.ended()).outcome, 'recovered');
    const measured = engine.callsOf('measureExposure').map(({ input }) => input['state']);
    assert.deepEqual(measured, [artifact('engine-state'), artifact('engine-state')]);
  });

  test('whose limits are loaded and not listed is asked about once, by their names', async () => {
    const engine = world.engine({ fakes: { ...unlisted, ...troubles.volatile } });
    await engine.crash();
    assert.match((await engine.gate('risk_limits')).question, /UNVERIFIED: maxDailyLoss/);
    await engine.approve('risk_limits');
    await engine.approve('volatility');
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { gates, steps } = await engine.record();
    assert.deepEqual(
      gates.map(({ kind }) => kind),
      ['risk_limits', 'volatility'],
    );
    assert.match(
      steps.find(({ name }) => name === 'risk')?.detail ?? '',
      /which lists none; UNVERIFIED: maxDailyLoss; exposure/,
    );
  });

  test('whose limits are expected by nobody goes on, and one that refuses them is asked again', async () => {
    const none = { mismatches: [], loaded: 0, unlisted: [] };
    const refused = { mismatches: [], loaded: 0, refusal: 'risk limits are not loaded' };
    const engine = world.engine({
      fakes: { verifyRiskLimits: troubles.inTurn<object>(refused, none) as never },
    });
    await engine.crash();
    const { question } = await engine.gate('risk_limits');
    assert.match(question, /are not loaded: risk limits are not loaded\. Check again\?/);
    await engine.approve('risk_limits');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('that is not ready in its time is handed to people, with its last words', async () => {
    const policy = quickPolicy({ health: { readyWithinMs: 1_234, settleMs: 0 } });
    const engine = world.engine({
      fakes: {
        awaitReady: async () => ({ ready: false, afterMs: 1_300, note: 'loads its books' }),
      },
      policy,
    });
    await engine.crash();
    const { question } = await engine.gate('manual_recovery');
    assert.match(question, /not ready within 1234 ms: loads its books/);
    assert.equal(engine.callsOf('awaitReady')[0]?.input['withinMs'], 1_234);
    assert.equal(engine.callsOf('checkComprehensiveHealth').length, 0);
    assert.equal(engine.callsOf('stopEngine').length, 1);
  });
});
