/** Faults by a seed: the same for the same seed, each kind for itself, none in most seeds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawPlan, type Repertoire } from './draw.js';
import { FAILPOINTS, failpointPlan, STEP_ACTIVITIES } from './failpoints.js';
import { FAULT_KINDS, isFound, Plan } from './plan.js';

const SEEDS = Array.from({ length: 300 }, (_, at) => `${at}`);
const ALL: Repertoire = {
  kinds: Object.fromEntries(FAULT_KINDS.map((kind) => [kind, ['']])),
  usual: ['startEngine', 'applyStage'],
  others: ['stopEngine'],
  ports: ['port:fence.raise'],
  lastsMs: 5_000,
};

test('a seed has the same plan each time, and it is JSON', () => {
  for (const seed of SEEDS) {
    const plan = drawPlan(seed, 'harsh', ALL);
    assert.deepEqual(drawPlan(seed, 'harsh', ALL), plan);
    assert.deepEqual(Plan.parse(JSON.parse(JSON.stringify(plan))), plan);
  }
});

test('each kind is on in about a third of the seeds, and they differ in which', () => {
  const plans = SEEDS.map((seed) => new Set(drawPlan(seed, 'light', ALL).map(({ kind }) => kind)));
  for (const kind of FAULT_KINDS) {
    const share = plans.filter((kinds) => kinds.has(kind)).length / plans.length;
    assert.ok(share > 0.25 && share < 0.45, `${kind} is on in ${share}`);
  }
  assert.ok(new Set(plans.map((kinds) => [...kinds].join())).size > 100);
});

test('a kind that is left out moves no other', () => {
  const { person: _, ...others } = ALL.kinds;
  for (const seed of SEEDS) {
    const plan = drawPlan(seed, 'harsh', ALL).filter(({ kind }) => kind !== 'person');
    assert.deepEqual(drawPlan(seed, 'harsh', { ...ALL, kinds: others }), plan);
  }
});

test('there are no faults in no mix, and at most one of a kind in the light one', () => {
  for (const seed of SEEDS) {
    assert.deepEqual(drawPlan(seed, 'none', ALL), []);
    const kinds = drawPlan(seed, 'light', ALL).map(({ kind }) => kind);
    assert.equal(new Set(kinds).size, kinds.length);
  }
});

test('thirteen steps have four points with three mishaps, each once, then pairs', () => {
  assert.equal(FAILPOINTS.length, 13 * 4 * 3);
  const singles = FAILPOINTS.map((_, at) => failpointPlan(at));
  assert.equal(new Set(singles.map((plan) => JSON.stringify(plan))).size, FAILPOINTS.length);
  const pair = failpointPlan(FAILPOINTS.length + 7);
  assert.deepEqual(pair, [FAILPOINTS[7], FAILPOINTS[8]]);
});

test('where containment is to be hit, the rules have something contained', () => {
  for (const [number, { at }] of FAILPOINTS.entries()) {
    const isHit = 'of' in at && at.of === STEP_ACTIVITIES.contain;
    const rules = failpointPlan(number).filter(({ kind }) => kind === 'rules');
    assert.equal(rules.length, isHit ? 1 : 0);
  }
});

test('what an incident is about is of six kinds, two of them what was added for planted bugs', () => {
  const kinds = FAULT_KINDS.filter((kind) =>
    isFound({ kind, at: { afterMs: 0 }, ms: 0, what: '' }),
  );
  assert.deepEqual(kinds.toSorted(), ['accounts', 'books', 'checks', 'more', 'rules', 'situation']);
});
