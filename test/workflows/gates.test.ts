/** Every place where the procedure exits is a gate: it waits, goes on when approved, else hands over. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { quickPolicy } from './fakes/policy.js';
import * as troubles from './fakes/troubles.js';
import { openWorld, type World } from './fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

describe('gates', { concurrency: 8 }, () => {
  for (const { what, kind, next, engineRuns, rules, fakes } of troubles.HOLDS) {
    const policy = quickPolicy(rules);
    test(`${what} waits at ${kind} and goes on when approved`, async () => {
      const engine = world.engine({ policy, fakes: fakes() });
      await engine.crash();
      const gate = await engine.gate(kind);
      assert.equal(engine.callsOf(next).length, 0, `${next} did not wait`);
      assert.ok((await engine.record()).steps.some(({ status }) => status === 'waiting'));
      assert.equal(gate.gateId, `${engine.incidentId}/${kind}`);
      assert.deepEqual(await engine.approve(kind), {
        accepted: true,
        receipt: { status: 'approved', gateId: gate.gateId },
      });
      assert.equal((await engine.ended()).outcome, 'recovered');
      assert.ok(engine.callsOf(next).length > 0, `${next} never came`);
      const [closed] = (await engine.record()).gates;
      assert.equal(closed?.outcome, 'approved');
      const answers = gate.roles.includes('ops') ? 'olga' : 'rita';
      assert.equal(closed?.decisions[0]?.approver, answers);
    });

    test(`${what}, rejected, leads to the manual checklist with no engine running`, async () => {
      const engine = world.engine({ policy, fakes: fakes() });
      await engine.crash();
      await engine.reject(kind);
      const manual = await engine.gate('manual_recovery');
      assert.match(manual.question, new RegExp(`${kind}: rejected \\(.*[?]\\)`));
      assert.equal(engine.callsOf('stopEngine').length, engineRuns ? 1 : 0);
      assert.equal(engine.callsOf('applyStage').length, 0);
    });
  }

  test('more than three crashes in five minutes ask a person', async () => {
    const engine = world.engine();
    // The oldest stays within the window however long the recoveries before take.
    await engine.crashedBefore(90_000, 60_000, 5_000);
    await engine.crash();
    const gate = await engine.gate('automatic_recovery');
    assert.match(gate.question, /repeated crashes: 4 in 300 s \(limit 3\)/);
    assert.equal(gate.evidence['crashCount'], 4);
    await engine.approve('automatic_recovery');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('three crashes in five minutes, and older ones, do not ask', async () => {
    const engine = world.engine();
    await engine.crashedBefore(301_000, 90_000, 5_000);
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { gates, crashCount } = await engine.record();
    assert.deepEqual([gates, crashCount], [[], 3]);
  });

  test('an approved corrupt checkpoint is left for the previous good one', async () => {
    const engine = world.engine({ fakes: troubles.corruptNewest });
    await engine.crash();
    await engine.approve('automatic_recovery');
    await engine.ended();
    assert.equal(engine.callsOf('loadCheckpoint')[0]?.input['name'], 'previous.ckpt');
    assert.equal((await engine.record()).stateSource?.name, 'previous.ckpt');
  });

  test('a corrupt checkpoint asks nobody where policy reconstructs', async () => {
    const policy = quickPolicy({ checkpoint: { onCorrupt: 'reconstruct' } });
    const engine = world.engine({ fakes: troubles.corruptNewest, policy });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.deepEqual((await engine.record()).gates, []);
  });

  test('an unexplained difference asks nobody in lenient mode, and stays in the record', async () => {
    const policy = quickPolicy({ reconciliation: { strict: false } });
    const engine = world.engine({ fakes: troubles.discrepancies, policy });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { gates, reconciliation } = await engine.record();
    assert.deepEqual([gates, reconciliation?.counts.unexplained], [[], 1]);
  });

  test('a figure that no exchange could tell asks in lenient mode too', async () => {
    const policy = quickPolicy({ reconciliation: { strict: false } });
    const engine = world.engine({ fakes: troubles.unknownFigures, policy });
    await engine.crash();
    await engine.gate('discrepancies');
    assert.equal(engine.callsOf('recoverOpenOrders').length, 0);
  });

  test('unknown orders are dropped without a question where policy says so', async () => {
    const policy = quickPolicy({ orders: { onUnknown: 'treat_as_absent' } });
    const engine = world.engine({ fakes: troubles.unknownOrders, policy });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.deepEqual((await engine.record()).gates, []);
    assert.equal(engine.callsOf('dropUnknownOrders').length, 1);
  });

  test('a venue that stays unreadable cannot be approved away', async () => {
    const engine = world.engine({ fakes: troubles.venueUnreadable(2) });
    await engine.crash();
    await engine.approve('venues_unreadable');
    await engine.gate('venues_unreadable', 2);
    assert.equal(engine.callsOf('reconcilePositions').length, 0);
    await engine.approve('venues_unreadable', { attempt: 2 });
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('a wrong risk limit cannot be approved away', async () => {
    const engine = world.engine({ fakes: troubles.limitsWrong(2) });
    await engine.crash();
    await engine.approve('risk_limits');
    await engine.gate('risk_limits', 2);
    assert.equal(engine.callsOf('checkMarket').length, 0);
    await engine.approve('risk_limits', { attempt: 2 });
    assert.equal((await engine.ended()).outcome, 'recovered');
    // After each answer, and once more right before the first grant.
    assert.equal(engine.callsOf('verifyRiskLimits').length, 4);
  });

  test('exposure is measured when the limits are right, not while a person looks at them', async () => {
    const engine = world.engine({ fakes: troubles.limitsWrong(1) });
    await engine.crash();
    await engine.gate('risk_limits');
    assert.equal(engine.callsOf('measureExposure').length, 0);
    await engine.approve('risk_limits');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('a question counts only what there is', async () => {
    for (const [fakes, says] of [
      [troubles.discrepancies, /^1 difference that no fill explains \(/],
      [troubles.unknownFigures, /^1 figure that no exchange could tell \(/],
    ] as const) {
      const engine = world.engine({ fakes });
      await engine.crash();
      assert.match((await engine.gate('discrepancies')).question, says);
    }
  });

  test('two troubles are two gates, one after the other', async () => {
    const fakes = { ...troubles.exposureHigh, ...troubles.volatile };
    const engine = world.engine({ fakes });
    await engine.crash();
    const { onApprove } = await engine.gate('exposure');
    assert.match(onApprove, /up to \S+, for it may move by 2 % \(policy\.risk\.approvalBand\)$/);
    await engine.approve('exposure');
    await engine.approve('volatility');
    assert.equal((await engine.ended()).outcome, 'recovered');
    const kinds = (await engine.record()).gates.map(({ kind }) => kind);
    assert.deepEqual(kinds, ['exposure', 'volatility']);
    const told = engine.callsOf('notify').map(({ input }) => [input['state'], input['question']]);
    assert.deepEqual(
      told.filter(([, question]) => question !== undefined),
      ['gate:exposure:1', 'gate:volatility:1'].flatMap((question) => [
        ['asked', question],
        ['answered', question],
      ]),
      'each is named from its asking to its end',
    );
  });
});
