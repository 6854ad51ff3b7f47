/**
 * One recovery while it runs: its record, its gates, its epoch, and the wrapping of every step.
 *
 * Invariants: the record tells of each step entered; a step that cannot go on throws
 * `ManualRecoveryNeeded`, it never ends the recovery; the epoch only rises.
 */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  isCancellation,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { aftermath, hostActivities, longHostActivities } from '../calls.js';
import { describeGate, describeRecovery } from './details.js';
import type { ArtifactRef } from '../domain/content/artifact.js';
import type { CrashReport } from '../domain/crash/report.js';
import type { GateRequest } from '../domain/gates/gate.js';
import type { Approver } from '../domain/gates/approver.js';
import type { RecoveryPolicy } from '../domain/policy/policy.js';
import type { RecoveryRecord, StepName, StepRecord } from '../domain/record.js';
import { createGateKeeper, type Answer, type GateKeeper, type Question } from './gate-keeper.js';
import { idempotencyKey, instanceIdOf } from '../ids.js';
import { gateAttribute, stepAttribute } from '../search-attributes.js';

export interface RecoveryInput {
  incidentId: string;
  engineId: string;
  guardianId: string;
  epoch: number;
  crashCount: number;
  report: CrashReport;
  policy: RecoveryPolicy;
  approvers: Approver[];
}

export class ManualRecoveryNeeded extends Error {
  override name = 'ManualRecoveryNeeded';
}

/** Trading went wrong after it had begun: the orders must not stay in the market unattended. */
export class EmergencyShutdown extends ManualRecoveryNeeded {
  override name = 'EmergencyShutdown';
}

export interface Recovery {
  readonly input: RecoveryInput;
  readonly policy: RecoveryPolicy;
  readonly record: RecoveryRecord;
  readonly gates: GateKeeper;
  readonly host: ReturnType<typeof hostActivities>;
  readonly longHost: ReturnType<typeof longHostActivities>;
  /** A person has taken over: the first window is the long one. */
  manual: boolean;
  /** A person has just said to recover: not asked again, unless the engine crashes again. */
  cleared: boolean;
  /** Instances that this recovery stopped itself: their death is no crash. */
  readonly stopped: Set<string>;
  /** Instances that this recovery started. */
  readonly started: Set<string>;
  /** The engine instance of this attempt runs, or may run. */
  engineStarted: boolean;
  /** Digests of what people have accepted in this attempt: the same is not asked twice. */
  readonly accepted: Set<string>;
  /** Resolutions whose foreign orders a person has said to adopt. */
  readonly adopted: ArtifactRef[];
  /** Recovered states of all attempts: their orders are the engine's under any name. */
  readonly books: ArtifactRef[];
  /** Venues where policy's containment could not be done. */
  uncontained: string[];
  /** When dead-man switches that this recovery may have armed fire; null where there are none. */
  switchFires: { earliestMs: number; latestMs: number } | null;
  /** Dead-man switches that are being renewed; cancelled when the engine can do it itself. */
  renewal: CancellationScope | null;
  /** Notices under way; they are waited for at the end and never change the outcome. */
  readonly background: Promise<unknown>[];
}

export function openRecovery(input: RecoveryInput): Recovery {
  const record = emptyRecord(input);
  const recovery: Recovery = {
    input,
    policy: input.policy,
    record,
    gates: createGateKeeper({
      incidentId: input.incidentId,
      approvers: input.approvers,
      policy: input.policy.gates,
      records: record.gates,
      onChange: (change, gate) => onGateChange(recovery, change, gate),
    }),
    host: hostActivities(input.report.host),
    longHost: longHostActivities(input.report.host),
    manual: false,
    cleared: false,
    stopped: new Set(),
    started: new Set(),
    engineStarted: false,
    accepted: new Set(),
    adopted: [],
    books: [],
    uncontained: [],
    switchFires: null,
    renewal: null,
    background: [],
  };
  return recovery;
}

export function instanceOf({ record }: Recovery): string {
  return instanceIdOf(record.engineId, record.epoch);
}

/** When the crash that is being recovered from was noticed. */
export function crashedAtMs({ record }: Recovery): number {
  return record.crashes.at(-1)?.detectedAtMs ?? record.startedAtMs;
}

/** What every write to the engine carries. */
export function stampOf({ record }: Recovery, effect: string) {
  return {
    epoch: record.epoch,
    idempotencyKey: idempotencyKey(record.incidentId, record.epoch, effect),
  };
}

/** Runs one step of the procedure and keeps its place in the record. */
export async function step<T>(
  recovery: Recovery,
  name: StepName,
  act: (entry: StepRecord) => Promise<T>,
): Promise<T> {
  const entry = enter(recovery, name);
  try {
    const result = await act(entry);
    leave(recovery, entry, 'done');
    return result;
  } catch (error) {
    const why = reasonOf(error);
    entry.detail = entry.detail === '' ? why : `${entry.detail}; ${why}`;
    leave(recovery, entry, 'failed');
    throw error;
  }
}

