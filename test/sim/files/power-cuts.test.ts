/** Power cuts at every call of every store: what was acknowledged is there, and nothing that nobody wrote. */
import { test } from 'node:test';
import { bucketFile } from '../../../clients/exchange/budget/bucket-file.js';
import assert from 'node:assert/strict';
import { LONG_TESTS } from '../../needs.js';
import { randomOf } from '../time/random.js';
import { drive } from './drive.js';
import { createSimulatedDisk } from './simulated-disk.js';
import { COLLECTED } from './stores/collected.js';
import { OF_THE_AGENT } from './stores/of-the-agent.js';
import { OF_THE_WORKER } from './stores/of-the-worker.js';

const SEEDS = LONG_TESTS ? 500 : 12;

for (const subject of [...OF_THE_AGENT, ...OF_THE_WORKER, ...COLLECTED]) {
  test(`${subject.name}: nothing that was acknowledged is lost with the power`, async (t) => {
    let cuts = 0;
    for (let seed = 1; seed <= SEEDS; seed += 1) cuts += await drive(subject, seed);
    t.diagnostic(`${cuts} power cuts`);
  });
}

test('a budget may forget its count with the power, and is never an error', async () => {
  const limit = { capacity: 10, perSecond: 1 };
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = randomOf(String(seed), 'budget');
    const disk = createSimulatedDisk();
    const open = () => bucketFile('/budgets/one.json', limit, disk.open().files);
    await open().change((before) => ({ state: { ...before, level: 5, atMs: 1 } }));
    assert.equal((await open().read()).level, 5);
    const leaves = disk.cut(random);
    const { level } = await open().read();
    assert.ok([0, 5, limit.capacity].includes(level), `${seed}: ${level} after ${leaves}`);
    await open().change((before) => ({ state: { ...before, level: 1 } }));
    assert.equal((await open().read()).level, 1);
  }
});
