/**
 * The epoch and the kill switch as files: they only rise or latch, and a damaged file lets nobody
 * through.
 */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createFence } from '../../../clients/host/fence.js';
import { isFailure } from '../../../activities/errors.js';
import { folderOf } from './processes.js';

const stale = (error: unknown) => isFailure(error, 'StaleEpoch');

function openFence(t: TestContext) {
  const folder = folderOf(t);
  const engine = 'desk/one';
  const place = join(folder, encodeURIComponent(engine));
  return { folder, engine, place, fence: createFence(folder) };
}

test('an epoch may be raised and repeated, a lower one is stale for good', async (t) => {
  const { folder, engine, fence } = openFence(t);
  await fence.raise(engine, 3);
  await fence.raise(engine, 3);
  await assert.rejects(fence.raise(engine, 2), stale);
  await fence.raise(engine, 7);
  const afterRestart = createFence(folder);
  await assert.rejects(afterRestart.raise(engine, 6), stale);
  await afterRestart.raise(engine, 7);
  await afterRestart.raise('another engine', 1);
});

test('epochs raised at the same time leave the highest', async (t) => {
  const { engine, fence, place } = openFence(t);
  for (let round = 0; round < 20; round += 1) {
    const highest = 100 * (round + 1);
    const epochs = [highest, highest - 1, highest - 2, highest - 3];
    await Promise.allSettled(epochs.map((epoch) => fence.raise(engine, epoch)));
    assert.equal(readFileSync(join(place, 'epoch'), 'utf8'), String(highest));
  }
});

test('a damaged epoch file lets nobody through', async (t) => {
  for (const content of ['', 'seven', '7\u0000', '-1', '1e3']) {
    const { engine, fence, place } = openFence(t);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'epoch'), content);
    await assert.rejects(fence.raise(engine, 1), stale, JSON.stringify(content));
  }
});

test('an epoch that no recovery can have is refused in words, and changes nothing', async (t) => {
  const { engine, fence, place } = openFence(t);
  await fence.raise(engine, 3);
  const wild = [9_007_199_254_740_000, 2 ** 53, 1_004, 1.5, -1, NaN, Infinity, 1e300];
  for (const epoch of wild) {
    await assert.rejects(fence.raise(engine, epoch), (error) => {
      // Below what was seen it is stale, as any other.
      const kind = epoch < 3 ? 'StaleEpoch' : 'EpochOutOfBounds';
      assert.ok(isFailure(error, kind) && error.nonRetryable === true, String(epoch));
      if (kind === 'EpochOutOfBounds') assert.match(error.message, /relight fence reset --engine/);
      return true;
    });
  }
  assert.equal(readFileSync(join(place, 'epoch'), 'utf8'), '3');
  await fence.raise(engine, 1_003);
});

test('a person may set the epoch, up and down, and who and why stands beside it', async (t) => {
  const { engine, fence, place } = openFence(t);
  await fence.raise(engine, 900);
  const { at, ...down } = await fence.reset(engine, 4, { reason: 'restored', by: 'ada' });
  assert.match(at, /^\d{4}-/);
  assert.deepEqual(down, { by: 'ada', reason: 'restored', from: 900, to: 4 });
  await assert.rejects(fence.raise(engine, 3), stale);
  await fence.raise(engine, 5);
  await fence.reset(engine, 50_000, { reason: 'moved', by: 'bo' });
  await fence.raise(engine, 50_001);
  writeFileSync(join(place, 'epoch'), '9007199254741001');
  await assert.rejects(fence.raise(engine, 5), stale);
  await fence.reset(engine, 7, { reason: 'poisoned', by: 'bo' });
  await fence.raise(engine, 8);
  const told = (await fence.resets(engine)).map(({ from, to, reason }) => [from, to, reason]);
  assert.deepEqual(told, [
    [900, 4, 'restored'],
    [5, 50_000, 'moved'],
    [null, 7, 'poisoned'],
  ]);
  for (const to of [-1, 1.5, 2 ** 53, NaN]) {
    await assert.rejects(fence.reset(engine, to, { reason: 'odd', by: 'bo' }), String(to));
  }
  assert.equal((await fence.resets(engine)).length, 3);
});

test("the folder of the fence is its owner's alone, as soon as it is made", async (t) => {
  const folder = join(folderOf(t), 'fence');
  await createFence(folder).engage('desk', 'enough', 'ada');
  assert.equal(statSync(folder).mode & 0o777, 0o700);
});

test('the kill switch stays engaged over a restart, and tells who and why', async (t) => {
  const { folder, engine, fence } = openFence(t);
  assert.deepEqual(await fence.killSwitch(engine), { engaged: false, reason: '' });
  await fence.engage(engine, 'fat finger', 'ada');
  const { engaged, reason } = await createFence(folder).killSwitch(engine);
  assert.equal(engaged, true);
  assert.match(reason, /^fat finger - ada, \d{4}-/);
  assert.equal((await fence.killSwitch('another engine')).engaged, false);
});

test('the kill switch is released once, and engaging it again is no trouble', async (t) => {
  const { engine, fence } = openFence(t);
  await fence.engage(engine, 'one', 'ada');
  await fence.engage(engine, 'two', 'ada');
  assert.equal(await fence.release(engine, { reason: 'test', by: 'ops' }), true);
  assert.equal(await fence.release(engine, { reason: 'test', by: 'ops' }), false);
  assert.equal((await fence.killSwitch(engine)).engaged, false);
});

test('a damaged kill-switch file keeps the switch engaged', async (t) => {
  for (const content of ['', '{', 'null', '[]']) {
    const { engine, fence, place } = openFence(t);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, 'kill-switch.json'), content);
    assert.equal((await fence.killSwitch(engine)).engaged, true, JSON.stringify(content));
  }
});

test('a kill switch that cannot be read is not taken for released', async (t) => {
  const { engine, fence, place } = openFence(t);
  mkdirSync(join(place, 'kill-switch.json'), { recursive: true });
  await assert.rejects(fence.killSwitch(engine));
});
