/** The procedure without trouble: its order, what a person sees of it, and how large it is. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { STEPS } from '../../workflows/domain/record.js';
import { countEvents, payloadBytes } from './fakes/history.js';
import { quickPolicy, STAGES_WITH_WINDOWS } from './fakes/policy.js';
import * as troubles from './fakes/troubles.js';
import { eventually } from './fakes/waiting.js';
import { openWorld, type World } from './fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

/** Steps of one line run side by side. */
const PROCEDURE = [
  ['recallGuardian'],
  ['loadRules'],
  ['listOwnOrders', 'confirmDeath', 'takeSnapshot'],
  ['collectEvidence'],
  ['completeEvidence', 'inspectCheckpoints'],
  ['loadCheckpoint'],
  ['takeSnapshot'],
  ['reconcilePositions'],
  ['recoverOpenOrders'],
  ['writeRecoveredCheckpoint'],
  ['startEngine'],
  ['awaitReady'],
  ['checkComprehensiveHealth'],
  ['verifyRiskLimits'],
  ['measureExposure'],
  ['checkMarket'],
  ...Array.from({ length: 3 }, () => [
    ['readEngineState'],
    ['compareBooks'],
    ['applyStage'],
    ['watchEngine'],
  ]).flat(),
  ['writeReport'],
  ['notify'],
];

const MOST_BYTES = 256 * 1024;

describe('the happy path', { concurrency: 4 }, () => {
  test('goes through the procedure in its order and ends recovered', async () => {
    const policy = quickPolicy({
      containment: 'cancel_own_orders',
      ramp: { stages: STAGES_WITH_WINDOWS },
    });
    const engine = world.engine({ policy });
    const receipt = await engine.crash();
    assert.equal(receipt.disposition, 'opened');
    const { deaths, ...end } = await engine.ended();
    assert.deepEqual(end, { outcome: 'recovered', epoch: 1, stopped: [], unhandled: null });
    assert.deepEqual(
      deaths?.map(({ cause }) => cause),
      ['segfault'],
    );
    // Whether it can be asked at all is watched beside, and that nothing is needed is told beside.
    const names = engine.calls
      .filter(({ name, input }) => name !== 'watchRecovery' && input['state'] !== 'working')
      .map(({ name }) => name);
    // What was listed is cancelled beside the steps that follow, before the state is loaded.
    const [cancelled] = names.splice(names.indexOf('containRisk'), 1);
    assert.equal(cancelled, 'containRisk');
    assert.ok(engine.names().indexOf('containRisk') < engine.names().indexOf('loadCheckpoint'));
    for (const together of PROCEDURE) {
      assert.deepEqual(names.splice(0, together.length).toSorted(), together.toSorted());
    }
    assert.deepEqual(names, []);
    const granted = engine.callsOf('applyStage').map(({ input }) => input['stage']);
    assert.deepEqual(granted, STAGES_WITH_WINDOWS);
  });

  test('leaves a record of every step, with the facts of each', async () => {
    const engine = world.engine();
    await engine.crash();
    await engine.ended();
    const record = await engine.record();
    assert.deepEqual(new Set(record.steps.map(({ name }) => name)), new Set(STEPS));
    assert.deepEqual(new Set(record.steps.map(({ status }) => status)), new Set(['done']));
    assert.equal(record.outcome, 'recovered');
    assert.equal(record.classification?.cause, 'segfault');
    assert.equal(record.stateSource?.name, 'latest.ckpt');
    assert.equal(record.reconciliation?.fillsApplied, 2);
    const { state, snapshot } = record.reconciliation.compared ?? {};
    assert.deepEqual([state?.kind, snapshot?.kind], ['engine-state', 'venue-snapshot']);
    assert.equal(record.recoveredCheckpoint?.instanceId, `${engine.engineId}-e1`);
    assert.equal(record.recoveredCheckpoint.engineDigest, record.recoveredCheckpoint.digest);
    assert.equal(record.exposure, '120000');
    assert.deepEqual(
      record.ramp.map(({ percent }) => percent),
      [50, 75, 100],
    );
    assert.equal(record.followUps.length, 4);
  });

  test('writes carry the epoch and a key that repeats the effect, not the call', async () => {
    const engine = world.engine();
    await engine.crash();
    await engine.ended();
    const [start] = engine.callsOf('startEngine');
    assert.equal(start?.input['epoch'], 1);
    assert.equal(start?.input['idempotencyKey'], `${engine.incidentId}:e1:start`);
    assert.equal(start?.input['instanceId'], `${engine.engineId}-e1`);
  });

  test('reads fills from before the checkpoint; without one, as far back as is worth it', async () => {
    const fromCheckpoint = world.engine();
    const fromVenues = world.engine({ fakes: troubles.noCheckpoint });
    await Promise.all([fromCheckpoint.crash(), fromVenues.crash()]);
    await Promise.all([fromCheckpoint.ended(), fromVenues.ended()]);
    const since = Number(fromCheckpoint.callsOf('takeSnapshot')[1]?.input['sinceMs']);
    assert.ok(Math.abs(Date.now() - since - 60_900) < 60_000, `${since}`);
    const rebuilt = Number(fromVenues.callsOf('takeSnapshot')[1]?.input['sinceMs']);
    assert.ok(Math.abs(Date.now() - rebuilt - 90 * 86_400_000) < 60_000, `${rebuilt}`);
    assert.equal(fromVenues.callsOf('loadCheckpoint').length, 0);
    assert.deepEqual((await fromVenues.record()).unknowns, ['strategy parameters']);
  });

  test('is found by its search attributes', async () => {
    const engine = world.engine();
    await engine.crash();
    await engine.ended();
    const query =
      `RelightEngine = '${engine.engineId}' AND RelightOutcome = 'recovered' ` +
      `AND RelightCause = 'segfault' AND RelightStep = 'after'`;
    const found = await eventually(`list ${query}`, async () => {
      for await (const { workflowId } of world.client.workflow.list({ query })) return workflowId;
      return null;
    });
    assert.equal(found, engine.workflowId);
  });

  test('has a history that does not grow with the state', async (context) => {
    const [small, large] = [world.engine({ bytes: 10 }), world.engine({ bytes: 50_000_000_000 })];
    await Promise.all([small.crash(), large.crash()]);
    await Promise.all([small.ended(), large.ended()]);
    const histories = await Promise.all([
      small.recovery.fetchHistory(),
      large.recovery.fetchHistory(),
    ]);
    const [few, many] = histories.map(countEvents);
    assert.deepEqual(few?.work, many?.work);
    for (const history of histories) assert.ok(payloadBytes(history) < MOST_BYTES);
    context.diagnostic(`${few?.all} events, ${payloadBytes(histories[0])} payload bytes`);
  });
});
