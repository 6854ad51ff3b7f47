/** `relight status` headlines, what it prints again, and how `--wait` ends. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { EngineStatus } from '../../../../clients/cli/operations.js';
import { StatusAnswer } from '../../../../clients/cli/answers/status.js';
import type { EngineState } from '../../../../workflows/domain/readiness/standing.js';
import { emptyReport } from '../../report/sample-report.js';
import { standingOf } from '../fixtures/standings.js';
import { run } from '../run.js';

function statusIn(state: EngineState, change: Partial<EngineStatus> = {}): EngineStatus {
  return {
    engineId: 'desk',
    standing: standingOf(state),
    killSwitch: { engaged: false, reason: '' },
    killSwitches: [],
    guardian: null,
    recovery: null,
    gate: null,
    unread: [],
    ...change,
  };
}

async function said(t: TestContext, shown: EngineStatus) {
  return run(t, { status: async () => shown }, 'status');
}

for (const [state, words, code] of [
  ['trading', 'TRADING', 0],
  ['waiting', 'WAITING FOR YOU', 0],
  ['stopped', 'STOPPED', 0],
  ['not_watched', 'NOT WATCHED', 3],
  ['not_known', 'NOT KNOWN', 0],
] as const) {
  test(`an engine that is ${state} begins with that, and why`, async (t) => {
    const ended = await said(t, statusIn(state));
    assert.ok(ended.stdout.startsWith(`desk: ${words}\n  for the test\n`), ended.stdout);
    assert.equal(ended.code, code);
  });
}

test('a recovery says how much of the limits it has granted', async (t) => {
  const standing = standingOf('recovering', { percent: 50 });
  assert.match(
    (await said(t, statusIn('recovering', { standing }))).stdout,
    /^desk: RECOVERING 50 %\n/,
  );
});

test('who looks after it is told one by one, the dead in capitals', async (t) => {
  const dead = { state: 'dead' as const, says: 'no agent runs' };
  const { parts } = standingOf('trading');
  const standing = standingOf('not_watched', { parts: { ...parts, agent: dead } });
  const { stdout } = await said(t, statusIn('not_watched', { standing }));
  assert.match(stdout, /^ {2}agent {2}DEAD: no agent runs\n {2}worker alive: /m);
});

test('of a step that was tried again the last try is shown, and how many there were', async (t) => {
  const { record } = emptyReport();
  const step = { name: 'analyse' as const, attempts: 1, status: 'done' as const };
  const recovery = {
    ...record,
    crashes: [{}, {}] as never,
    steps: [
      { ...step, startedAtMs: 1, endedAtMs: 2, detail: 'first' },
      { ...step, startedAtMs: 3, endedAtMs: 4, detail: 'second' },
    ],
  };
  const { stdout } = await said(t, statusIn('recovering', { recovery }));
  assert.match(stdout, /2 attempts, the last:\n {4}done .*second/);
  assert.doesNotMatch(stdout, /first/);
});

test('times are told by the clock of the wall, with how long ago', async (t) => {
  const { record } = emptyReport();
  const recovery = { ...record, startedAtMs: Date.now() - 23 * 60_000 - 5_000, endedAtMs: null };
  const { stdout } = await said(t, statusIn('recovering', { recovery }));
  assert.match(stdout, /began \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\S* \(23 min \d+ s ago\)/);
});

test('--json has how it stands by its schema', async (t) => {
  const shown = statusIn('recovering', { standing: standingOf('recovering', { percent: 75 }) });
  const { stdout } = await run(t, { status: async () => shown }, 'status', '--json');
  const [first] = StatusAnswer.parse(JSON.parse(stdout));
  assert.deepEqual([first?.standing.state, first?.standing.percent], ['recovering', 75]);
});

/** One look after the other; the last one stays. */
async function waited(t: TestContext, states: readonly EngineState[], ...args: string[]) {
  let looks = 0;
  const status = async () => {
    const state = states[Math.min(looks, states.length - 1)] ?? 'trading';
    looks += 1;
    return statusIn(state);
  };
  return { ...(await run(t, { status }, 'status', '--wait', ...args)), looks: () => looks };
}

test('--wait ends when all trade', async (t) => {
  const { code, stdout } = await waited(t, ['recovering', 'trading']);
  assert.equal(code, 0);
  assert.equal(stdout.match(/^desk: /gm)?.length, 1);
  assert.match(stdout, /^desk: TRADING/);
});

test('--wait ends at once where a person must answer', async (t) => {
  const { code, stdout } = await waited(t, ['recovering', 'waiting', 'trading']);
  assert.equal(code, 6);
  assert.match(stdout, /^desk: WAITING FOR YOU/);
});

test('--wait takes an engine for stopped that stays so, and not one that has just died', async (t) => {
  assert.equal((await waited(t, ['stopped', 'recovering', 'trading'])).code, 0);
});

test('--wait ends where an engine is stopped, and where the time is up', async (t) => {
  assert.equal((await waited(t, ['stopped'])).code, 7);
});

test('--wait ends when the time is up', async (t) => {
  const ended = await waited(t, ['not_watched'], '--timeout', '1s');
  assert.equal(ended.code, 8);
  assert.match(ended.stdout, /^desk: NOT WATCHED/);
  assert.match(ended.stderr, /the time is up/);
});

test('without a terminal --watch prints what has changed, and nothing again', async (t) => {
  const states = ['recovering', 'recovering', 'recovering', 'waiting'] as const;
  const { stdout, code } = await waited(t, states, '--watch');
  assert.equal(code, 6);
  assert.equal(stdout.match(/^desk: RECOVERING/gm)?.length, 1, stdout);
  assert.equal(stdout.match(/^desk: WAITING FOR YOU/gm)?.length, 1);
});
