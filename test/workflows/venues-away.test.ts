/** Venues that are away and come back, snapshots that people's thinking made old, dead-man switches. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { PositionsReconciled, ReconcileInput } from '../../workflows/contract/index.js';
import type { Engine } from './fakes/engine.js';
import { quickPolicy } from './fakes/policy.js';
import * as containment from './fakes/containment.js';
import * as troubles from './fakes/troubles.js';
import { openWorld, type World } from './fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

function reading(engine: Engine): boolean[] {
  return engine.callsOf('takeSnapshot').map(({ input }) => input['thorough'] === true);
}

/** Differences whose content is these, one reconciliation after the other. */
function disputes(...contents: string[]) {
  const { reconcilePositions } = troubles.discrepancies;
  const next = troubles.inTurn(...contents);
  return {
    reconcilePositions: async (input: ReconcileInput): Promise<PositionsReconciled> => ({
      ...((await reconcilePositions?.(input)) as PositionsReconciled),
      disputed: await next(),
    }),
  };
}

describe('venues and snapshots', { concurrency: 6 }, () => {
  test('a venue that is back withdraws the question, and nobody had to answer it', async () => {
    let back = (): void => undefined;
    const returned = new Promise<void>((resolve) => (back = resolve));
    const engine = world.engine({
      fakes: { ...troubles.venueUnreadable(1), awaitReadable: async () => returned },
    });
    await engine.crash();
    const gate = await engine.gate('venues_unreadable');
    assert.equal(gate.expiresAtMs, null);
    assert.match(
      gate.question,
      /^beta cannot be read, .* unknown \(beta: fills: no answer: check the network\)\. /,
    );
    const [unread] = gate.evidence['unreadable'] as [{ why: { kind: string } }];
    assert.equal(unread.why.kind, 'no_answer', 'whoever decides by it needs no words');
    assert.equal(engine.callsOf('reconcilePositions').length, 0);
    back();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const [closed, ...others] = (await engine.record()).gates;
    assert.deepEqual([closed?.outcome, closed?.decisions, others], ['withdrawn', [], []]);
    assert.deepEqual(engine.callsOf('awaitReadable')[0]?.input['venues'], ['beta']);
  });

  test('where nobody can watch for the venue, the question stays', async () => {
    const engine = world.engine({
      fakes: {
        ...troubles.venueUnreadable(1),
        awaitReadable: async () => {
          throw Object.assign(new Error('no such venue'), { name: 'TypeError' });
        },
      },
    });
    await engine.crash();
    await engine.approve('venues_unreadable');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('what fills do not explain is read again with all that the venues tell, before people', async () => {
    const fleeting = troubles.inTurn('unexplained', 'none');
    const engine = world.engine({
      fakes: {
        reconcilePositions: async (input) => {
          const answer = (await troubles.discrepancies.reconcilePositions?.(
            input,
          )) as PositionsReconciled;
          const unexplained = (await fleeting()) === 'none' ? 0 : 1;
          return { ...answer, counts: { ...answer.counts, unexplained } };
        },
      },
    });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.deepEqual((await engine.record()).gates, []);
    assert.deepEqual(reading(engine), [false, false, true]);
  });

  test('a snapshot that grew old while people thought is taken again; the same is not asked twice', async () => {
    const policy = quickPolicy({ reconciliation: { maxSnapshotAgeMs: 0 } });
    const engine = world.engine({ policy, fakes: disputes('same') });
    await engine.crash();
    await engine.approve('discrepancies');
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal((await engine.record()).gates.length, 1);
    assert.equal(engine.callsOf('recoverOpenOrders').length, 2);
    assert.equal(engine.callsOf('startEngine').length, 1);
  });

  test('a difference that nobody has accepted is asked about', async () => {
    const policy = quickPolicy({ reconciliation: { maxSnapshotAgeMs: 0 } });
    const engine = world.engine({ policy, fakes: disputes('old', 'old', 'old', 'new') });
    await engine.crash();
    await engine.approve('discrepancies');
    await engine.approve('discrepancies', { attempt: 2 });
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal((await engine.record()).gates.length, 2);
  });

  test('a dead-man switch that was armed is disarmed before the engine starts', async () => {
    const policy = quickPolicy({ containmentAt: { kraken: 'dead_man_switch' } });
    const engine = world.engine({ policy });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const [armed, disarmed, ...more] = engine.callsOf('containRisk').map(({ input }) => input);
    assert.deepEqual(armed?.['at'], { kraken: 'dead_man_switch' });
    assert.deepEqual(disarmed?.['at'], { kraken: 'disarm_dead_man_switch' });
    assert.equal(disarmed['action'], 'none');
    assert.deepEqual(more, []);
    const names = engine.names();
    assert.ok(names.lastIndexOf('containRisk') < names.indexOf('startEngine'));
  });

  test('a dead-man switch that fired meanwhile is expected: the venues are read again', async () => {
    const policy = quickPolicy({ containment: 'dead_man_switch', deadManSwitchMs: 1_000 });
    const engine = world.engine({ policy, fakes: disputes('same') });
    await engine.crash();
    await engine.gate('discrepancies');
    await delay(2_500);
    await engine.approve('discrepancies');
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal(engine.callsOf('recoverOpenOrders').length, 2);
    assert.equal(engine.callsOf('containRisk').length, 1);
  });

  test('a switch of the engine is renewed until the engine runs', async () => {
    const policy = quickPolicy({ containment: 'renew_dead_man_switch' });
    const engine = world.engine({ policy });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const names = engine.names();
    assert.equal(engine.callsOf('renewDeadManSwitches').length, 1);
    assert.ok(names.indexOf('renewDeadManSwitches') < names.indexOf('startEngine'));
  });

  test('orders of others are adopted by the word of a person, and left alone without it', async () => {
    const policy = quickPolicy({ orders: { foreign: 'ask' } });
    const [adopting, leaving] = [1, 2].map(() =>
      world.engine({ policy, fakes: troubles.foreignOrders }),
    ) as [Engine, Engine];
    await Promise.all([adopting.crash(), leaving.crash()]);
    await Promise.all([adopting.approve('foreign_orders'), leaving.reject('foreign_orders')]);
    const ends = await Promise.all([adopting.ended(), leaving.ended()]);
    assert.deepEqual(
      ends.map(({ outcome }) => outcome),
      ['recovered', 'recovered'],
    );
    const asked = (engine: Engine) =>
      engine.callsOf('recoverOpenOrders').map(({ input }) => (input['adopted'] as object[]).length);
    assert.deepEqual(asked(adopting), [0, 1]);
    assert.deepEqual(asked(leaving), [0]);
  });

  test('an order that came after the consent to adopt is asked about for itself', async () => {
    const policy = quickPolicy({
      orders: { foreign: 'ask' },
      reconciliation: { maxSnapshotAgeMs: 0 },
    });
    const engine = world.engine({ policy, fakes: troubles.foreignOrdersComing });
    await engine.crash();
    await engine.approve('foreign_orders');
    await engine.approve('foreign_orders', { attempt: 2 });
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { gates } = await engine.record();
    assert.equal(gates.filter(({ kind }) => kind === 'foreign_orders').length, 2);
  });

  test('a venue where containment failed alarms, and is contained when it answers', async () => {
    const policy = quickPolicy({ containment: 'cancel_own_orders' });
    const engine = world.engine({ policy, fakes: containment.containedLater() });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const inputs = engine.callsOf('containRisk').map(({ input }) => input);
    assert.deepEqual(inputs[1]?.['at'], { beta: 'cancel_own_orders' });
    assert.equal(inputs[1]['action'], 'none');
    assert.equal(inputs.length, 2);
    const notices = engine.callsOf('notify').map(({ input }) => String(input['title']));
    assert.ok(
      notices.some((title) => title.endsWith('containment failed')),
      notices.join(),
    );
    const { containment: said } = await engine.record();
    assert.equal(said?.detail, 'beta: FAILED; later: beta: 2 cancelled, 0 left');
  });

  test('containment that failed as a whole failed everywhere: a venue that is back is contained', async () => {
    const policy = quickPolicy({ containment: 'cancel_own_orders' });
    const engine = world.engine({ policy, fakes: containment.containmentFailing(1) });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const inputs = engine.callsOf('containRisk').map(({ input }) => input['at']);
    assert.deepEqual(inputs, [{}, { beta: 'cancel_own_orders' }]);
    const { containment: said } = await engine.record();
    assert.match(
      said?.detail ?? '',
      /^failed at every venue: .*; later: beta: 2 cancelled, 0 left$/,
    );
  });

  test('containment that fails again alarms again, and does not end the recovery', async () => {
    const policy = quickPolicy({ containment: 'cancel_own_orders' });
    const engine = world.engine({ policy, fakes: containment.containmentFailing(2) });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const alarms = engine
      .callsOf('notify')
      .filter(({ input }) => String(input['title']).endsWith('containment failed'))
      .map(({ input }) => String(input['text']));
    assert.equal(alarms.length, 2);
    assert.match(alarms[1] ?? '', /^failed at beta: .*the books of it are wrong/);
  });

  test('a switch that was armed late is still disarmed after the first time it may fire', async () => {
    const policy = quickPolicy({ containment: 'dead_man_switch', deadManSwitchMs: 1_000 });
    const engine = world.engine({ policy, fakes: containment.switchArmedLate });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const acts = engine.callsOf('containRisk').map(({ input }) => input['action']);
    assert.deepEqual(acts, ['dead_man_switch', 'disarm_dead_man_switch']);
    assert.equal(engine.callsOf('recoverOpenOrders').length, 2);
  });

  test('a switch that could not be disarmed is waited for, and the venues are read again', async () => {
    const policy = quickPolicy({ containment: 'dead_man_switch', deadManSwitchMs: 1_500 });
    const engine = world.engine({ policy, fakes: containment.switchNotDisarmed });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal(engine.callsOf('recoverOpenOrders').length, 2);
    assert.equal(engine.callsOf('containRisk').length, 2);
  });
});
