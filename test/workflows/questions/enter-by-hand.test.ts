/** An engine that boots from no file: what people enter, and when it is looked at again. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { artifact } from '../fakes/activities.js';
import type { Fakes } from '../fakes/engine.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const LINE = 'position alpha BTC/USDT:USDT: set to 2; the engine says 1';

/** It boots as told, and its surface tells what a person has entered meanwhile. */
function byHand(imports: 'before_start' | 'after_start', entered: { done: boolean }): Fakes {
  const none = {
    positions: 0,
    orders: 0,
    known: 0,
    byHand: 0,
    shown: [],
    list: artifact('by-hand'),
  };
  return {
    writeRecoveredCheckpoint: async ({ epoch, sequence }) => ({
      path: `recovered-e${epoch}.ckpt`,
      sequence: sequence + 1,
      digest: 'cd'.repeat(32),
      boot: { from: 'import', imports, syncs: false },
    }),
    importState: async () => (entered.done ? none : { ...none, byHand: 1, shown: [LINE] }),
  };
}

describe('entered by hand', { concurrency: 8 }, () => {
  for (const imports of ['before_start', 'after_start'] as const) {
    test(`${imports}: asked until it is so, and the record says that people said so`, async () => {
      const entered = { done: false };
      const engine = world.engine({ fakes: byHand(imports, entered) });
      await engine.crash();
      const gate = await engine.gate('enter_by_hand');
      assert.ok(gate.question.includes(LINE));
      const { situation: _situation, ...evidence } = gate.evidence;
      assert.deepEqual(evidence, { shown: [LINE], list: artifact('by-hand') });
      assert.equal(engine.callsOf('startEngine').length, imports === 'after_start' ? 1 : 0);
      await engine.approve('enter_by_hand');
      await engine.gate('enter_by_hand', 2);
      entered.done = true;
      await engine.approve('enter_by_hand', { attempt: 2 });
      assert.equal((await engine.ended()).outcome, 'recovered');
      const { unknowns, steps } = await engine.record();
      assert.ok(unknowns.some((text) => text.startsWith("entered by hand, on people's word")));
      assert.match(steps.find(({ name }) => name === 'start')?.detail ?? '', /entered by hand/);
      const confirmed = engine.callsOf('importState').map(({ input }) => input['confirmed']);
      assert.deepEqual(confirmed, [false, true, true]);
    });
  }

  test('a person who refuses gets the manual checklist, and nothing was started', async () => {
    const engine = world.engine({ fakes: byHand('before_start', { done: false }) });
    await engine.crash();
    await engine.reject('enter_by_hand');
    await engine.gate('manual_recovery');
    assert.equal(engine.callsOf('startEngine').length, 0);
  });

  test('one that holds other figures is compared again after each answer, and by each name', async () => {
    const differing = ['alpha BTC/USDT:USDT: quantity 1, expected 2', 'order a at alpha: not held'];
    let looks = 0;
    const engine = world.engine({
      fakes: {
        ...byHand('before_start', { done: true }),
        checkComprehensiveHealth: async ({ digest }) => {
          looks += 1;
          const same = { checks: 7, engineDigest: digest };
          return looks > 2
            ? { healthy: true, failed: [], ...same }
            : { healthy: false, failed: ['not held'], notHeld: differing, ...same };
        },
      },
    });
    await engine.crash();
    const gate = await engine.gate('enter_by_hand');
    for (const words of differing) assert.ok(gate.question.includes(words));
    assert.deepEqual(gate.evidence['differing'], differing);
    await engine.approve('enter_by_hand');
    await engine.approve('enter_by_hand', { attempt: 2 });
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal(looks, 3);
  });

  test('one that fails a check besides is stopped, as any engine is', async () => {
    const engine = world.engine({
      fakes: {
        ...byHand('before_start', { done: true }),
        checkComprehensiveHealth: async () => ({
          healthy: false,
          failed: ['breaker: latched', 'the engine does not hold the recovered state'],
          checks: 7,
          engineDigest: null,
        }),
      },
    });
    await engine.crash();
    const gate = await engine.gate('manual_recovery');
    assert.match(gate.question, /breaker: latched/);
    assert.equal(engine.callsOf('stopEngine').length, 1);
  });

  test('one that reads the venues again does so when it is ready, and is compared after that', async () => {
    const engine = world.engine({
      fakes: {
        writeRecoveredCheckpoint: async ({ epoch, sequence }) => ({
          path: `recovered-e${epoch}.ckpt`,
          sequence: sequence + 1,
          digest: 'cd'.repeat(32),
          boot: { from: 'venues', imports: 'before_start', syncs: true },
        }),
      },
    });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const names = engine.names();
    const order = ['awaitReady', 'syncEngine', 'checkComprehensiveHealth'].map((name) =>
      names.indexOf(name),
    );
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
    assert.ok(!order.includes(-1));
    assert.equal(engine.callsOf('importState').length, 0);
  });
});

describe('the exposure that an engine figures itself', () => {
  test('is asked about where it is another than the venues say, and once', async () => {
    const engine = world.engine({
      fakes: { verifyRiskLimits: async () => ({ mismatches: [], loaded: 3, exposure: '90000' }) },
    });
    await engine.crash();
    const gate = await engine.gate('exposure');
    assert.match(gate.question, /figures its exposure at 90000, and the venues say 120000/);
    await engine.approve('exposure');
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { gates, steps } = await engine.record();
    assert.equal(gates.length, 1);
    assert.match(
      steps.findLast(({ name }) => name === 'risk')?.detail ?? '',
      /own figure 90000, which differs$/,
    );
  });

  test('is said where both agree', async () => {
    const engine = world.engine({
      fakes: { verifyRiskLimits: async () => ({ mismatches: [], loaded: 3, exposure: '120100' }) },
    });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { steps } = await engine.record();
    assert.match(
      steps.find(({ name }) => name === 'risk')?.detail ?? '',
      /, by the engine's own figure 120100$/,
    );
  });
});
