/** What a reconciliation could not know, and what it decided about the risk state, reach the record. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { artifact, happyControlPlane } from './fakes/activities.js';
import { quickPolicy } from './fakes/policy.js';
import * as doubts from './fakes/doubts.js';
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

test('with nothing to compare with, people are asked about the figures and the breaker apart', async () => {
  const engine = world.engine({ fakes: doubts.nothingToCompare });
  await engine.crash();
  const { question, evidence } = await engine.gate('unverified_state');
  assert.match(question, /6 figures are the exchanges' word alone \(alpha BTC: 3\)/);
  assert.equal(evidence['count'], 6);
  await engine.approve('unverified_state');
  assert.deepEqual((await engine.gate('unknown_breaker')).roles, ['risk']);
  assert.equal(engine.callsOf('releaseBreaker').length, 0);
  await engine.approve('unknown_breaker');
  await engine.ended();
  const { outcome, reconciliation } = await engine.record();
  assert.equal(outcome, 'recovered');
  assert.deepEqual(reconciliation?.words, { unverified: 'person', breaker: 'person' });
  const [compared] = engine.callsOf('reconcilePositions');
  assert.deepEqual([compared?.input['independent'], compared?.input['breaker']], [false, 'engine']);
  assert.equal(engine.callsOf('reconstructState')[0]?.input['breaker'], 'engine');
});

test('where policy takes the exchanges at their word, nobody is asked, and the record says so', async () => {
  const policy = quickPolicy({ onUnverified: 'report', risk: { breaker: 'none' } });
  const fakes = { ...doubts.nothingToCompare, ...doubts.unverified };
  const engine = world.engine({ policy, fakes });
  await engine.crash();
  await engine.ended();
  const { gates, reconciliation, steps, unknowns } = await engine.record();
  assert.deepEqual(gates, []);
  assert.deepEqual(reconciliation?.words, { unverified: 'policy' });
  assert.ok(unknowns.includes('6 figures taken from the exchanges, compared with nothing'));
  const { detail = '' } = steps.find(({ name }) => name === 'reconcile') ?? {};
  assert.match(detail, /^0 equal, .*6 UNVERIFIED: nothing independent to compare with/);
  assert.equal(engine.callsOf('reconstructState')[0]?.input['breaker'], 'none');
});

test('what an order explains is offered with its source, and taken by a person alone', async () => {
  const engine = world.engine({ fakes: doubts.explainedByAnOrder });
  await engine.crash();
  const { question, evidence, onApprove } = await engine.gate('discrepancies');
  assert.match(question, /1 would come out by what the exchanges say of 1 order.*buy 2 at 100/);
  assert.match(JSON.stringify(evidence['inferred']), /the venue says so/);
  assert.match(onApprove, /booked as inferred/);
  assert.equal(engine.callsOf('recoverOpenOrders').length, 0);
  await engine.approve('discrepancies');
  await engine.ended();
  const { reconciliation } = await engine.record();
  assert.equal(reconciliation?.counts.unexplained, 0);
  assert.equal(reconciliation?.inferred?.[0]?.clientOrderId, 'mine-1');
  assert.deepEqual(
    engine.callsOf('recoverOpenOrders')[0]?.input['state'],
    artifact('engine-state', 7),
  );
});

test('where differences stop nobody, nothing is inferred', async () => {
  const policy = quickPolicy({ reconciliation: { strict: false } });
  const engine = world.engine({ policy, fakes: doubts.explainedByAnOrder });
  await engine.crash();
  await engine.ended();
  assert.equal(engine.callsOf('inferFills').length, 0);
  assert.deepEqual((await engine.record()).reconciliation?.words, { disputed: 'policy' });
});
