/** Recovery reports for the tests: a rich one, an almost empty one and a very long one. */
import {
  countVerdicts,
  type Verdict,
} from '../../../workflows/domain/reconciliation/reconciliation.js';
import { RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import { countResolutions } from '../../../workflows/domain/orders/resolution.js';
import {
  emptyRecord,
  type RecoveryRecord,
  type RecoveryReport,
  type StepName,
  type StepRecord,
} from '../../../workflows/domain/record.js';
import {
  ADJUSTMENTS,
  adjustment,
  forcedLine,
  line,
  resolution,
  wideLine,
} from './sample-tables.js';

const CRASH = Date.UTC(2025, 2, 14, 3, 12, 7, 482);
const DIGEST = '9f'.repeat(32);
const ref = (kind: string) => ({ kind, sha256: 'ab'.repeat(32), bytes: 4096 });

export function step(name: StepName, from: number, to: number | null, detail = ''): StepRecord {
  const endedAtMs = to === null ? null : CRASH + to * 1000;
  const status = to === null ? 'waiting' : 'done';
  return { name, startedAtMs: CRASH + from * 1000, endedAtMs, attempts: 1, status, detail };
}

const CRASH_REPORT = {
  engineId: 'mm-1',
  instance: {
    instanceId: 'mm-1-a81',
    pid: 4711,
    startTicks: '991',
    build: '2.8.1+g1f2e',
    epoch: 3,
  },
  suspicion: 'dead',
  probe: 'socket',
  detail: 'pidfd became readable; exit by signal 11',
  detectedAtMs: CRASH,
  host: 'trade-host-3',
} as const;

export function emptyReport(): RecoveryReport {
  const incident = { incidentId: 'inc-0001', engineId: 'mm-1', epoch: 3, crashCount: 0 };
  const record: RecoveryRecord = {
    ...emptyRecord({ ...incident, report: CRASH_REPORT }, 'relight-mm-1-inc-0001', CRASH),
    crashes: [],
  };
  return { record, lines: [], resolutions: [], adjustments: [] };
}

const STEPS = [
  step('contain', 0.4, 2.1, 'fenced epoch 3; 2 order sessions closed'),
  step('analyse', 2.1, 9.8, 'core of signal 11 in libmatch.so'),
  step('safety', 9.8, 11.2, 'disk, clock and network are fine'),
  step('load_state', 11.2, 14.9, 'checkpoint 88121 verified, journal replayed to its end'),
  step('reconcile', 14.9, 163.3, 'one unexplained difference; a gate was opened'),
  { ...step('recover_orders', 163.3, 171), attempts: 2 },
  step('start', 171, 196.5, 'instance mm-1-b02 healthy after 3 heartbeats'),
  step('risk', 196.5, 203.4),
  step('market', 203.4, 211),
  step('ramp', 211, 391, '25 %, 50 %, 100 %'),
  step('after', 391, 394.2),
];

const DECISION = {
  approver: 'alice',
  answer: 'approve',
  reason:
    'Checked with the venue desk: the 1.25 BTC is a manual transfer of Thursday, ticket OPS-4411.',
  decidedAtMs: CRASH + 160_000,
} as const;

function richRecord(): Partial<RecoveryRecord> {
  return {
    outcome: 'recovered',
    outcomeDetail:
      'Trading at 100 % of its limits since 03:18:38 UTC with two follow-ups for people.',
    endedAtMs: CRASH + 394_200,
    crashes: [
      CRASH_REPORT,
      {
        ...CRASH_REPORT,
        suspicion: 'hung',
        detail: 'no heartbeat for 5 s',
        detectedAtMs: CRASH + 165_000,
      },
    ],
    crashCount: 2,
    classification: {
      cause: 'segfault',
      confidence: 'certain',
      because: 'core of signal 11',
      signature: 'segfault:onTick:0123456789ab',
      seen: {
        by: 'signature',
        times: 3,
        atMs: CRASH,
        firstMs: CRASH - 4 * 86_400_000,
        lastMs: CRASH - 86_400_000,
      },
    },
    steps: STEPS,
    evidence: {
      folder: '/var/lib/relight/incidents/inc-0001/evidence',
      items: [
        { name: 'core dump', collected: true, detail: '1.2 GiB, sha256 4be1…' },
        { name: 'kernel log', collected: false, detail: 'journalctl: permission denied' },
      ],
    },
    containment: { action: 'fenced', detail: 'epoch 3 may no longer send orders' },
    stateSource: {
      kind: 'checkpoint',
      name: '88121.ckpt',
      ageMs: 4210,
      why: 'newest that verifies',
    },
    warnings: ['binance ETH/USDT:USDT: the long position has no stop order any more.'],
    unknowns: [
      'Whether kraken received the last order before the crash: its history was unreadable.',
    ],
    recoveredCheckpoint: {
      path: '/var/lib/mm-1/checkpoints/88122.ckpt',
      sequence: 88122,
      digest: DIGEST,
      state: ref('state'),
      instanceId: 'mm-1-b02',
      engineDigest: DIGEST,
    },
    exposure: '1204310.5512345678',
    exposureMeasured: {
      total: '1204310.5512345678',
      limit: '1000000',
      unit: ['USDT', 'USD'],
      items: [
        {
          item: 'binance BTC/USDT:USDT',
          quantity: '19.5',
          mark: '61234.5',
          notional: '1194072.75',
        },
      ],
      more: 3,
      unpriced: 0,
    },
    policy: RecoveryPolicy.parse({ risk: { maxExposure: '1000000' }, containment: 'none' }),
    notices: [
      {
        dedupKey: 'inc-0001:gate:discrepancies:1:opened',
        title: 'One position differs by 1.25 BTC',
        severity: 'warning',
        atMs: CRASH + 16_100,
        sent: ['log', 'webhook'],
      },
    ],
    volatility: '0.8 % in 5 minutes, limit 3 %',
    ramp: [
      { percent: 25, strategies: 'low', atMs: CRASH + 212_000, note: 'healthy for 60 s' },
      { percent: 50, strategies: 'medium', atMs: CRASH + 272_000, note: 'healthy for 60 s' },
      { percent: 100, strategies: 'all', atMs: CRASH + 332_000, note: '' },
    ],
    gates: [
      {
        gateId: 'discrepancies-1',
        kind: 'discrepancies',
        attempt: 1,
        question:
          'One position differs by 1.25 BTC that no fill explains. Continue with exchange truth?',
        openedAtMs: CRASH + 16_000,
        closedAtMs: CRASH + 160_000,
        outcome: 'approved',
        decisions: [DECISION],
      },
    ],
    followUps: [
      'Ask kraken for the order history of 03:12 UTC.',
      'Send the core dump to the vendor.',
    ],
  };
}

export function richReport(): RecoveryReport {
  const verdicts: Verdict[] = [
    'match',
    'explained',
    'unknown',
    'unexplained',
    'match',
    'explained',
  ];
  const lines = [
    ...verdicts.map((verdict, index) => line(index, verdict)),
    forcedLine(),
    wideLine(),
  ];
  const resolutions = Array.from({ length: 12 }, (_, index) => resolution(index));
  const record = { ...emptyReport().record, ...richRecord() };
  return withTables({ record, lines, resolutions, adjustments: ADJUSTMENTS });
}

/** Sets the counts of the record from the tables, as the workflow does. */
export function withTables(report: RecoveryReport): RecoveryReport {
  const { record, lines, resolutions, adjustments } = report;
  const counts = countVerdicts(lines);
  return {
    record: {
      ...record,
      reconciliation: {
        counts,
        fillsApplied: 7,
        flowsApplied: 1,
        forced: lines
          .filter(({ forced }) => forced !== '0')
          .map(({ venue, item, forced }) => `${venue} ${item} ${forced}`),
        lines: ref('reconciliation'),
        adjustments: ref('adjustments'),
      },
      orders: { counts: countResolutions(resolutions), resolutions: ref('resolutions') },
    },
    lines,
    resolutions,
    adjustments,
  };
}

export function longReport(): RecoveryReport {
  const lines = Array.from({ length: 10_000 }, (_, index) =>
    line(index, index === 9_999 ? 'unexplained' : 'explained'),
  );
  const resolutions = Array.from({ length: 10_000 }, (_, index) => ({
    ...resolution(0),
    clientOrderId: index === 9_999 ? 'the-one-unknown' : `open-${index}`,
    kind: index === 9_999 ? ('unknown' as const) : ('still_open' as const),
  }));
  const adjustments = lines.map((_, index) => adjustment({ item: `ITEM-${index}` }));
  return withTables({ ...richReport(), lines, resolutions, adjustments });
}
