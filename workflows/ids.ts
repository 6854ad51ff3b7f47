/**
 * Names that are functions of content: the same crash always means the same workflow. Built and
 * parsed here alone.
 *
 * Invariant: what is parsed builds the same id again; engine ids (`domain/content/names.ts`) and kinds of
 * gates hold no `/`, and an instance id, which the engine chooses, may.
 */

export const TASK_QUEUE = 'relight';

export function hostTaskQueue(host: string): string {
  return `relight-host-${host}`;
}

const GUARDIAN = 'engine/';
const RECOVERY = 'recovery/';

export function guardianWorkflowId(engineId: string): string {
  return `${GUARDIAN}${engineId}`;
}

/** One incident per dead engine instance, however many probes report it. */
export function incidentIdOf(engineId: string, instanceId: string): string {
  return `${engineId}/${instanceId}`;
}

/** Null where the text is no incident's id. */
export function partsOfIncident(
  incidentId: string,
): { engineId: string; instanceId: string } | null {
  const cut = incidentId.indexOf('/');
  const [engineId, instanceId] = [incidentId.slice(0, cut), incidentId.slice(cut + 1)];
  return cut < 1 || instanceId === '' ? null : { engineId, instanceId };
}

export function recoveryWorkflowId(incidentId: string): string {
  return `${RECOVERY}${incidentId}`;
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
  if (workflowId.startsWith(GUARDIAN)) {
    return { engineId: workflowId.slice(GUARDIAN.length) || null, incidentId: null };
  }
  const incidentId = workflowId.startsWith(RECOVERY) ? workflowId.slice(RECOVERY.length) : '';
  const parts = partsOfIncident(incidentId);
  return parts === null
    ? { engineId: null, incidentId: null }
    : { engineId: parts.engineId, incidentId };
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
