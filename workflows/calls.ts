/**
 * How activities are called: time-outs and retries chosen by the kind of work. A dead worker is
 * noticed by missing heartbeats (workers beat for every activity), so time-outs may be generous.
 */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { ControlPlaneActivities, HostActivities } from './contract/index.js';
import { TASK_QUEUE, hostTaskQueue } from './ids.js';

const RETRY = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;
const HEARTBEAT = '5s';
/** A crash during the recovery must not wait for what it interrupts; epochs fence the leftovers. */
const cancellationType = ActivityCancellationType.TRY_CANCEL;

/** Short reads of venues and computations on artifacts. */
export const controlPlane = proxyActivities<
  Omit<ControlPlaneActivities, 'takeSnapshot' | 'compareBooks'>
>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '2m',
  heartbeatTimeout: HEARTBEAT,
  cancellationType,
  retry: { ...RETRY, maximumAttempts: 6 },
});

/** Work that grows with the orders and fills, or waits for its turn at a venue; it beats. */
export const thorough = proxyActivities<
  Pick<
    ControlPlaneActivities,
    'takeSnapshot' | 'compareBooks' | 'recoverOpenOrders' | 'containRisk'
  >
>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '1h',
  heartbeatTimeout: HEARTBEAT,
  cancellationType,
  retry: { ...RETRY, maximumAttempts: 6 },
});

/** Reports and notices: tried for long, because nobody waits for them. */
export const aftermath = proxyActivities<
  Pick<ControlPlaneActivities, 'writeReport' | 'notify' | 'notifyChannel'>
>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '1m',
  heartbeatTimeout: HEARTBEAT,
  cancellationType,
  retry: { ...RETRY, maximumAttempts: 8 },
});

/** Waiting, for a market to open or a venue to come back, may take days. */
export const patience = proxyActivities<
  Pick<ControlPlaneActivities, 'awaitMarketOpen' | 'awaitReadable' | 'renewDeadManSwitches'>
>({
  taskQueue: TASK_QUEUE,
  startToCloseTimeout: '7 days',
  heartbeatTimeout: HEARTBEAT,
  cancellationType,
  retry: RETRY,
});

/** Quick work on the engine's host. */
export function hostActivities(host: string) {
  return proxyActivities<HostActivities>({
    taskQueue: hostTaskQueue(host),
    startToCloseTimeout: '1m',
    heartbeatTimeout: HEARTBEAT,
    cancellationType,
    retry: { ...RETRY, maximumAttempts: 8 },
  });
}

/** Work on the host that takes as long as it takes: a core being written, a monitoring window. */
export function longHostActivities(host: string) {
  return proxyActivities<
    Pick<HostActivities, 'confirmDeath' | 'collectEvidence' | 'watchEngine' | 'stopEngine'>
  >({
    taskQueue: hostTaskQueue(host),
    startToCloseTimeout: '1h',
    heartbeatTimeout: HEARTBEAT,
    cancellationType,
    retry: { ...RETRY, maximumAttempts: 20 },
  });
}
