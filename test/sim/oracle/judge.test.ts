/** The oracle: a run in which all is well breaks nothing, and each violation is found, by its own invariant alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  emptyRecord,
  type GateRecord,
  type RecoveryRecord,
} from '../../../workflows/domain/record.js';
import { NO_FACTS, type Call, type Facts, type Sent } from './facts.js';
import { judge } from './judge.js';

const REPORT = {
  engineId: 'e',
  instance: { instanceId: 'e-e0', pid: 1, startTicks: '1', build: 'b', epoch: 0 },
  suspicion: 'dead' as const,
  probe: 'socket' as const,
  detail: '',
  detectedAtMs: 0,
  host: 'h',
};

const GATE: GateRecord = {
  gateId: 'i:exposure',
  kind: 'exposure',
  attempt: 1,
  question: '?',
  openedAtMs: 50,
  closedAtMs: 60,
  outcome: 'approved',
  decisions: [{ approver: 'rita', answer: 'approve', reason: 'seen', decidedAtMs: 55 }],
};

const SHOWN: NonNullable<GateRecord['shown']> = {
  version: 2,
  namespace: 'default',
  workflowId: 'recovery/i',
  runId: 'r',
  gateId: 'i:exposure',
  kind: 'exposure',
  attempt: 1,
  question: '?',
  onApprove: '',
  onReject: '',
  evidenceHash: '',
  stateDigest: null,
  noStateBecause: null,
  roles: ['risk'],
  quorum: 1,
  openedAtMs: 50,
  expiresAtMs: null,
  rulesDigest: '',
};

const SENT: Sent = {
  atMs: 55,
  gateId: 'i:exposure',
  attempt: 1,
  approver: 'rita',
  answer: 'approve',
  isGenuine: true,
  isInTime: true,
};

function record(change: Partial<RecoveryRecord> = {}): RecoveryRecord {
  const incident = { incidentId: 'i', engineId: 'e', epoch: 1, crashCount: 1, report: REPORT };
  return {
    ...emptyRecord(incident, 'recovery/i', 0),
    outcome: 'recovered',
    endedAtMs: 100,
    steps: [
      { name: 'ramp', startedAtMs: 70, endedAtMs: 90, attempts: 1, status: 'done', detail: '' },
    ],
    gates: [GATE],
    ...change,
  };
}

const CALLS: Call[] = [
  'collectEvidence',
  'reconcilePositions',
  'recoverOpenOrders',
  'startEngine',
  'verifyRiskLimits',
  'measureExposure',
  'checkMarket',
  'applyStage',
].map((activity, at) => ({
  atMs: 10 * (at + 1),
  activity,
  engineId: 'e',
  incidentId: 'i',
  epoch: 1,
}));

const GOOD: Facts = {
  ...NO_FACTS,
  endedAtMs: 200,
  effects: [{ atMs: 1, what: 'start', key: 'i:e1:start' }],
  calls: CALLS,
  lives: [
    { engineId: 'e', instanceId: 'e-e0', epoch: 0, bornAtMs: 0, diedAtMs: 5 },
    { engineId: 'e', instanceId: 'e-e1', epoch: 1, bornAtMs: 40, diedAtMs: null },
  ],
  granted: [{ atMs: 80, engineId: 'e', epoch: 1, percent: 50 }],
  trading: [{ atMs: 81, engineId: 'e', epoch: 1, percent: 50 }],
  compared: [{ atMs: 81, moment: 'resumes', engineId: 'e', epoch: 1, differences: [] }],
  fates: [{ order: 'o1', told: 'filled', truth: 'filled' }],
  incidents: [record()],
  sent: [SENT],
  heard: [{ atMs: 100, incidentId: 'i', key: 'i:recovered', state: 'recovered' }],
  reports: ['i'],
  texts: [{ where: 'record', text: 'all is well' }],
  secrets: ['s3cr3t'],
};

const without = (activity: string) => CALLS.filter((call) => call.activity !== activity);
const waiting = { workflowId: 'recovery/i', forMs: 7_200_000 };

/** What is broken, by which invariant it is found, and how the facts differ. */
const BROKEN: [what: string, invariant: string, change: Partial<Facts>][] = [
  ['an intent is done twice', 'I1', { effects: [...GOOD.effects, ...GOOD.effects] }],
  ['orders are not looked up first', 'I2', { calls: without('recoverOpenOrders') }],
  ['trading on another start', 'I2', { calls: without('startEngine') }],
  [
    'a new attempt reconciles nothing',
    'I2',
    { calls: [...CALLS, { ...(CALLS[0] as Call), atMs: 90 }, { ...(CALLS[7] as Call), atMs: 95 }] },
  ],
  [
    'trading while a gate is open',
    'I2',
    { incidents: [record({ gates: [{ ...GATE, closedAtMs: 99 }] })] },
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
    { fates: [{ order: 'o1', told: 'cancelled', truth: 'open' }] },
  ],
  [
    'a step without an end',
    'I5',
    { incidents: [record({ steps: [{ ...record().steps[0]!, endedAtMs: null }] })] },
  ],
  ['no report', 'I5', { reports: [] }],
  ['no notice of the end', 'I5', { heard: [] }],
  [
    'recovered, and no engine lives',
    'I6',
    { lives: GOOD.lives.map((life) => ({ ...life, diedAtMs: life.diedAtMs ?? 150 })) },
  ],
  ['stuck, and nobody knows', 'I6', { open: [{ ...waiting, questions: [] }] }],
  ['a question nobody was told of', 'I6', { open: [{ ...waiting, questions: ['i:x'] }] }],
  ['a secret in a text', 'I7', { texts: [{ where: 'report', text: 'key s3cr3t' }] }],
  ['more than was granted', 'I8', { trading: [{ ...GOOD.trading[0]!, percent: 75 }] }],
  ['another command on replay', 'I9', { differed: ['recovery/i'] }],
  ['approved by a forged signature', 'I10', { sent: [{ ...SENT, isGenuine: false }] }],
  ['approved after the deadline', 'I10', { sent: [{ ...SENT, isInTime: false }] }],
  [
    'approved by who is heard too late',
    'I10',
    { incidents: [record({ gates: [{ ...GATE, shown: { ...SHOWN, expiresAtMs: 59 } }] })] },
  ],
  ['told twice', 'I11', { heard: [...GOOD.heard, ...GOOD.heard] }],
];

test('a run in which all is well breaks nothing', () => {
  assert.deepEqual(judge(GOOD), []);
  assert.deepEqual(judge(NO_FACTS), []);
});

test('what waits at a question that people know of is not stuck', () => {
  const asked = { atMs: 1, incidentId: 'i', key: 'i:x:1:asked', state: 'asked' as const };
  const facts = { ...GOOD, open: [{ ...waiting, questions: ['i:x'] }] };
  assert.deepEqual(judge({ ...facts, heard: [...GOOD.heard, asked] }), []);
});

for (const [what, invariant, change] of BROKEN) {
  test(`${what} is found by ${invariant}`, () => {
    const found = new Set(judge({ ...GOOD, ...change }).map((breach) => breach.invariant));
    assert.deepEqual([...found], [invariant]);
  });
}
