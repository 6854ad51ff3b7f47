/** The procedure without trouble: its order, what it leaves behind, and how large that is. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { openWorld, type World } from './fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

describe('the happy path', { concurrency: 4 }, () => {
  test('goes through the procedure in its order and ends recovered', async () => {
    const engine = world.engine();
    const receipt = await engine.crash();
    assert.equal(receipt.disposition, 'opened');
    const result = await engine.ended();
    assert.deepEqual(result, { outcome: 'recovered', epoch: 1, stopped: [] });
    console.log(engine.names());
  });
});
