/** Names that are functions of content: the same crash always means the same workflow. */

export const TASK_QUEUE = 'relight';

export function hostTaskQueue(host: string): string {
  return `relight-host-${host}`;
}

export function guardianWorkflowId(engineId: string): string {
  return `engine/${engineId}`;
}

/** One incident per dead engine instance, however many probes report it. */
export function incidentIdOf(engineId: string, instanceId: string): string {
  return `${engineId}/${instanceId}`;
}

export function recoveryWorkflowId(incidentId: string): string {
  return `recovery/${incidentId}`;
}

export function gateIdOf(incidentId: string, kind: string): string {
  return `${incidentId}/${kind}`;
}

/** Engine and incident as a workflow's id tells them; null where it has none. */
export function idsOfWorkflow(workflowId: string): {
  engineId: string | null;
  incidentId: string | null;
} {
  const [kind, engineId, instanceId] = workflowId.split('/');
  if (engineId === undefined) return { engineId: null, incidentId: null };
  const known = kind === 'recovery' && instanceId !== undefined;
  return { engineId, incidentId: known ? incidentIdOf(engineId, instanceId) : null };
}

/** The engine instance that an epoch starts. */
export function instanceIdOf(engineId: string, epoch: number): string {
  return `${engineId}-e${epoch}`;
}

/** The key of an effect: repeating it within an epoch is the same effect. */
export function idempotencyKey(incidentId: string, epoch: number, effect: string): string {
  return `${incidentId}:e${epoch}:${effect}`;
}
