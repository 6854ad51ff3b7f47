/** All activities, in the two sets that two kinds of worker run. */
import type { ControlPlaneActivities, HostActivities } from '../workflows/contract/index.js';
import { createAfterActivities } from './after.js';
import { createAnalyseActivities } from './analyse.js';
import { createContainActivities } from './contain.js';
import { createCheckpointActivities, createReconstructActivities } from './load-state.js';
import { createMarketActivities } from './market.js';
import type { ControlPlanePorts, HostPorts } from './ports.js';
import { createRampActivities } from './ramp.js';
import { createReconcileActivities, createSnapshotActivities } from './reconcile.js';
import { createOrderActivities } from './recover-orders.js';
import { createExposureActivities, createLimitActivities } from './risk.js';
import { createStartActivities } from './start.js';
import { createStopActivities } from './stop.js';

/** Run by any worker: exchanges, risk, market, report. */
export function createControlPlaneActivities(ports: ControlPlanePorts) {
  return {
    ...createContainActivities(ports),
    ...createReconstructActivities(ports),
    ...createSnapshotActivities(ports),
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
