/**
 * Whole incidents by their seeds: nothing breaks, the same seed is the same simulation in another process, and a
 * planted bug is found. More of them with `RELIGHT_LONG_TESTS`.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LONG_TESTS } from '../../needs.js';
import type { Mix } from '../faults/draw.js';
import type { LevelName } from '../levels/level.js';
import { MUTANT } from '../mutants/planted.js';
import type { Asked } from './asked.js';
import { KEPT_PLANS } from './kept-plans.js';
import { Simulators } from './pool.js';

const PER_LEVEL = LONG_TESTS ? 250 : 6;

const asked = (level: LevelName, mix: Mix): Asked[] =>
  Array.from({ length: PER_LEVEL }, (_, at) => ({ level, mix, seed: String(at + 1) }));
const ALL = [...asked('workflows', 'harsh'), ...asked('ports', 'light')];

const once = new Simulators(1);
const again = new Simulators(1);
test.after(() => {
  once.close();
  again.close();
});

for (const each of ALL) {
  test(`seed ${each.seed}, ${each.level}, ${each.mix}: nothing breaks, twice the same`, async () => {
    const [one, other] = await Promise.all([once.ask(each), again.ask(each)]);
    assert.deepEqual(one.breaches, []);
    assert.equal(other.digest, one.digest);
    assert.notEqual(one.digest, '');
  });
}

for (const { why, ...each } of KEPT_PLANS) {
  test(`the plan of seed ${each.seed}, ${each.level}, breaks no more: ${why}`, async () => {
    const { breaches } = await once.ask(each);
    assert.deepEqual(breaches, []);
  });
}

test('code that changed without a patch is found where a worker is upgraded', async () => {
  const planted = new Simulators(1, { [MUTANT]: 'changed-without-patch' });
  const upgrade = { kind: 'upgrade', at: { afterMs: 20_000 }, ms: 0 } as const;
  const plan = [{ ...upgrade, what: 'recalls-what-was-known' }];
  try {
    const { breaches } = await planted.ask({ level: 'ports', mix: 'none', seed: '50001', plan });
    assert.match(breaches[0]?.what ?? '', /a task fails for ever/);
  } finally {
    planted.close();
  }
});

test('a bug that is planted is found by what it breaks', async () => {
  const planted = new Simulators(1, { [MUTANT]: 'market-unchecked' });
  try {
    const { breaches } = await planted.ask({ level: 'workflows', mix: 'none', seed: '1' });
    assert.deepEqual([...new Set(breaches.map(({ invariant }) => invariant))], ['I2']);
  } finally {
    planted.close();
  }
});
