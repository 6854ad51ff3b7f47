/** What a record itself tells of an incident, at every level. */
import type { RecoveryRecord } from '../../../../workflows/domain/record.js';
import type { Facts, Open } from '../../oracle/facts.js';
import type { Execution } from '../../temporal/execution.js';
import type { SimulatedServer } from '../../temporal/server.js';

export function verdictsOf(incidents: readonly RecoveryRecord[]): Facts['verdicts'] {
  const verdicts: Record<string, number> = {};
  for (const { reconciliation } of incidents) {
    for (const [verdict, count] of Object.entries(reconciliation?.counts ?? {})) {
      verdicts[verdict] = (verdicts[verdict] ?? 0) + count;
    }
  }
  return verdicts;
}

/** None where it is over. */
export function openOf(
  { runs }: SimulatedServer,
  { workflowId, incidentId, gates }: RecoveryRecord,
): Open[] {
  const execution = runs.get(workflowId)?.at(-1);
  if (execution?.isOpen !== true) return [];
  const open = gates.filter(({ outcome }) => outcome === 'open');
  const questions = open.map(({ kind, attempt }) => `${incidentId}:gate:${kind}:${attempt}`);
  return [{ workflowId, forMs: Date.now() - execution.startedAtMs, questions }];
}

/** Of one that was ended before any worker had looked at it, nobody can tell a record. */
export function hasRecord({ isOpen, log }: Execution): boolean {
  return isOpen || log.length > 0;
}
