/** A plan that breaks, made small: against predicates of which it is known what they need. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault, Plan } from './plan.js';
import { shrunk } from './shrink.js';

const fault = (afterMs: number, ms = 0): Fault => ({
  kind: 'cut_off',
  at: { afterMs },
  ms,
  what: '',
});
const PLAN: Plan = Array.from({ length: 20 }, (_, at) => fault(at));
const has = (plan: Plan, afterMs: number) =>
  plan.some(({ at }) => 'afterMs' in at && at.afterMs === afterMs);

test('two faults of twenty that break together are what is left', async () => {
  const found = await shrunk(PLAN, async (plan) => has(plan, 3) && has(plan, 17), 500);
  assert.deepEqual(found, [fault(3), fault(17)]);
});

test('what breaks without any fault is left with none', async () => {
  assert.deepEqual(await shrunk(PLAN, async () => true, 500), []);
});

test('delays are halved as long as it breaks', async () => {
  const long = async ([one]: Plan) => (one?.ms ?? 0) >= 100;
  const [left] = await shrunk([fault(0, 1_000)], long, 500);
  assert.equal(left?.ms, 125);
});

test('no plan is tried twice, and no more than may be', async () => {
  const tried: string[] = [];
  const breaks = async (plan: Plan) => {
    tried.push(JSON.stringify(plan));
    return plan.length > 11;
  };
  const found = await shrunk(PLAN, breaks, 30);
  assert.equal(new Set(tried).size, tried.length);
  assert.ok(tried.length <= 30);
  assert.ok(found.length > 11);
});
