/** No seeded history of faulty rows ends wrong and goes on; `npm run bench` runs many more. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runHistories } from './histories.js';

test('a history is recovered as the ledger has it, or asked about; what is explained is not', (t) => {
  const told = runHistories(1, 3_000);
  const { histories, halted, explainable } = told;
  t.diagnostic(`${histories} histories, ${halted} halted, ${explainable} explainable`);
  assert.deepEqual(told.wrongAndNotHalted, [], 'wrong, and went on');
  assert.deepEqual(told.askedForNothing, [], 'asked about what is explained');
  assert.ok(halted > 100 && explainable > 1_000);
});
