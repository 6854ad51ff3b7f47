/**
 * What an engine offers no command for is a person's to do: told at a gate, confirmed and timed, and called
 * verified by nobody. One that is refused or expires goes on with nothing.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Integration } from '../../../workflows/domain/engine/integration.js';
import { artifact, rulesOf } from '../fakes/activities.js';
import type { Engine, Fakes } from '../fakes/engine.js';
import { quickPolicy } from '../fakes/policy.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const LINE = { standing: 'by_hand', by: 'a person', cost: 'time' } as const;

function integration(byHand: Partial<Integration['byHand']>): Integration {
  const none = { start: null, setLimits: null, enableStrategies: null, shutdown: null };
  return { lines: [{ capability: 'start', ...LINE }], byHand: { ...none, ...byHand } };
}

const policy = quickPolicy({ gates: { ...quickPolicy().gates, expiresAfterMs: 600_000 } });

function open(byHand: Partial<Integration['byHand']>, fakes: Fakes = {}, rules = policy): Engine {
  const loadRules = async () => ({
    ...rulesOf({ policy: rules }),
    integration: integration(byHand),
  });
  return world.engine({ fakes: { ...fakes, loadRules }, policy: rules });
}

const start = { instruction: 'start the engine with trading off', readyWithinMs: 1_234 };
const LIMITS = 'set the position limit to {percent} %';

const until = (engine: Engine, attempt: number) => engine.approve('instruction', { attempt });

describe('what a person does in place of a command', { concurrency: 8 }, () => {
  test('the start: asked to the word, then the new process is looked for under its own name', async () => {
    const engine = open({ start });
    await engine.crash();
    const gate = await engine.gate('instruction');
    assert.match(
      gate.question,
      /To be done by a person at .*: start the engine with trading off\./,
    );
    assert.deepEqual(gate.evidence['instructions'], ['start the engine with trading off']);
    assert.deepEqual(gate.evidence['notOffered'], ['start: BY HAND: a person (time)']);
    assert.equal(engine.callsOf('awaitStarted').length, 0, 'nothing is looked for before');
    await engine.approve('instruction');
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal(engine.callsOf('startEngine').length, 0);
    const [asked] = engine.callsOf('awaitStarted');
    assert.deepEqual(asked?.input['died'], [{ pid: 4_711, startTicks: '1' }]);
    assert.equal(asked?.input['withinMs'], 1_234);
    for (const name of ['awaitReady', 'checkComprehensiveHealth', 'applyStage', 'watchEngine']) {
      assert.equal(engine.callsOf(name)[0]?.input['instanceId'], 'pid-6000-1', name);
    }
    const { steps, unknowns, integration: lines } = await engine.record();
    const detail = steps.find(({ name }) => name === 'start')?.detail ?? '';
    assert.match(detail, /pid-6000-1 runs as pid 6000, started by olga at 2\d{3}-\d\d-\d\dT.*Z; /);
    assert.match(
      unknowns.join('\n'),
      /confirmed by olga at .*, and verified by nothing: start the/,
    );
    assert.deepEqual(lines, [{ capability: 'start', ...LINE }]);
  });

  test('a start that is confirmed and never seen is no start', async () => {
    const engine = open({ start }, { awaitStarted: async () => null });
    await engine.crash();
    await engine.approve('instruction');
    const { question } = await engine.gate('manual_recovery');
    assert.match(question, /no new process of .* was seen within 1234 ms of its start by olga/);
    assert.equal(engine.callsOf('checkComprehensiveHealth').length, 0);
  });

  test('a start that is refused leaves nothing running that was started all the same', async () => {
    const engine = open({ start });
    await engine.crash();
    await engine.reject('instruction');
    await engine.gate('manual_recovery');
    const [stopped] = engine.callsOf('stopEngine');
    assert.equal(stopped?.input['instanceId'], 'pid-6000-1');
    assert.equal(engine.callsOf('awaitStarted')[0]?.input['withinMs'], 0);
    assert.equal(engine.callsOf('applyStage').length, 0);
  });

  test('a start whose question is cancelled leaves nothing running either', async () => {
    const engine = open({ start });
    await engine.crash();
    await engine.gate('instruction');
    await engine.recovery.cancel();
    assert.equal((await engine.ended()).outcome, 'cancelled');
    assert.equal(engine.callsOf('awaitStarted')[0]?.input['withinMs'], 0, 'it is looked for');
    assert.equal(engine.callsOf('stopEngine')[0]?.input['instanceId'], 'pid-6000-1');
    assert.equal(engine.callsOf('applyStage').length, 0);
  });

  test('limits: each stage is asked about before its books are compared; strategies are by command', async () => {
    const engine = open({ setLimits: LIMITS });
    await engine.crash();
    const { stages } = policy.ramp;
    for (const [index, { percent }] of stages.entries()) {
      const gate = await engine.gate('instruction', index + 1);
      assert.match(gate.question, new RegExp(`set the position limit to ${percent} %`));
      assert.equal(engine.callsOf('compareBooks').length, index, 'not before it is confirmed');
      await until(engine, index + 1);
    }
    assert.equal((await engine.ended()).outcome, 'recovered');
    const applied = engine.callsOf('applyStage').map(({ input }) => input['only']);
    assert.deepEqual(
      applied,
      stages.map(() => 'strategies'),
    );
    const { ramp } = await engine.record();
    for (const { percent, note } of ramp) {
      const said = new RegExp(`limit to ${percent} %: confirmed by olga at .*Z, not verified$`);
      assert.match(note, said);
    }
  });

  test('limits that are refused before the first grant stop an engine that has not traded', async () => {
    const engine = open({ setLimits: LIMITS });
    await engine.crash();
    await engine.reject('instruction');
    const { question } = await engine.gate('manual_recovery');
    assert.doesNotMatch(question, /cancelled/);
    assert.equal(engine.callsOf('applyStage').length, 0);
    assert.equal(engine.callsOf('stopEngine').length, 1);
    assert.equal(engine.callsOf('containRisk').length, 0, 'its orders stay');
  });

  test('a later stage that is refused ends a ramp that trades: stopped, its orders cancelled', async () => {
    const engine = open({ setLimits: LIMITS });
    await engine.crash();
    await engine.approve('instruction');
    await engine.reject('instruction', { attempt: 2 });
    await engine.gate('manual_recovery');
    assert.equal(engine.callsOf('applyStage').length, 1);
    assert.equal(engine.callsOf('stopEngine').length, 1);
    await engine.called('containRisk');
    assert.equal(engine.callsOf('containRisk')[0]?.input['action'], 'cancel_own_orders');
  });

  test('switching trading on that nobody confirms may have been done: it ends as one that trades', async () => {
    const brief = quickPolicy({ gates: { ...policy.gates, expiresAfterMs: 50 } });
    const engine = open({ setLimits: LIMITS, enableStrategies: 'switch trading on' }, {}, brief);
    await engine.crash();
    await engine.called('containRisk');
    assert.equal(engine.callsOf('applyStage').length, 0, 'nothing is by command');
    assert.equal(engine.callsOf('stopEngine').length, 1);
    assert.equal(engine.callsOf('containRisk')[0]?.input['action'], 'cancel_own_orders');
    const { gates, ramp } = await engine.record();
    const [asked] = gates;
    assert.equal(asked?.outcome, 'expired');
    assert.match(asked?.question ?? '', /to 50 %; then switch trading on\. Is it done\?/);
    assert.deepEqual(ramp, []);
  });

  test('what has been done for a stage is not asked for again', async () => {
    const engine = open({ enableStrategies: 'switch trading on' });
    await engine.crash();
    await engine.approve('instruction');
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { gates } = await engine.record();
    assert.equal(gates.length, 1);
    const applied = engine.callsOf('applyStage').map(({ input }) => input['only']);
    assert.deepEqual(
      applied,
      policy.ramp.stages.map(() => 'limits'),
    );
  });
});

describe('what nothing tells', { concurrency: 8 }, () => {
  const nothing: Fakes = {
    checkComprehensiveHealth: async () => ({
      healthy: true,
      failed: [],
      checks: 2,
      engineDigest: null,
      compared: 'nothing',
      unverified: ['positions', 'orders'],
    }),
    readEngineState: async () => ({
      ...artifact('engine-now'),
      tells: { except: [], nothing: true },
    }),
  };

  test('an engine that tells nothing of what it holds is compared with nothing, and asked about', async () => {
    const engine = open({}, nothing);
    await engine.crash();
    assert.match((await engine.gate('unverified_state')).question, /UNVERIFIED: positions, orders/);
    await engine.approve('unverified_state');
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal(engine.callsOf('compareBooks').length, 0, 'an empty book would be called flat');
    const { steps, unknowns } = await engine.record();
    const detail = steps.find(({ name }) => name === 'start')?.detail ?? '';
    assert.match(detail, /nothing of its state compared; UNVERIFIED: positions, orders$/);
    assert.match(unknowns.join('\n'), /UNVERIFIED before each stage: what the engine holds/);
  });

  const untold = (unlisted: string[]): Fakes => ({
    verifyRiskLimits: async () => ({ mismatches: [], loaded: 0, unlisted, untold: true }),
  });

  test('limits that are demanded are asked about, also where the policy only reports', async () => {
    const reports = quickPolicy({ onUnverified: 'report' });
    const engine = open({}, untold(['maxDailyLoss']), reports);
    await engine.crash();
    const { question } = await engine.gate('risk_limits');
    assert.match(
      question,
      /offers no word of its risk limits, .*UNVERIFIED: maxDailyLoss\. Go on\?/,
    );
    await engine.reject('risk_limits');
    await engine.gate('manual_recovery');
    assert.equal(engine.callsOf('applyStage').length, 0);
  });

  test('limits that nobody demands are skipped, and the step says so', async () => {
    const engine = open({}, untold([]));
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { steps, gates } = await engine.record();
    const detail = steps.find(({ name }) => name === 'risk')?.detail ?? '';
    assert.match(detail, /^risk limits: NOT OFFERED, .*, and none is demanded; exposure/);
    assert.equal(gates.length, 0);
  });
});
