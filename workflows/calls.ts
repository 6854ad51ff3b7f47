/**
 * How activities are called: time-outs and retries chosen by the kind of work. A dead worker is
 * noticed by missing heartbeats (workers beat for every activity), so time-outs may be generous.
 */
import {
  ActivityCancellationType,
  proxyActivities,
  type ActivityOptions,
} from '@temporalio/workflow';
import type { ControlPlaneActivities, HostActivities } from './contract/index.js';
import { TASK_QUEUE, hostTaskQueue } from './ids.js';
import { activitySummary } from './shown/summaries.js';

type Activities = ControlPlaneActivities & HostActivities;

/** Each call says in the Temporal UI what it is for. */
function told(options: ActivityOptions): Activities {
  return new Proxy({} as Activities, {
    get: (_, name: string) => (input: never) => {
      const summary = activitySummary(name, input);
      return proxyActivities<Activities>({ ...options, summary })[name as keyof Activities](input);
    },
  });
}

const RETRY = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;
const HEARTBEAT = '5s';
/**
 * Of what writes: a machine that is busy for some seconds must not make a second attempt begin. An
 * attempt writes only within the half of it that follows a beat which Temporal has taken.
 */
const WRITING_HEARTBEAT = '10s';
/** A crash during the recovery must not wait for what it interrupts; epochs fence the leftovers. */
const cancellationType = ActivityCancellationType.TRY_CANCEL;

/** Nobody waits long for it. */
const BRIEF = {
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '10s',
  scheduleToCloseTimeout: '1m',
  heartbeatTimeout: HEARTBEAT,
  cancellationType,
  retry: RETRY,
} as const;

/** The rules of an incident: nobody may wait long for them, and the last known ones hold meanwhile. */
export const rules: Pick<ControlPlaneActivities, 'loadRules'> = told(BRIEF);

/** What Temporal itself knows of workflows: the guardian waits with a crash report meanwhile. */
export const recoveries: Pick<
  ControlPlaneActivities,
  'lookAtRecovery' | 'recallGuardian' | 'endRecovery'
> = told(BRIEF);

/** Short reads of venues and computations on artifacts. */
export const controlPlane: Pick<
  ControlPlaneActivities,
  | 'reconstructState'
  | 'loadShadow'
  | 'reconcilePositions'
  | 'releaseBreaker'
  | 'dropUnknownOrders'
  | 'measureExposure'
  | 'checkMarket'
> = told({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '2m',
  heartbeatTimeout: HEARTBEAT,
  cancellationType,
  retry: { ...RETRY, maximumAttempts: 6 },
});

/** A look that a question waits for: what is not seen by then is unknown. */
export const surveying: Pick<ControlPlaneActivities, 'surveyMarket'> = told({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '15s',
  scheduleToCloseTimeout: '20s',
  heartbeatTimeout: HEARTBEAT,
  cancellationType,
  retry: { ...RETRY, maximumAttempts: 2 },
});

/** Work that grows with the orders and fills, or waits for its turn at a venue; it beats. */
export const thorough: Pick<
  ControlPlaneActivities,
  'takeSnapshot' | 'compareBooks' | 'recoverOpenOrders' | 'listOwnOrders' | 'inferFills'
> = told({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '1h',
  heartbeatTimeout: HEARTBEAT,
  cancellationType,
  retry: { ...RETRY, maximumAttempts: 6 },
});

/** Writes at venues, one attempt after the other. */
export const writing: Pick<ControlPlaneActivities, 'containRisk'> = told({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '1h',
  heartbeatTimeout: WRITING_HEARTBEAT,
  cancellationType,
  retry: { ...RETRY, maximumAttempts: 6 },
});

/** Reports and notices: tried for long, because nobody waits for them. */
export const aftermath: Pick<ControlPlaneActivities, 'writeReport' | 'notify' | 'notifyChannel'> =
  told({
    taskQueue: TASK_QUEUE,
    startToCloseTimeout: '1m',
    heartbeatTimeout: HEARTBEAT,
    cancellationType,
    retry: { ...RETRY, maximumAttempts: 8 },
  });

/** What an engine that stays stopped leaves in the market: whoever ended it waits, and is told what was not read. */
export const lastLook: Pick<ControlPlaneActivities, 'readMarketAtEnd'> = told({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '40s',
  heartbeatTimeout: HEARTBEAT,
  cancellationType,
  retry: { ...RETRY, maximumAttempts: 3 },
});

