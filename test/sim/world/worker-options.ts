/** What a worker of the product is set to, for the SDK's own worker that is simulated below. */
import { workerSettings } from '../../../workers/processes/runtime.js';

type Settings = Parameters<typeof workerSettings>[0];

export function workerOptions(settings: Settings) {
  return { namespace: 'default', ...workerSettings(settings) } as never;
}
