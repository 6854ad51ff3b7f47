/** What is done so that every open recovery has its code, case by case. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GONE_AFTER_MS, type VersionedRun } from '../../../../clients/temporal/versions.js';
import {
  planVersions,
  type Plan,
  type Situation,
} from '../../../../workers/processes/versions/plan.js';

function run(workflowId: string, buildId: string, change: Partial<VersionedRun> = {}) {
  const isGuardian = workflowId.startsWith('engine/');
  return { workflowId, runId: 'r', isGuardian, buildId, isPinned: true, ...change };
}

const guardian = run('engine/a', 'old');
const recovery = run('recovery/a/1', 'old');

function planned(change: Partial<Situation>): Plan {
  return planVersions({
    own: 'new',
    current: 'new',
    silentMs: new Map([['new', 0]]),
    runs: [],
    kept: new Set(['new', 'old']),
    goneAfterMs: GONE_AFTER_MS,
    ...change,
  });
}

const NOTHING: Plan = { makeCurrent: false, beside: [], toTell: [], left: [], toPin: [] };

test('where all is on our version there is nothing to do', () => {
  const runs = [run('engine/a', 'new'), run('recovery/a/1', 'new')];
  assert.deepEqual(planned({ runs }), NOTHING);
});

test('a kept version runs beside while something is open on it, and its guardians are told', () => {
  const runs = [guardian, recovery];
  assert.deepEqual(planned({ runs }), { ...NOTHING, beside: ['old'], toTell: [guardian] });
});

test('what another host runs is left to it, but for the word to its guardians', () => {
  const silentMs = new Map([['old', GONE_AFTER_MS - 1]]);
  const plan = planned({ runs: [guardian, recovery], kept: new Set(['new']), silentMs });
  assert.deepEqual(plan, { ...NOTHING, toTell: [guardian] });
});

test('what is on a version that runs nowhere, and is not kept, is left behind', () => {
  const gone = new Map([['old', GONE_AFTER_MS]]);
  for (const silentMs of [new Map(), gone]) {
    const runs = [guardian, recovery];
    const plan = planned({ runs, kept: new Set(['new']), silentMs });
    assert.deepEqual(plan, { ...NOTHING, left: runs });
  }
});

test('what was taken over from such a version is not taken over again, and is pinned when it has come', () => {
  const onItsWay = run('recovery/a/1', 'old', { isPinned: false });
  const arrived = run('recovery/b/1', 'new', { isPinned: false });
  const plan = planned({ runs: [onItsWay, arrived], kept: new Set(['new']) });
  assert.deepEqual(plan, { ...NOTHING, toPin: [arrived] });
});

test('where nothing takes what begins our version does', () => {
  const gone = new Map([['other', GONE_AFTER_MS]]);
  assert.equal(planned({ current: null }).makeCurrent, true);
  assert.equal(planned({ current: 'other' }).makeCurrent, true);
  assert.equal(planned({ current: 'other', silentMs: gone }).makeCurrent, true);
});

test('a version that another host runs stays the one that takes what begins', () => {
  const plan = planned({
    current: 'other',
    silentMs: new Map([['other', 0]]),
    runs: [guardian, run('engine/b', 'lost')],
  });
  assert.deepEqual(plan, { ...NOTHING, beside: ['old'] });
});

test('a version that somebody has named, and that only we have, is run', () => {
  assert.deepEqual(planned({ current: 'old' }).beside, ['old']);
});
