/** Step 4. The state before the crash against what the venues say, by the rules of the domain. */
import type {
  FillsInferred,
  PositionsReconciled,
  ReconcileInput,
} from '../../workflows/contract/index.js';
import type { ArtifactRef } from '../../workflows/domain/content/artifact.js';
import { specsOf, type Snapshot } from '../../workflows/domain/books/snapshot.js';
import type { EngineState } from '../../workflows/domain/books/state.js';
import { adjustmentsOf } from '../../workflows/domain/reconciliation/origin/adjustments.js';
import {
  reconcile,
  type Reconciliation,
} from '../../workflows/domain/reconciliation/reconciliation.js';
import { summaryOf } from '../../workflows/domain/reconciliation/summary.js';
import {
  inferFills,
  isBetter,
  ordersThatMayExplain,
} from '../../workflows/domain/reconciliation/origin/inferred.js';
import { lookUpOrders } from '../procedures/orders/look-up-orders.js';
import type { ControlPlanePorts } from '../ports.js';
import { activityPace } from './pace.js';

interface Compared {
  internal: EngineState;
  snapshot: Snapshot;
}

export function createReconcileActivities(ports: ControlPlanePorts) {
  return {
    async reconcilePositions(input: ReconcileInput): Promise<PositionsReconciled> {
      const compared = await comparedIn(ports, input);
      const { cashAssets } = ports.facts(input.engineId);
      const result = reconcile(compared.internal, compared.snapshot, { ...input, cashAssets });
      return kept(ports, compared, result);
    },

    /** Asks the venues about our own orders; null where that explains no more than was explained. */
    async inferFills(input: ReconcileInput): Promise<FillsInferred | null> {
      const compared = await comparedIn(ports, input);
      const { internal, snapshot } = compared;
      const rules = { ...input, cashAssets: ports.facts(input.engineId).cashAssets };
      const before = reconcile(internal, snapshot, rules);
      const orders = ordersThatMayExplain(internal, before.lines);
      const lookUps = await lookUpOrders(orders, ports.venues.ofEngine(input.engineId), {
        arrivesInMs: 0,
        pace: activityPace('orders'),
      });
      const inferred = inferFills(internal, snapshot, { orders, lookUps });
      const fills = inferred.map(({ fill }) => fill);
      const result = reconcile(internal, snapshot, { ...rules, inferred: fills });
      if (!isBetter(result.lines, before.lines)) return null;
      return { inferred, result: await kept(ports, compared, result) };
    },

    /** By the word of a person: nothing else can tell that it is released. */
    async releaseBreaker(input: { state: ArtifactRef }): Promise<{ state: ArtifactRef }> {
      const { risk, ...rest } = await ports.artifacts.get('engine-state', input.state);
      const released = { ...rest, risk: { ...risk, breakerLatched: false } };
      return { state: await ports.artifacts.put('engine-state', released) };
    },
  };
}

async function comparedIn(
  { artifacts }: ControlPlanePorts,
  input: ReconcileInput,
): Promise<Compared> {
  return {
    internal: await artifacts.get('engine-state', input.state),
    snapshot: await artifacts.get('venue-snapshot', input.snapshot),
  };
}

async function kept(
  { artifacts }: ControlPlanePorts,
  { internal, snapshot }: Compared,
  result: Reconciliation,
): Promise<PositionsReconciled> {
  const { lines, state } = result;
  const { breakerLatched } = state.risk;
  const adjustments = adjustmentsOf(lines, specsOf(snapshot));
  const latched = breakerLatched === true && internal.risk.breakerLatched !== true;
  const { dailyPnl } = state.risk;
  const movedByFills = dailyPnl !== internal.risk.dailyPnl;
  return {
    ...summaryOf(result),
    lines: await artifacts.put('reconciliation', lines),
    adjustments: await artifacts.put('adjustments', adjustments),
    state: await artifacts.put('engine-state', state),
    breakerLatched: latched,
    risk: { dailyPnl, breakerLatched, movedByFills, latched },
    breakerUnknown: breakerLatched === null,
  };
}
