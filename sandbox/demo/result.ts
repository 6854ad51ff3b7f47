/** The document that `npm start -- --json` prints. Its JSON Schema is docs/demo-result.schema.json. */
import type { Client } from '@temporalio/client';
import { z } from 'zod';
import { GateKind } from '../../workflows/domain/content/gate-kind.js';
import { RESOLUTIONS } from '../../workflows/domain/orders/resolution.js';
import { STEPS, type RecoveryRecord, type StepName } from '../../workflows/domain/record.js';
import { Cause } from '../../workflows/domain/crash/cause/cause.js';
import { Probe } from '../../workflows/domain/crash/report.js';
import type { LedgerComparison } from './compare.js';
import { SCENARIOS, type ScenarioName } from './scenarios.js';

const Count = z.number().int().nonnegative();
const IsoTime = z.iso.datetime();

export const DemoResult = z.strictObject({
  outcome: z.enum(['recovered', 'halted', 'cancelled', 'failed']),
  error: z.string().nullable().describe('why the demo itself failed; null where it did not'),
  scenario: z.enum(SCENARIOS),
  durationMs: Count.describe('from the kill to the end of the recovery, milliseconds'),
  steps: z.array(
    z.strictObject({
      name: z.enum(STEPS),
      started: IsoTime,
      ended: IsoTime.nullable(),
      attempts: Count.describe('how often the step was entered'),
    }),
  ),
  detection: z
    .strictObject({
      probe: Probe,
      killToReportMs: z.number(),
      killToWorkflowMs: z.number(),
    })
    .nullable(),
  cause: z.strictObject({ cause: Cause, confidence: z.string(), because: z.string() }).nullable(),
  checkpoint: z
    .strictObject({
      source: z.enum(['checkpoint', 'shadow', 'exchanges']),
      name: z.string().nullable(),
      ageMs: z.number().nullable(),
      why: z.string(),
      recovered: z.string().nullable().describe('path of the recovered checkpoint'),
      digest: z.string().nullable(),
      engineDigest: z.string().nullable(),
    })
    .nullable(),
  discrepancies: z
    .strictObject({
      match: Count,
      explained: Count,
      dust: Count,
      unverified: Count,
      unexplained: Count,
      unknown: Count,
      fillsApplied: Count,
      flowsApplied: Count,
    })
    .nullable(),
  orders: z
    .strictObject(
      Object.fromEntries(RESOLUTIONS.map((kind) => [kind, Count])) as Record<
        (typeof RESOLUTIONS)[number],
        typeof Count
      >,
    )
    .nullable(),
  gates: z.array(
    z.strictObject({
      gateId: z.string(),
      kind: GateKind,
      attempt: Count,
      outcome: z.enum(['open', 'approved', 'rejected', 'expired', 'withdrawn']),
      approvers: z.array(z.string()),
    }),
  ),
  ledger: z
    .strictObject({
      equal: z.boolean(),
      compared: z.strictObject({ checkpoint: Count, engine: Count }),
      differences: z.array(
        z.strictObject({
          where: z.enum(['recovered checkpoint', 'engine']),
          item: z.string(),
          held: z.string(),
          ledger: z.string(),
        }),
      ),
    })
    .nullable(),
  history: z.strictObject({ events: Count, bytes: Count }).nullable(),
  report: z.string().nullable().describe('path of the PDF report'),
  workflowIds: z.array(z.string()),
});
export type DemoResult = z.infer<typeof DemoResult>;

/** By its file under docs/. */
export const PUBLISHED = {
  'demo-result.schema.json': {
    schema: DemoResult,
    title: 'npm start -- --json',
    io: 'output' as const,
  },
};

export interface Observed {
  scenario: ScenarioName;
  killedAtMs: number;
  workflowStartedAtMs: number;
  record: RecoveryRecord;
  comparison: LedgerComparison | null;
  history: { events: number; bytes: number };
  report: string | null;
  workflowIds: string[];
}

export function demoResult(observed: Observed): DemoResult {
  const { record, comparison, killedAtMs } = observed;
  const [crash] = record.crashes;
  const { reconciliation } = record;
  return DemoResult.parse({
    outcome: record.outcome === 'running' ? 'failed' : record.outcome,
    error: null,
    scenario: observed.scenario,
    durationMs: Math.max(0, (record.endedAtMs ?? Date.now()) - killedAtMs),
    steps: stepsOf(record),
    detection:
      crash === undefined
        ? null
        : {
            probe: crash.probe,
            killToReportMs: crash.detectedAtMs - killedAtMs,
            killToWorkflowMs: observed.workflowStartedAtMs - killedAtMs,
          },
    cause: causeOf(record),
    checkpoint: checkpointOf(record),
    discrepancies:
      reconciliation === null
        ? null
        : {
            ...reconciliation.counts,
            dust: reconciliation.counts.dust ?? 0,
            unverified: reconciliation.counts.unverified ?? 0,
            fillsApplied: reconciliation.fillsApplied,
            flowsApplied: reconciliation.flowsApplied,
          },
    orders: record.orders?.counts ?? null,
    gates: record.gates.map(({ gateId, kind, attempt, outcome, decisions }) => {
      const approvers = decisions.map(({ approver }) => approver);
      return { gateId, kind, attempt, outcome, approvers };
    }),
    ledger: comparison === null ? null : withoutRows(comparison),
    history: observed.history,
    report: observed.report,
    workflowIds: observed.workflowIds,
  });
}

export function failedResult(scenario: ScenarioName, error: string): DemoResult {
  return {
    outcome: 'failed',
    error,
    scenario,
    durationMs: 0,
    steps: [],
    detection: null,
    cause: null,
    checkpoint: null,
    discrepancies: null,
    orders: null,
    gates: [],
    ledger: null,
    history: null,
    report: null,
    workflowIds: [],
  };
}

function withoutRows({ equal, compared, differences }: LedgerComparison) {
  return { equal, compared, differences };
}

function checkpointOf(record: RecoveryRecord) {
  const { stateSource, recoveredCheckpoint } = record;
  if (stateSource === null) return null;
  const { kind, name, ageMs, why } = stateSource;
  return {
    source: kind,
    name,
    ageMs,
    why,
    recovered: recoveredCheckpoint?.path ?? null,
    digest: recoveredCheckpoint?.digest ?? null,
    engineDigest: recoveredCheckpoint?.engineDigest ?? null,
  };
}

/** One line per step: from its first start to its last end. */
function stepsOf(record: RecoveryRecord) {
  const names = [...new Set(record.steps.map(({ name }) => name))];
  return names.map((name: StepName) => {
    const entries = record.steps.filter((step) => step.name === name);
    const started = entries[0]?.startedAtMs ?? 0;
    const ended = entries.at(-1)?.endedAtMs ?? null;
    return {
      name,
      started: new Date(started).toISOString(),
      ended: ended === null ? null : new Date(ended).toISOString(),
      attempts: entries.length,
    };
  });
}

export async function historyOf(client: Client, workflowId: string) {
  const handle = client.workflow.getHandle(workflowId);
  const { historyLength, historySize, startTime } = await handle.describe();
  return {
    history: { events: historyLength, bytes: historySize ?? 0 },
    startedAtMs: startTime.getTime(),
  };
}

/** Signature and advice stand in the record. */
function causeOf({ classification }: RecoveryRecord): DemoResult['cause'] {
  if (classification === null) return null;
  const { cause, confidence, because } = classification;
  return { cause, confidence, because };
}
