/**
 * All failpoints of the procedure, in a row: each step by the activity that does its work, at each point, with each
 * mishap; and pairs of them.
 *
 * Invariant: the row never changes its order, so that the number of a failpoint names it.
 */
import type { ControlPlaneActivities, HostActivities } from '../../../workflows/contract/index.js';
import { happyControlPlane, happyHost } from '../../workflows/fakes/activities.js';
import { MISHAPS, POINTS, type Fault, type Mishap, type Plan } from './plan.js';

type ActivityName = keyof (ControlPlaneActivities & HostActivities);

/** The steps of the record, between how the guardian begins and how people are told. */
export const STEP_ACTIVITIES = {
  open: 'loadRules',
  contain: 'containRisk',
  analyse: 'confirmDeath',
  safety: 'inspectCheckpoints',
  load_state: 'loadCheckpoint',
  reconcile: 'reconcilePositions',
  recover_orders: 'recoverOpenOrders',
  start: 'startEngine',
  risk: 'measureExposure',
  market: 'checkMarket',
  ramp: 'applyStage',
  after: 'writeReport',
  tell: 'notify',
} as const satisfies Record<string, ActivityName>;

export const ALL_ACTIVITIES: readonly string[] = [
  ...Object.keys(happyControlPlane()),
  ...Object.keys(happyHost()),
];

/** Of a recovery in which nothing goes wrong. */
export const USUAL_ACTIVITIES: readonly ActivityName[] = [
  ...Object.values(STEP_ACTIVITIES),
  'recallGuardian',
  'listOwnOrders',
  'takeSnapshot',
  'collectEvidence',
  'completeEvidence',
  'writeRecoveredCheckpoint',
  'awaitReady',
  'checkComprehensiveHealth',
  'verifyRiskLimits',
  'readEngineState',
  'compareBooks',
  'watchEngine',
];

/** Longer than a process that beats may be silent; shorter than anybody waits for. */
const LASTS_MS: Record<Mishap, number> = {
  crash: 1_000,
  stop_and_wake: 65_000,
  executed_and_timed_out: 0,
};

export const FAILPOINTS: readonly Fault[] = Object.values(STEP_ACTIVITIES).flatMap((activity) =>
  POINTS.flatMap((point) =>
    MISHAPS.map((kind) => ({
      kind,
      at: { of: activity, nth: 1, point },
      ms: LASTS_MS[kind],
      what: '',
    })),
  ),
);

/** By these rules alone something is contained. */
const CONTAINED: Fault = {
  kind: 'rules',
  at: { afterMs: 0 },
  ms: 0,
  what: 'own orders are cancelled',
};

/** The n-th alone; past the last one, two at once, each pair before any comes again. */
export function failpointPlan(number: number): Plan {
  const count = FAILPOINTS.length;
  const at = (index: number) => FAILPOINTS[index % count] as Fault;
  const round = Math.floor(number / count) % count;
  const points = round === 0 ? [at(number)] : [at(number), at(number + round)];
  const contains = points.some(({ at: place }) => 'of' in place && place.of === CONTAIN);
  return contains ? [...points, CONTAINED] : points;
}

const CONTAIN: string = STEP_ACTIVITIES.contain;
