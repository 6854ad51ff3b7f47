/** What was checked is checked again right before the first grant, where time has gone by. */
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

const high = (total: string) => ({ kind: 'high' as const, total, limit: '1000000' });
const exposures = (...totals: string[]): Fakes => ({
  measureExposure: troubles.inTurn(...totals.map(high)),
});

describe('right before the first grant', { concurrency: 8 }, () => {
  test('exposure is measured again after a question, of what the engine holds then', async () => {
    const engine = world.engine({
      fakes: { ...troubles.volatile, readEngineState: async () => artifact('engine-now') },
    });
    await engine.crash();
    await engine.approve('volatility');
    assert.equal((await engine.ended()).outcome, 'recovered');
    const measured = engine.callsOf('measureExposure').map(({ input }) => input['state']);
    assert.deepEqual(measured, [artifact('engine-state'), artifact('engine-now')]);
    const names = engine.names();
    assert.ok(names.lastIndexOf('measureExposure') < names.indexOf('applyStage'));
    assert.ok(names.lastIndexOf('checkMarket') < names.indexOf('applyStage'));
    assert.ok(names.lastIndexOf('verifyRiskLimits') < names.indexOf('applyStage'));
    assert.equal(engine.callsOf('checkMarket').length, 2);
  });

  test('nothing is measured again where nobody was asked and nothing waited for', async () => {
    const engine = world.engine();
    await engine.crash();
    await engine.ended();
    assert.equal(engine.callsOf('measureExposure').length, 1);
  });

  test('an approved exposure within its band is not asked again', async () => {
    const engine = world.engine({ fakes: exposures('1800000', '1836000') });
    await engine.crash();
    await engine.approve('exposure');
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal((await engine.record()).gates.length, 1);
    assert.equal((await engine.record()).exposure, '1836000');
  });

  test('an exposure beyond the band of its approval is asked again, and books compared again', async () => {
    const engine = world.engine({ fakes: exposures('1800000', '1836000.01') });
    await engine.crash();
    await engine.approve('exposure');
    const gate = await engine.gate('exposure', 2);
    assert.match(gate.question, /1,836,000\.01/);
    assert.match(gate.onApprove, /up to 1,872,720\.01/);
    assert.equal(engine.callsOf('applyStage').length, 0);
    const compared = engine.callsOf('compareBooks').length;
    await engine.approve('exposure', { attempt: 2 });
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.ok(engine.callsOf('compareBooks').length >= compared + 3);
  });

  test('an exposure that grew beyond its limit while a market was closed is asked about', async () => {
    const engine = world.engine({
      fakes: {
        checkMarket: troubles.inTurn<
          { kind: 'closed'; venues: string[] } | { kind: 'normal'; highest: string }
        >({ kind: 'closed', venues: ['alpha (maintenance)'] }, { kind: 'normal', highest: '0.01' }),
        measureExposure: troubles.inTurn<
          { kind: 'within'; total: string } | ReturnType<typeof high>
        >({ kind: 'within', total: '900000' }, high('1100000')),
      },
    });
    await engine.crash();
    await engine.gate('exposure');
    assert.equal(engine.callsOf('applyStage').length, 0);
    await engine.approve('exposure');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('a limit that is wrong by then is asked about', async () => {
    const wrong = { mismatches: [{ name: 'max', expected: '1', loaded: '2' }], loaded: 3 };
    const engine = world.engine({
      policy: quickPolicy(),
      fakes: {
        ...troubles.volatile,
        verifyRiskLimits: troubles.inTurn({ mismatches: [], loaded: 3 }, wrong, {
          mismatches: [],
          loaded: 3,
        }),
      },
    });
    await engine.crash();
    await engine.approve('volatility');
    await engine.gate('risk_limits');
    assert.equal(engine.callsOf('applyStage').length, 0);
    await engine.approve('risk_limits');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });
});
