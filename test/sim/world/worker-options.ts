/** What a worker of the product is set to, for the SDK's own worker that is simulated below. */
import {
  attemptsInTurn,
  oneAttemptAtATime,
} from '../../../workers/processes/activities/one-attempt.js';
import { workerSettings } from '../../../workers/processes/runtime.js';

type Settings = Parameters<typeof workerSettings>[0];

/** Of a process that remembers nothing of the one before it. */
export function workerOptions(settings: Settings) {
  const all = workerSettings(settings);
  const { activity = [] } = all.interceptors ?? {};
  const own = activity.map((each) => (each === oneAttemptAtATime ? attemptsInTurn() : each));
  return {
    namespace: 'default',
    ...all,
    interceptors: { ...all.interceptors, activity: own },
  } as never;
}
