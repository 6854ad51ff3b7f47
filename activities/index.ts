/** All activities, in the two sets that two kinds of worker run. */
import type { ControlPlaneActivities, HostActivities } from '../workflows/contract/index.js';
import { createAfterActivities } from './steps/after.js';
import { createAnalyseActivities } from './steps/analyse.js';
import { createCompareActivities } from './steps/compare-books.js';
import { createContainActivities } from './steps/contain.js';
import { createCheckpointActivities, createReconstructActivities } from './steps/load-state.js';
import { createMarketActivities } from './steps/market.js';
import type { ControlPlanePorts, HostPorts } from './ports.js';
import { createRampActivities } from './steps/ramp.js';
import { createReconcileActivities } from './steps/reconcile.js';
import { createOrderActivities } from './steps/recover-orders.js';
import { createExposureActivities, createLimitActivities } from './steps/risk.js';
import { createStartActivities } from './steps/start.js';
import { createStopActivities } from './steps/stop.js';
import { createSnapshotActivities } from './steps/take-snapshot.js';

/** Run by any worker: exchanges, risk, market, report. */
export function createControlPlaneActivities(ports: ControlPlanePorts) {
  return {
    ...createContainActivities(ports),
    ...createReconstructActivities(ports),
    ...createSnapshotActivities(ports),
    ...createCompareActivities(ports),
    ...createReconcileActivities(ports),
    ...createOrderActivities(ports),
    ...createExposureActivities(ports),
    ...createMarketActivities(ports),
    ...createAfterActivities(ports),
  } satisfies ControlPlaneActivities;
}

/** Run by the agent of one host: process, forensics, checkpoints, engine control. */
export function createHostActivities(ports: HostPorts) {
  return {
    ...createAnalyseActivities(ports),
    ...createCheckpointActivities(ports),
    ...createStartActivities(ports),
    ...createStopActivities(ports),
    ...createLimitActivities(ports),
    ...createRampActivities(ports),
  } satisfies HostActivities;
}
