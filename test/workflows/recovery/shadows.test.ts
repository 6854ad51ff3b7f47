/** A recovery without a checkpoint of the engine's own, and with one that a worker has written. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { shadowFound } from '../fakes/doubts.js';
import { openWorld, type World } from '../fakes/world.js';

describe('without a checkpoint of its own', () => {
  let world: World;
  before(async () => {
    world = await openWorld();
  });
  after(() => world.close());

  test('the newest shadow is the state, compared as something of another time', async () => {
    const engine = world.engine({ fakes: shadowFound });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { stateSource, unknowns, steps, gates } = await engine.record();
    assert.equal(stateSource?.kind, 'shadow');
    assert.deepEqual([stateSource.name, stateSource.ageMs], ['a-shadow', 4_000]);
    assert.ok(unknowns.includes('what the engine itself held'));
    const [compared] = engine.callsOf('reconcilePositions');
    assert.equal(compared?.input['independent'], true);
    const told = new Map(steps.map(({ name, detail }) => [name, detail]));
    assert.match(told.get('reconcile') ?? '', /compared with a shadow checkpoint, 4000 ms old/);
    assert.match(told.get('load_state') ?? '', /^shadow checkpoint, 4000 ms old at the crash/);
    assert.deepEqual(gates, []);
    assert.equal(engine.callsOf('reconstructState').length, 0);
  });

  test('a shadow is asked for as of the first crash, and a damaged one is told', async () => {
    const refused = ['x: Checksum mismatch'];
    const engine = world.engine({
      fakes: { ...shadowFound, loadShadow: async () => ({ found: null, refused }) },
    });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { stateSource, crashes } = await engine.record();
    assert.equal(stateSource?.kind, 'exchanges');
    assert.match(stateSource.why, /shadow x: Checksum mismatch/);
    const [asked] = engine.callsOf('loadShadow');
    assert.equal(asked?.input['crashedAtMs'], crashes[0]?.detectedAtMs);
  });
});