/** Opens a gate; the running step shows that it waits. */
export async function ask(recovery: Recovery, question: Question): Promise<Answer> {
  const running = recovery.record.steps.findLast(({ status }) => status === 'running');
  if (running !== undefined) running.status = 'waiting';
  try {
    return await recovery.gates.ask(question);
  } finally {
    if (running !== undefined) running.status = 'running';
  }
}

/** Anything but approval hands the recovery to people. */
export async function requireApproval(recovery: Recovery, question: Question): Promise<void> {
  const answer = await ask(recovery, question);
  if (answer !== 'approved') throw new ManualRecoveryNeeded(`${question.kind}: ${answer}`);
}

/** The same once more, as a snapshot taken again may bring it, needs no second answer. */
export async function requireApprovalOnce(
  recovery: Recovery,
  content: string,
  question: Question,
): Promise<void> {
  if (recovery.accepted.has(content)) return;
  await requireApproval(recovery, question);
  recovery.accepted.add(content);
}

/** A question that may answer itself: it is withdrawn when what it waits for has come. */
export async function requireApprovalUnless(
  recovery: Recovery,
  question: Question,
  resolved: () => Promise<unknown>,
): Promise<void> {
  const scope = new CancellationScope();
  const asking = scope.run(() => requireApproval(recovery, question));
  const waiting = scope.run(async () => {
    try {
      await resolved();
    } catch (error) {
      if (isCancellation(error)) throw error;
      await asking; // whoever watched is gone; the question stays
    }
  });
  try {
    await Promise.race([asking, waiting]);
  } finally {
    scope.cancel();
    await Promise.allSettled([asking, waiting]);
  }
}

/** What made a step fail, in words; failures of ours are already free of secrets. */
export function reasonOf(error: unknown): string {
  if (error instanceof ActivityFailure) {
    const cause = error.cause;
    if (cause instanceof ApplicationFailure) return `${cause.type ?? 'Error'}: ${cause.message}`;
    return `${error.activityType}: ${cause?.name ?? 'failed'}`;
  }
  if (error instanceof CancelledFailure) return 'interrupted';
  return error instanceof Error ? error.message : String(error);
}

export function publish(recovery: Recovery): void {
  setCurrentDetails(describeRecovery(recovery.record, recovery.gates.open(), Date.now()));
}

export function notice(
  recovery: Recovery,
  message: { severity: 'info' | 'warning' | 'critical'; title: string; text: string; key: string },
): void {
  const { incidentId, engineId } = recovery.record;
  const { key, ...rest } = message;
  const sent = aftermath
    .notify({ incidentId, engineId, ...rest, dedupKey: `${incidentId}:${key}` })
    .catch(() => undefined); // retried by its policy; a channel that stays down changes nothing
  recovery.background.push(sent);
}

function enter(recovery: Recovery, name: StepName): StepRecord {
  const before = recovery.record.steps.filter((entry) => entry.name === name).length;
  const entry: StepRecord = {
    name,
    startedAtMs: Date.now(),
    endedAtMs: null,
    attempts: before + 1,
    status: 'running',
    detail: '',
  };
  recovery.record.steps.push(entry);
  upsertSearchAttributes([{ key: stepAttribute, value: name }]);
  publish(recovery);
  return entry;
}

function leave(recovery: Recovery, entry: StepRecord, status: 'done' | 'failed'): void {
  entry.status = status;
  entry.endedAtMs = Date.now();
  publish(recovery);
}

function onGateChange(
  recovery: Recovery,
  change: 'opened' | 'reminder' | 'closed',
  gate: GateRequest,
): void {
  if (change !== 'reminder') {
    upsertSearchAttributes([{ key: gateAttribute, value: change === 'opened' ? gate.kind : null }]);
  }
  publish(recovery);
  if (change === 'closed') return;
  const again = change === 'reminder' ? 'Still waiting: ' : '';
  notice(recovery, {
    severity: gate.kind === 'manual_recovery' ? 'critical' : 'warning',
    title: `${again}${gate.question}`,
    text: describeGate(gate),
    key: `gate:${gate.kind}:${gate.attempt}:${change}`,
  });
}

function emptyRecord(input: RecoveryInput): RecoveryRecord {
  const { incidentId, engineId, epoch, crashCount, report } = input;
  return {
    version: 1,
    incidentId,
    engineId,
    epoch,
    crashCount,
    host: report.host,
    workflowId: workflowInfo().workflowId,
    outcome: 'running',
    outcomeDetail: '',
    startedAtMs: Date.now(),
    endedAtMs: null,
    crashes: [report],
    classification: null,
    steps: [],
    evidence: null,
    containment: null,
    stateSource: null,
    unknowns: [],
    warnings: [],
    reconciliation: null,
    orders: null,
    recoveredCheckpoint: null,
    exposure: null,
    volatility: null,
    ramp: [],
    gates: [],
    followUps: [],
  };
}
