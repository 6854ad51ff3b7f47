/** Recoveries that ended, as the server has it: by their own word, or by another's. */
import type { Closed } from '../../oracle/facts.js';
import type { SimulatedServer } from '../../temporal/server.js';

const RECOVERY = 'recovery/';

export function closedAmong({ runs }: SimulatedServer): Closed[] {
  return [...runs].flatMap(([workflowId, executions]) => {
    const last = executions.at(-1);
    if (!workflowId.startsWith(RECOVERY) || last === undefined || last.isOpen) return [];
    const incidentId = workflowId.slice(RECOVERY.length);
    return [{ incidentId, how: last.status, atMs: last.closedAtMs ?? 0 }];
  });
}
