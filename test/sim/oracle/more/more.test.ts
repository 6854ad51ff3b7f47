/** What was added to the oracle for planted bugs: each violation is found, by its own invariant alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GateRecord } from '../../../../workflows/domain/record.js';
import { call, CALLS, GATE, GOOD, HEARD, record, REPORT, RULES, SENT } from '../example.js';
import type { Call, Facts } from '../facts.js';
import { handedOverStopped } from '../handed-over.js';
import { judge } from '../judge.js';

const EARLIER: Call[] = CALLS.slice(0, 1);
const LATER: Call[] = CALLS.slice(1);

/** Beside the others, after the first of them. */
const beside = (...calls: Call[]) => ({ calls: [...EARLIER, ...calls, ...LATER] });

const measured = (figure: string) =>
  CALLS.map((each) => (each.activity === 'measureExposure' ? { ...each, figure } : each));

const PAUSED: GateRecord = {
  ...GATE,
  gateId: 'i:ramp_paused',
  kind: 'ramp_paused',
  openedAtMs: 97,
  closedAtMs: 98,
  outcome: 'withdrawn',
  decisions: [],
};

function steppedDown(calls: readonly Call[]): Partial<Facts> {
  const of = { incidentId: 'i' };
  return {
    rules: null,
    calls: [...CALLS, ...calls],
    incidents: [record({ gates: [GATE, PAUSED] })],
    steered: [{ sentAtMs: 95, command: 'step_down', ...of }],
    heard: [
      ...HEARD,
      { atMs: 97, key: 'i:gate:ramp_paused:1:opened', state: 'asked', ...of },
      { atMs: 98, key: 'i:gate:ramp_paused:1:withdrawn', state: 'withdrawn', ...of },
    ],
  };
}

function diedMeanwhile(askedAtMs: number): Partial<Facts> {
  return {
    taken: [{ sentAtMs: 51, atMs: 52, instanceId: 'by-hand', incidentId: 'i', how: 'joined' }],
    shown: [{ gateId: GATE.gateId, attempt: 1, askedAtMs }],
  };
}

function armed(readAtMs: number): Partial<Facts> {
  const switched = call('containRisk', 12, { said: 'armed' });
  return {
    rules: { ...RULES, deadManSwitchMs: 10 },
    ...beside(switched, call('takeSnapshot', readAtMs)),
  };
}

const FAILED = call('containRisk', 12, { said: 'failed' });

/** What is broken, by which invariant it is found, and how the facts differ; then the same without the fault. */
const BROKEN: [what: string, invariant: string, is: Partial<Facts>, isNot: Partial<Facts>][] = [
  [
    'approved by who may only later',
    'I10',
    { sent: [{ ...SENT, fromMs: 60 }] },
    { sent: [{ ...SENT, fromMs: 57 }] },
  ],
  ['a death that is told from elsewhere', 'I10', { home: 'there' }, { home: REPORT.host }],
  [
    'an epoch that leaps',
    'I3',
    { calls: [...CALLS, call('startEngine', 98, { epoch: 5_000 })] },
    { calls: [...CALLS, call('startEngine', 98, { epoch: 1_001 })] },
  ],
  [
    'more at stake than was shown',
    'I2',
    { calls: measured('200'), sent: [{ ...SENT, figure: '100' }] },
    { calls: measured('200'), sent: [{ ...SENT, figure: '199' }] },
  ],
  ['orders from before a switch fires', 'I2', armed(20), armed(24)],
  [
    'orders that are left, and nobody hears of it',
    'I6',
    beside(FAILED),
    {
      ...beside(FAILED),
      heard: [...HEARD, { atMs: 13, incidentId: 'i', key: 'left', state: 'not_contained' }],
    },
  ],
  ['a question from before it died again', 'I6', diedMeanwhile(54), diedMeanwhile(51)],
  [
    'a ramp that does not step down',
    'I8',
    steppedDown([]),
    steppedDown([call('applyStage', 97, { percent: 75, key: 'down' })]),
  ],
];

for (const [what, invariant, is, isNot] of BROKEN) {
  test(`${what} is found by ${invariant}`, () => {
    const found = new Set(judge({ ...GOOD, ...is }).map((breach) => breach.invariant));
    assert.deepEqual([...found], [invariant]);
    const others = judge({ ...GOOD, ...isNot }).filter((breach) => breach.invariant === invariant);
    assert.deepEqual(others, []);
  });
}

test('a window that failed, and of which nobody has heard, is watched again', () => {
  const lost = call('watchEngine', 85, { said: 'fail', isHeard: false });
  assert.deepEqual(judge({ ...GOOD, calls: [...CALLS.slice(0, 8), lost, ...CALLS.slice(8)] }), []);
});

test('what could not be stopped is told beside the question, by its name', () => {
  const gate = { ...GATE, kind: 'manual_recovery' as const, openedAtMs: 75 };
  const facts = { ...GOOD, calls: [], incidents: [record({ gates: [gate] })] };
  const alarm = (key: string) => ({ atMs: 76, incidentId: 'i', key, state: 'alarm' as const });
  const told = (key: string) => handedOverStopped({ ...facts, heard: [...HEARD, alarm(key)] });
  assert.deepEqual(told('i:stop-failed:e1:e-e1'), []);
  assert.match(told('i:stop-failed:e1:e-e2')[0] ?? '', /e-e1 lives/);
});
