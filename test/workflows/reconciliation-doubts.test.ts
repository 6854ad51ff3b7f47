/** What a reconciliation could not know, and what it decided about the risk state, reach the record. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { happyControlPlane } from './fakes/activities.js';
import { quickPolicy } from './fakes/policy.js';
import { openWorld, type World } from './fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

test('doubts are in the record beside the gaps, and a latched breaker is in the step', async () => {
  const plane = happyControlPlane();
  const usual = quickPolicy();
  const policy = { ...usual, risk: { ...usual.risk, limits: { maxDailyLoss: '800' } } };
  const engine = world.engine({
    policy,
    fakes: {
      takeSnapshot: async (input) => ({ ...(await plane.takeSnapshot(input)), gaps: ['a gap'] }),
      reconcilePositions: async (input) => ({
        ...(await plane.reconcilePositions(input)),
        unknowns: ['a doubt'],
        breakerLatched: true,
      }),
    },
  });
  await engine.crash();
  await engine.ended();
  const { unknowns, steps } = await engine.record();
  assert.deepEqual(unknowns, ['a gap', 'a doubt']);
  const { detail } = steps.find(({ name }) => name === 'reconcile') ?? {};
  assert.match(detail ?? '', /DAILY LOSS BEYOND ITS LIMIT: the risk breaker is latched/);
  const [compared] = engine.callsOf('reconcilePositions');
  assert.equal(compared?.input['maxDailyLoss'], '800');
  const { dustNotional } = policy.reconciliation;
  assert.equal(engine.callsOf('compareBooks')[0]?.input['dustNotional'], dustNotional);
});
