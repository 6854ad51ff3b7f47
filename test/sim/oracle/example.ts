/** A run in which all is well, for tests that break it. */
import { RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import {
  emptyRecord,
  type GateRecord,
  type RecoveryRecord,
} from '../../../workflows/domain/record.js';
import { NO_FACTS, type Call, type Facts, type Heard, type Sent } from './facts.js';

export const REPORT = {
  engineId: 'e',
  instance: { instanceId: 'e-e0', pid: 1, startTicks: '1', build: 'b', epoch: 0 },
  suspicion: 'dead' as const,
  probe: 'socket' as const,
  detail: '',
  detectedAtMs: 0,
  host: 'h',
};

export const RULES = RecoveryPolicy.parse({
  ramp: {
    stages: [
      { percent: 50, strategies: 'low', soakMs: 5, monitorMs: 5 },
      { percent: 100, strategies: 'all', soakMs: 0, monitorMs: 0 },
    ],
  },
});

export const GATE: GateRecord = {
  gateId: 'i:exposure',
  kind: 'exposure',
  attempt: 1,
  question: '?',
  openedAtMs: 50,
  closedAtMs: 57,
  outcome: 'approved',
  decisions: [{ approver: 'rita', answer: 'approve', reason: 'seen', decidedAtMs: 55 }],
};

export const SHOWN: NonNullable<GateRecord['shown']> = {
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

export const SENT: Sent = {
  atMs: 55,
  gateId: 'i:exposure',
  attempt: 1,
  approver: 'rita',
  answer: 'approve',
  isGenuine: true,
  isInTime: true,
  fromMs: null,
  figure: null,
};

export function record(change: Partial<RecoveryRecord> = {}): RecoveryRecord {
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

export function call(activity: string, atMs: number, change: Partial<Call> = {}): Call {
  const about = { engineId: 'e', incidentId: 'i', epoch: 1 };
  const found = { key: null, percent: null, said: null, doubt: null, cancels: null };
  const world = { instanceId: null, figure: null, isHeard: true };
  return { beganAtMs: atMs - 1, atMs, activity, ...about, ...found, ...world, ...change };
}

export const pass = { said: 'pass' };
export const CALLS: Call[] = [
  ...[
    'collectEvidence',
    'reconcilePositions',
    'recoverOpenOrders',
    'startEngine',
    'verifyRiskLimits',
    'measureExposure',
    'checkMarket',
  ].map((activity, at) => call(activity, 10 * (at + 1))),
  call('applyStage', 80, { percent: 50, key: 'low' }),
  call('watchEngine', 90, { ...pass, beganAtMs: 81 }),
  call('compareBooks', 92),
  call('applyStage', 94, { percent: 100, key: 'full' }),
  call('watchEngine', 96, pass),
];
export const [EVIDENCE, FIRST] = [CALLS[0]!, CALLS[7]!];

export const HEARD: Heard[] = [
  { atMs: 51, incidentId: 'i', key: 'i:gate:exposure:1:opened', state: 'asked' },
  { atMs: 61, incidentId: 'i', key: 'i:gate:exposure:1:answered', state: 'answered' },
  { atMs: 100, incidentId: 'i', key: 'i:recovered', state: 'recovered' },
];

export const GOOD: Facts = {
  ...NO_FACTS,
  endedAtMs: 200,
  effects: [{ atMs: 1, what: 'start', key: 'i:e1:start' }],
  calls: CALLS,
  lives: [
    { engineId: 'e', instanceId: 'e-e0', epoch: 0, bornAtMs: 0, diedAtMs: 5 },
    { engineId: 'e', instanceId: 'e-e1', epoch: 1, bornAtMs: 40, diedAtMs: null },
  ],
  rules: RULES,
  granted: [
    { atMs: 80, engineId: 'e', epoch: 1, percent: 50 },
    { atMs: 94, engineId: 'e', epoch: 1, percent: 100 },
  ],
  trading: [
    { atMs: 81, engineId: 'e', epoch: 1, percent: 50 },
    { atMs: 150, engineId: 'e', epoch: 1, percent: 100 },
  ],
  compared: [{ atMs: 81, moment: 'resumes', engineId: 'e', epoch: 1, differences: [] }],
  fates: [{ order: 'o1', told: 'filled', truths: ['filled'], isFilledSo: true }],
  closed: [{ incidentId: 'i', how: 'completed', atMs: 100 }],
  incidents: [record()],
  sent: [SENT],
  heard: HEARD,
  reports: [{ incidentId: 'i', outcome: 'recovered' }],
  texts: [{ where: 'record', text: 'all is well' }],
  secrets: ['s3cr3t'],
};
