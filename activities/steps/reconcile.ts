/** Step 4. The state before the crash against what the venues say, by the rules of the domain. */
import type { PositionsReconciled, ReconcileInput } from '../../workflows/contract/index.js';
import type { ArtifactRef } from '../../workflows/domain/content/artifact.js';
import { specsOf } from '../../workflows/domain/books/snapshot.js';
import { adjustmentsOf } from '../../workflows/domain/reconciliation/adjustments.js';
import { reconcile } from '../../workflows/domain/reconciliation/reconciliation.js';
import { summaryOf } from '../../workflows/domain/reconciliation/summary.js';
import type { ControlPlanePorts } from '../ports.js';

export function createReconcileActivities(ports: ControlPlanePorts) {
  return {
    async reconcilePositions(input: ReconcileInput): Promise<PositionsReconciled> {
      const internal = await ports.artifacts.get('engine-state', input.state);
      const snapshot = await ports.artifacts.get('venue-snapshot', input.snapshot);
      const { cashAssets } = ports.facts(input.engineId);
      const result = reconcile(internal, snapshot, { ...input, cashAssets });
      const { lines, state } = result;
      const adjustments = adjustmentsOf(lines, specsOf(snapshot));
      return {
        ...summaryOf(result),
        lines: await ports.artifacts.put('reconciliation', lines),
        adjustments: await ports.artifacts.put('adjustments', adjustments),
        state: await ports.artifacts.put('engine-state', state),
        breakerLatched: state.risk.breakerLatched === true && internal.risk.breakerLatched !== true,
        breakerUnknown: state.risk.breakerLatched === null,
      };
    },

    /** By the word of a person: nothing else can tell that it is released. */
    async releaseBreaker(input: { state: ArtifactRef }): Promise<{ state: ArtifactRef }> {
      const { risk, ...rest } = await ports.artifacts.get('engine-state', input.state);
      const released = { ...rest, risk: { ...risk, breakerLatched: false } };
      return { state: await ports.artifacts.put('engine-state', released) };
    },
  };
}
