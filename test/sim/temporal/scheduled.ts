/** That an activity is scheduled, as its run's history has it. */
import { payloadsOf, type Command, type Plain } from './wire.js';

export type Scheduled = NonNullable<Command['scheduleActivity']>;

/** `completedId`: the event of the task that commands it. */
export function scheduledEvent(
  scheduled: Scheduled,
  { userMetadata, completedId }: { userMetadata: unknown; completedId: number },
): Plain {
  return {
    ...(userMetadata !== null && userMetadata !== undefined && { userMetadata }),
    activityTaskScheduledEventAttributes: {
      activityId: scheduled.activityId,
      activityType: { name: scheduled.activityType },
      taskQueue: { name: scheduled.taskQueue, kind: 1 },
      header: { fields: scheduled.headers },
      input: payloadsOf(scheduled.arguments),
      scheduleToCloseTimeout: scheduled.scheduleToCloseTimeout,
      scheduleToStartTimeout: scheduled.scheduleToStartTimeout,
      startToCloseTimeout: scheduled.startToCloseTimeout,
      heartbeatTimeout: scheduled.heartbeatTimeout,
      retryPolicy: scheduled.retryPolicy,
      workflowTaskCompletedEventId: completedId,
    },
  };
}
