/**
 * Names that are functions of content: the same crash always means the same workflow. Built and
 * parsed here alone.
 *
 * Invariant: what is parsed builds the same id again; engine ids (`domain/content/names.ts`) and kinds of
 * gates hold no `/`, and an instance id, which the engine chooses, may.
 */
import { digestOf } from './domain/content/canonical.js';
import type { CrashReport } from './domain/crash/report.js';

export const TASK_QUEUE = 'relight';

const HOST_QUEUE = 'relight-host-';

export function hostTaskQueue(host: string): string {
  return `${HOST_QUEUE}${host}`;
}

/** Null for the queue of the control plane. */
export function hostOfTaskQueue(taskQueue: string): string | null {
  return taskQueue.startsWith(HOST_QUEUE) ? taskQueue.slice(HOST_QUEUE.length) : null;
}

const GUARDIAN = 'engine/';
const RECOVERY = 'recovery/';

export function guardianWorkflowId(engineId: string): string {
  return `${GUARDIAN}${engineId}`;
}

/** Null where it is no guardian's id. */
export function engineOfGuardian(workflowId: string): string | null {
  return workflowId.startsWith(GUARDIAN) ? workflowId.slice(GUARDIAN.length) || null : null;
}

/** One incident per dead engine instance, however many probes report it. */
export function incidentIdOf(engineId: string, instanceId: string): string {
  return `${engineId}/${instanceId}`;
}

/** Of the recovery that goes on with an incident whose recovery did not end by its own word. */
export function continuedIncidentId(incidentId: string): string {
  const [, before = incidentId, times = '1'] = /^(.*)~(\d{1,6})$/.exec(incidentId) ?? [];
  return `${before}~${Number(times) + 1}`;
}

/** An instance may be called like one that goes on for the millionth time. */
const MOST_BEFORE = 100;

/** It, and those with which it goes on. */
export function incidentsBefore(incidentId: string): string[] {
  const before = /^(.*)~\d{1,6}$/.exec(incidentId)?.[1];
  if (before === undefined) return [incidentId];
  const times = Number(incidentId.slice(before.length + 1));
  const count = Math.min(MOST_BEFORE, Math.max(0, times - 2));
  const between = Array.from({ length: count }, (_, at) => `${before}~${times - 1 - at}`);
  return [incidentId, ...between, before];
}

/** Null where the text is no incident's id. */
export function partsOfIncident(
  incidentId: string,
): { engineId: string; instanceId: string } | null {
  const cut = incidentId.indexOf('/');
  const [engineId, instanceId] = [incidentId.slice(0, cut), incidentId.slice(cut + 1)];
  return cut < 1 || instanceId === '' ? null : { engineId, instanceId };
}

/** What is told of a death: told again it is one update, and with more that was seen another one. */
export function crashUpdateId({ instance, suspicion, sightings = [] }: CrashReport): string {
  const seen = sightings.map(({ suspicion: word, exit, oomKilled, stopped }) =>
    [
      exit === undefined ? word : `${word}:${exit.code ?? exit.signal ?? 'unknown'}`,
      ...(oomKilled === true ? ['oom'] : []),
      ...(stopped === true ? ['stopped'] : []),
    ].join(':'),
  );
  return ['crash', instance.instanceId, [suspicion, ...seen].join('+')].join('-');
}

/**
 * Of one more try: an update that has failed is answered by its failure for ever.
 * @param unique a UUID, which no update id of a report ends with.
 */
export function crashUpdateIdAgain(report: CrashReport, unique: string): string {
  return `${crashUpdateId(report)}~${unique}`;
}

const AGAIN = /^~[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** The same decision, or instruction, sent twice counts once. */
export function decisionUpdateId(decision: unknown): string {
  return digestOf(decision).slice(0, 40);
}

/** An id that tells of another death would keep the report of that one from being heard. */
export function isCrashUpdateId(updateId: string, report: CrashReport): boolean {
  const first = crashUpdateId(report);
  if (!updateId.startsWith(first)) return false;
  const rest = updateId.slice(first.length);
  return rest === '' || AGAIN.test(rest);
}

export function recoveryWorkflowId(incidentId: string): string {
  return `${RECOVERY}${incidentId}`;
}

/** Of a recovery; the id itself where it is of none. */
export function incidentOfWorkflow(workflowId: string): string {
  return workflowId.startsWith(RECOVERY) ? workflowId.slice(RECOVERY.length) : workflowId;
}

export function gateIdOf(incidentId: string, kind: string): string {
  return `${incidentId}/${kind}`;
}

/** Null where the text is no gate's id. */
export function partsOfGate(gateId: string): { incidentId: string; kind: string } | null {
  const cut = gateId.lastIndexOf('/');
  const [incidentId, kind] = [gateId.slice(0, cut), gateId.slice(cut + 1)];
  return cut < 1 || kind === '' || partsOfIncident(incidentId) === null
    ? null
    : { incidentId, kind };
}

/** Engine and incident as a workflow's id tells them; null where it has none. */
export function idsOfWorkflow(workflowId: string): {
  engineId: string | null;
  incidentId: string | null;
} {
  const guarded = engineOfGuardian(workflowId);
  if (guarded !== null) return { engineId: guarded, incidentId: null };
  const incidentId = workflowId.startsWith(RECOVERY) ? workflowId.slice(RECOVERY.length) : '';
  const parts = partsOfIncident(incidentId);
  return parts === null
    ? { engineId: null, incidentId: null }
    : { engineId: parts.engineId, incidentId };
}

/** What people have told the guardian of an engine, which is no incident. */
export function steeringIdOf(engineId: string): string {
  return `steering/${engineId}`;
}

/** What a continuous reconciliation tells of an engine, which is no incident of a dead instance. */
export function watchIdOf(engineId: string): string {
  return `watch/${engineId}`;
}

/** The engine instance that an epoch starts. */
export function instanceIdOf(engineId: string, epoch: number): string {
  return `${engineId}-e${epoch}`;
}

/** The key of an effect: repeating it within an epoch is the same effect. */
export function idempotencyKey(incidentId: string, epoch: number, effect: string): string {
  return `${incidentId}:e${epoch}:${effect}`;
}
