/** Pages of the Temporal UI that somebody on call opens: what waits, what is under way, what there was. */

import { GUARDIAN_WORKFLOW, RECOVERY_WORKFLOW } from '../../workflows/messages.js';

interface UiLink {
  what: string;
  url: string;
}

const QUERIES: readonly [string, string][] = [
  ['waiting for you', 'RelightGate IS NOT NULL AND ExecutionStatus = "Running"'],
  ['recovering', `WorkflowType = "${RECOVERY_WORKFLOW}" AND ExecutionStatus = "Running"`],
  ['not recovered', 'RelightOutcome IN ("halted", "cancelled")'],
  ['engines', `WorkflowType = "${GUARDIAN_WORKFLOW}" AND ExecutionStatus = "Running"`],
];

export function uiLinks(uiUrl: string, namespace: string): UiLink[] {
  const page = `${uiUrl.replace(/\/$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows`;
  return QUERIES.map(([what, query]) => ({
    what,
    url: `${page}?query=${encodeURIComponent(query)}`,
  }));
}
