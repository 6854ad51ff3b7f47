/** All activities, in the two sets that two kinds of worker run. */
import pLimit, { type LimitFunction } from 'p-limit';
import type { ControlPlaneActivities, HostActivities } from '../workflows/contract/index.js';
import { createAfterActivities } from './steps/after.js';
import { createAnalyseActivities } from './steps/analyse.js';
import { createCompareActivities } from './steps/compare-books.js';
import { createContainActivities } from './steps/contain.js';
import { createFollowActivities } from './guardian/follow-recovery.js';
import { createMoveActivities } from './guardian/move-engine.js';
import { createCheckpointActivities, createReconstructActivities } from './steps/load-state.js';
import { createImportActivities } from './steps/booting/import-state.js';
import { createLookActivities } from './guardian/look-at-engine.js';
import { onOwnEngines } from './procedures/own-engines.js';
import { inTurns } from './procedures/turns.js';
import { createMarketActivities } from './steps/market.js';
import type { ControlPlanePorts, HostPorts } from './ports.js';
import { createOpeningActivities } from './steps/opening.js';
import { createRampActivities } from './steps/ramp.js';
import { createReconcileActivities } from './steps/reconcile.js';
import { createOrderActivities } from './steps/recover-orders.js';
import { createExposureActivities, createLimitActivities } from './steps/risk.js';
import { createStartActivities } from './steps/start.js';
import { createKillSwitchActivities, createStopActivities } from './steps/stop.js';
import { createSurveyActivities } from './steps/asking/survey.js';
import { createSnapshotActivities } from './steps/take-snapshot.js';

/** Run by any worker: exchanges, risk, market, report. */
export function createControlPlaneActivities(ports: ControlPlanePorts) {
  const all = {
    ...createOpeningActivities(ports),
    ...createFollowActivities(ports),
    ...createContainActivities(ports),
    ...createReconstructActivities(ports),
    ...createSnapshotActivities(ports),
    ...createCompareActivities(ports),
    ...createReconcileActivities(ports),
    ...createOrderActivities(ports),
    ...createExposureActivities(ports),
    ...createMarketActivities(ports),
    ...createSurveyActivities(ports),
    ...createAfterActivities(ports),
  } satisfies ControlPlaneActivities;
  return inTurns(all, ['containRisk', 'renewDeadManSwitches'], oneAtATime());
}

/** Run by the agent of one host: process, forensics, checkpoints, engine control. */
export function createHostActivities(ports: HostPorts) {
  const all = {
    ...createAnalyseActivities(ports),
    ...createCheckpointActivities(ports),
    ...createImportActivities(ports),
    ...createStartActivities(ports),
    ...createStopActivities(ports),
    ...createLookActivities(ports),
    ...createMoveActivities(ports),
    ...createKillSwitchActivities(ports),
    ...createLimitActivities(ports),
    ...createRampActivities(ports),
  } satisfies HostActivities;
  const serial = inTurns(
    all,
    ['writeRecoveredCheckpoint', 'importState', 'startEngine', 'applyStage', 'stopEngine'],
    oneAtATime(),
  );
  return onOwnEngines(ports, serial);
}

function oneAtATime(): (turn: string) => LimitFunction {
  const limits = new Map<string, LimitFunction>();
  return (turn) => {
    const limit = limits.get(turn) ?? pLimit(1);
    limits.set(turn, limit);
    return limit;
  };
}
