/** The oracle: a run in which all is well breaks nothing, and each violation is found, by its own invariant alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import type { GateRecord } from '../../../workflows/domain/record.js';
import {
  call,
  CALLS,
  EVIDENCE,
  FIRST,
  GATE,
  GOOD,
  HEARD,
  pass,
  record,
  REPORT,
  RULES,
  SENT,
  SHOWN,
} from './example.js';
import { NO_FACTS, type Call, type Facts, type Heard } from './facts.js';
import { judge } from './judge.js';

const without = (activity: string) => CALLS.filter((call) => call.activity !== activity);
const AGAIN = 'i:gate:exposure:1:opened again';
const waiting = { workflowId: 'recovery/i', forMs: 7_200_000 };

const stages = (first: Call) => ({
  calls: CALLS.map((each) => (each === FIRST ? first : each)),
});
const windows = (change: Partial<Call>) => ({
  calls: CALLS.map((each) => (each.beganAtMs === 81 ? { ...each, ...change } : each)),
});
const rulesWith = (gates: object) =>
  RecoveryPolicy.parse({ ...RULES, gates: { ...RULES.gates, remindAfterMs: 1, ...gates } });
const REJECTED = { ...GATE.decisions[0]!, answer: 'reject' as const };

const lowered = (key: string): Call[] => {
  const atMs = key === 'down' ? 98 : 108;
  return [
    call('applyStage', atMs, { percent: key === 'down' ? 50 : 25, key }),
    call('watchEngine', atMs + 2, pass),
  ];
};

function ending(outcome: 'halted' | 'cancelled', gates = [GATE]): Partial<Facts> {
  const reports = [{ incidentId: 'i', outcome }];
  return { incidents: [record({ outcome, gates })], reports };
}

function handedOver(atMs: number, life: { diedAtMs?: number } = {}): Partial<Facts> {
  const gate: GateRecord = {
    ...GATE,
    gateId: 'i:manual_recovery',
    kind: 'manual_recovery',
    openedAtMs: atMs,
    closedAtMs: atMs + 1,
  };
  const of = (key: string) => key.replace('exposure', 'manual_recovery');
  return {
    rules: null,
    calls: CALLS.filter(({ atMs: doneMs }) => doneMs < atMs),
    trading: [],
    ...ending('halted', [gate]),
    lives: GOOD.lives.map((each) => ({
      ...each,
      diedAtMs: each.diedAtMs ?? life.diedAtMs ?? null,
    })),
    heard: HEARD.map((each) => ({ ...each, key: of(each.key) })),
    sent: [{ ...SENT, gateId: 'i:manual_recovery' }],
  };
}

function heldAndReleased(): Heard[] {
  const of = { incidentId: 'e', state: 'alarm' as const };
  return [
    { ...of, atMs: 140, key: 'e/e-e1:held' },
    { ...of, atMs: 160, key: 'steering/e:release:160' },
  ];
}

function crashedTwice(): Partial<Facts> {
  const again = { ...REPORT, detectedAtMs: 90 };
  return { incidents: [record({ crashes: [REPORT, again] })] };
}

function approvedByThemselves(): Partial<Facts> {
  return { ...handedOver(75, { diedAtMs: 70 }), begun: [{ incidentId: 'i', by: 'rita' }] };
}

/** What is broken, by which invariant it is found, and how the facts differ. */
const BROKEN: [what: string, invariant: string, change: Partial<Facts>][] = [
  ['an intent is done twice', 'I1', { effects: [...GOOD.effects, ...GOOD.effects] }],
  [
    'an order is cancelled twice',
    'I1',
    { effects: [1, 2].map((atMs) => ({ atMs, what: 'cancel', key: 'cancel binance 7' })) },
  ],
  [
    'a grant sets limits by two keys',
    'I1',
    { effects: ['a', 'b'].map((what) => ({ atMs: 80, what, key: '/limits of i:e1:ramp-0' })) },
  ],
  ['orders are not looked up first', 'I2', { calls: without('recoverOpenOrders') }],
  ['trading on another start', 'I2', { calls: without('startEngine') }],
  [
    'a new attempt reconciles nothing',
    'I2',
    { rules: null, calls: [...CALLS, { ...EVIDENCE, atMs: 97 }, { ...FIRST, atMs: 98 }] },
  ],
  [
    'trading while a gate is open',
    'I2',
    { incidents: [record({ gates: [{ ...GATE, closedAtMs: 99 }] })] },
  ],
  [
    'trading above an exposure that nobody approved',
    'I2',
    {
      calls: CALLS.map((each) =>
        each.activity === 'checkMarket' ? { ...each, doubt: 'volatility' } : each,
      ),
    },
  ],
  [
    'trading by a look from before people were asked',
    'I2',
    {
      calls: CALLS.map((each) =>
        each.activity === 'measureExposure' ? { ...each, beganAtMs: 56 } : each,
      ),
    },
  ],
  [
    'trading with money that nobody was asked about',
    'I2',
    { happened: [{ kind: 'more', at: { afterMs: 0 }, ms: 0, what: 'money is missing' }] },
  ],
  ['two live engines', 'I3', { lives: GOOD.lives.map((life) => ({ ...life, diedAtMs: null })) }],
  [
    'a lower epoch',
    'I3',
    { lives: [...GOOD.lives.slice(0, 1), { ...GOOD.lives[1]!, bornAtMs: 6, epoch: -1 }] },
  ],
  [
    'a book that differs as it resumes',
    'I4',
    {
      compared: [{ ...GOOD.compared[0]!, differences: ['o1 rests, and the engine does not know'] }],
    },
  ],
  [
    'an order told as gone that rests',
    'I4',
    { fates: [{ order: 'o1', told: 'cancelled', truths: ['open'], isFilledSo: true }] },
  ],
  ['an order told with another fill', 'I4', { fates: [{ ...GOOD.fates[0]!, isFilledSo: false }] }],
  [
    'a step without an end',
    'I5',
    { incidents: [record({ steps: [{ ...record().steps[0]!, endedAtMs: null }] })] },
  ],
  ['a crash that is not counted', 'I5', crashedTwice()],
  ['no report', 'I5', { reports: [] }],
  ['a report of another end', 'I5', { reports: [{ incidentId: 'i', outcome: 'halted' }] }],
  ['no notice of the end', 'I5', { heard: HEARD.slice(0, 2) }],
  [
    'terminated, and nobody hears of it',
    'I5',
    { closed: [{ incidentId: 'i', how: 'terminated', atMs: 101 }] },
  ],
  ['a recovery that fails', 'I5', { closed: [{ incidentId: 'i', how: 'failed', atMs: 100 }] }],
  ['a question that was never told', 'I6', { heard: HEARD.slice(1) }],
  ['a question told under two names', 'I6', { heard: [...HEARD, { ...HEARD[0]!, key: AGAIN }] }],
  ['an answer that was never told', 'I6', { heard: HEARD.filter((_, at) => at !== 1) }],
  ['asked in a circle', 'I6', { incidents: [record({ gates: Array(30).fill(GATE) })] }],
  ['asked, and there is no question', 'I6', { incidents: [record({ gates: [] })] }],
  ['people asked for what needs nobody', 'I6', { needsNobody: true }],
  [
    'expired without a reminder',
    'I6',
    {
      rules: rulesWith({ remindAfterMs: 5, expiresAfterMs: 10 }),
      calls: [],
      trading: [],
      ...ending('halted', [{ ...GATE, outcome: 'expired', decisions: [] }]),
      heard: HEARD.map((each, at) => (at === 1 ? { ...each, state: 'expired' } : each)),
    },
  ],
  ['handed over while it lives', 'I6', handedOver(75)],
  ['orders of who is stopped are left', 'I6', handedOver(97, { diedAtMs: 96 })],
  [
    'released, and its death is forgotten',
    'I6',
    {
      lives: GOOD.lives.map((life) => ({ ...life, diedAtMs: life.diedAtMs ?? 150 })),
      heard: [...HEARD, ...heldAndReleased()],
    },
  ],
  [
    'recovered, and no engine lives',
    'I6',
    { lives: GOOD.lives.map((life) => ({ ...life, diedAtMs: life.diedAtMs ?? 150 })) },
  ],
  ['cancelled by nobody', 'I6', ending('cancelled')],
  ['stuck, and nobody knows', 'I6', { open: [{ ...waiting, questions: [] }] }],
  ['a question nobody was told of', 'I6', { open: [{ ...waiting, questions: ['i:x'] }] }],
  ['a secret in a text', 'I7', { texts: [{ where: 'report', text: 'key s3cr3t' }] }],
  ['more than was granted', 'I8', { trading: [{ ...GOOD.trading[0]!, percent: 75 }] }],
  ['a first stage that is not the lowest', 'I8', stages({ ...FIRST, percent: 100 })],
  ['a stage that nobody watched', 'I8', { calls: without('watchEngine') }],
  ['a window of which nobody has heard', 'I8', windows({ isHeard: false })],
  ['a stage without its books', 'I8', { calls: without('compareBooks') }],
  ['a stage after a window that failed', 'I8', windows({ said: 'fail' })],
  ['a stage that comes too soon', 'I8', stages({ ...FIRST, atMs: 84 })],
  ['recovered at half of it', 'I8', { calls: CALLS.slice(0, 9) }],
  [
    'raised although a window has failed',
    'I8',
    { calls: [...CALLS.slice(0, 8), call('watchEngine', 85, { said: 'fail' }), ...CALLS.slice(8)] },
  ],
  [
    'lowered more often than is allowed',
    'I8',
    { rules: rulesWith({}), calls: [...CALLS, ...lowered('down'), ...lowered('again')] },
  ],
  [
    'granted against the kill switch',
    'I8',
    { incidents: [record({ killSwitch: { reason: '', by: 'ada', atMs: 75 } })] },
  ],
  [
    'granted while the switch is engaged at its host',
    'I8',
    { switched: [{ fromMs: 91, toMs: 100 }] },
  ],
  ['strategies before their limits', 'I8', { enabled: [{ ...GOOD.granted[0]!, atMs: 79 }] }],
  [
    'a window that passes in silence',
    'I8',
    {
      rules: rulesWith({}),
      silent: [{ fromMs: 97, toMs: 20_000 }],
      calls: CALLS.map((each) => (each.beganAtMs === 95 ? { ...each, atMs: 20_000 } : each)),
    },
  ],
  [
    'recovered, and it does not trade',
    'I8',
    { trading: [GOOD.trading[0]!, { ...GOOD.trading[0]!, atMs: 150, percent: 0 }] },
  ],
  ['another command on replay', 'I9', { differed: ['recovery/i'] }],
  ['approved by a forged signature', 'I10', { sent: [{ ...SENT, isGenuine: false }] }],
  [
    'approved, and no decision is kept',
    'I10',
    { incidents: [record({ gates: [{ ...GATE, decisions: [] }] })] },
  ],
  ['approved by who had it begin', 'I10', approvedByThemselves()],
  ['approved by too few', 'I10', { rules: rulesWith({ quorum: 2 }) }],
  [
    'approved against a rejection',
    'I10',
    {
      sent: [SENT, { ...SENT, answer: 'reject' }],
      incidents: [record({ gates: [{ ...GATE, decisions: [...GATE.decisions, REJECTED] }] })],
    },
  ],
  ['approved later than the rules let', 'I10', { rules: rulesWith({ expiresAfterMs: 6 }) }],
  ['approved after the deadline', 'I10', { sent: [{ ...SENT, isInTime: false }] }],
  [
    'approved by who is heard too late',
    'I10',
    { incidents: [record({ gates: [{ ...GATE, shown: { ...SHOWN, expiresAtMs: 56 } }] })] },
  ],
  ['told twice', 'I11', { heard: [...HEARD, HEARD[2]!] }],
];

test('a run in which all is well breaks nothing', () => {
  assert.deepEqual(judge(GOOD), []);
  assert.deepEqual(judge(NO_FACTS), []);
});

test('who had a recovery begin may say no to it, and yes to other questions', () => {
  assert.deepEqual(judge({ ...GOOD, begun: [{ incidentId: 'i', by: 'rita' }] }), []);
});

test('what waits at a question that people know of is not stuck', () => {
  const asked = { atMs: 1, incidentId: 'j', key: 'i:x:1:asked', state: 'asked' as const };
  const facts = { ...GOOD, open: [{ ...waiting, questions: ['i:x'] }] };
  assert.deepEqual(judge({ ...facts, heard: [...GOOD.heard, asked] }), []);
});

for (const [what, invariant, change] of BROKEN) {
  test(`${what} is found by ${invariant}`, () => {
    const found = new Set(judge({ ...GOOD, ...change }).map((breach) => breach.invariant));
    assert.deepEqual([...found], [invariant]);
  });
}
