/** Step 4: internal state against exchange truth; in strict mode the unexplained stops for people. */
import type { LoadedState } from '../../activities/load-state.js';
import type { PositionsReconciled, SnapshotTaken } from '../../activities/reconcile.js';
import { controlPlane } from '../activities.js';
import type { ReconciliationLine } from '../domain/reconciliation.js';
import { requireApproval, step, type Recovery } from '../recovery.js';
import { readableSnapshot } from './snapshot.js';

const NAMED_LINES = 3;

export interface ReconciledState {
  state: PositionsReconciled['state'];
  taken: SnapshotTaken;
  sequence: number;
}

export async function reconcilePositions(
  recovery: Recovery,
  loaded: LoadedState,
): Promise<ReconciledState> {
  const { record, policy } = recovery;
  const { fillOverlapMs, strict, tolerance } = policy.reconciliation;
  return step(recovery, 'reconcile', async (entry) => {
    const sinceMs = Math.max(0, loaded.takenAtMs - fillOverlapMs);
    const taken = await readableSnapshot(recovery, sinceMs);
    const { snapshot } = taken;
    const result = await controlPlane.reconcilePositions({
      state: loaded.state,
      snapshot,
      tolerance,
    });
    const { counts, fillsApplied, lines } = result;
    record.reconciliation = { counts, fillsApplied, lines };
    entry.detail =
      `${counts.match} equal, ${counts.explained} explained by ${fillsApplied} fills, ` +
      `${counts.unexplained} unexplained, ${counts.unknown} unknown`;
    const stops = (strict && counts.unexplained > 0) || counts.unknown > 0;
    if (stops) await askAboutDiscrepancies(recovery, result);
    return { state: result.state, taken, sequence: loaded.sequence };
  });
}

async function askAboutDiscrepancies(
  recovery: Recovery,
  { counts, worst, lines, fillsApplied }: PositionsReconciled,
): Promise<void> {
  const named = worst.slice(0, NAMED_LINES).map(lineText).join('; ');
  await requireApproval(recovery, {
    kind: 'discrepancies',
    question:
      `${counts.unexplained} difference(s) that no fill explains, ${counts.unknown} figure(s) that ` +
      `no exchange could tell (${named}). Accept what the exchanges say?`,
    onApprove: 'the exchange is taken as the truth, and the differences stay in the record',
    onReject: 'the engine stays stopped and the manual checklist opens',
    evidence: { counts, fillsApplied, worst, allLines: lines },
  });
}

function lineText({ venue, item, internal, exchange, unexplained }: ReconciliationLine): string {
  return exchange === null
    ? `${venue} ${item}: unknown, ours ${internal}`
    : `${venue} ${item}: ${unexplained} unexplained, ours ${internal}, exchange ${exchange}`;
}