/** Waiting, for a market to open or a venue to come back, may take days. */
export const waiting: Pick<
  ControlPlaneActivities,
  'awaitMarketOpen' | 'awaitReadable' | 'watchRecovery'
> = told({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '7 days',
  heartbeatTimeout: HEARTBEAT,
  cancellationType,
  retry: RETRY,
});

/** Writes again and again, until it is cancelled. */
export const renewing: Pick<ControlPlaneActivities, 'renewDeadManSwitches'> = told({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '7 days',
  heartbeatTimeout: WRITING_HEARTBEAT,
  cancellationType,
  retry: RETRY,
});

type LongHostActivities = Pick<
  HostActivities,
  | 'confirmDeath'
  | 'collectEvidence'
  | 'completeEvidence'
  | 'awaitReady'
  | 'awaitStarted'
  | 'importState'
  | 'syncEngine'
  | 'watchEngine'
  | 'stopEngine'
>;
type MovingActivities = Pick<HostActivities, 'leaveHost' | 'enterHost'>;
type KillSwitchActivities = Pick<HostActivities, 'turnKillSwitch' | 'stopByKillSwitch'>;

/** One look at the engine, for a person who waits for it; fails where its host does not answer. */
export function looking(host: string): Pick<HostActivities, 'lookAtEngine'> {
  return told({
    taskQueue: hostTaskQueue(host),
    startToCloseTimeout: '10s',
    scheduleToCloseTimeout: '15s',
    heartbeatTimeout: HEARTBEAT,
    cancellationType,
    retry: RETRY,
  });
}

/**
 * A fail-over: one try for a person who waits for it. That nobody took it is a time-out, and whatever else
 * fails was said by the host itself.
 */
export function movingActivities(host: string): MovingActivities {
  return told({
    taskQueue: hostTaskQueue(host),
    scheduleToStartTimeout: '5s',
    startToCloseTimeout: '15s',
    heartbeatTimeout: HEARTBEAT,
    cancellationType,
    retry: { maximumAttempts: 1 },
  });
}

/** The same at a host that could not be reached: as soon as it answers, whenever that is. */
export function whenItIsBack(host: string): Pick<MovingActivities, 'leaveHost'> {
  return told({
    taskQueue: hostTaskQueue(host),
    startToCloseTimeout: '1m',
    heartbeatTimeout: WRITING_HEARTBEAT,
    cancellationType,
    retry: RETRY,
  });
}

/** What an engine has left on the host where it died, as long as that answers. */
export function leftBehindActivities(
  host: string,
): Pick<
  HostActivities,
  'collectEvidence' | 'inspectCheckpoints' | 'loadCheckpoint' | 'readIntents'
> {
  return told({
    taskQueue: hostTaskQueue(host),
    scheduleToStartTimeout: '20s',
    startToCloseTimeout: '5m',
    heartbeatTimeout: HEARTBEAT,
    cancellationType,
    retry: { ...RETRY, maximumAttempts: 3 },
  });
}

/** Quick work on the engine's host. */
export function hostActivities(
  host: string,
): Omit<
  HostActivities,
  keyof LongHostActivities | keyof KillSwitchActivities | keyof MovingActivities | 'lookAtEngine'
> {
  return told({
    taskQueue: hostTaskQueue(host),
    startToCloseTimeout: '1m',
    heartbeatTimeout: WRITING_HEARTBEAT,
    cancellationType,
    retry: { ...RETRY, maximumAttempts: 8 },
  });
}

/** Of the kill switch: whoever engages it waits at the screen, and is told what could not be done. */
export function killSwitchActivities(host: string): KillSwitchActivities {
  return told({
    taskQueue: hostTaskQueue(host),
    scheduleToCloseTimeout: '30s',
    startToCloseTimeout: '25s',
    heartbeatTimeout: HEARTBEAT,
    cancellationType,
    retry: RETRY,
  });
}

/** Work on the host that takes as long as it takes: a core being written, a monitoring window. */
export function longHostActivities(host: string): LongHostActivities {
  return told({
    taskQueue: hostTaskQueue(host),
    startToCloseTimeout: '1h',
    heartbeatTimeout: HEARTBEAT,
    cancellationType,
    retry: { ...RETRY, maximumAttempts: 20 },
  });
}
