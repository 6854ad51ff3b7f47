/** Stopping an engine: by its own surface first, then by force, until no process of it is left. */
import type { InstanceInput } from '../workflows/contract/index.js';
import { failure } from '../workflows/failure.js';
import { describeError, isFailure } from './errors.js';
import type { HostPorts } from './ports.js';

const STOP_WAIT_MS = 5_000;
const POLL_MS = 50;

export function createStopActivities(ports: HostPorts) {
  return {
    async stopEngine(
      input: InstanceInput & { mode: 'graceful' | 'emergency' },
    ): Promise<{ detail: string }> {
      const { engineId, mode } = input;
      // First: a start of this epoch that is still under way finds the fence raised, and ends.
      const fenced = await raiseFence(ports, engineId, input.epoch + 1);
      const asked = await ports
        .control(engineId)
        .shutdown(mode, input)
        .then(() => 'asked to stop')
        .catch((error: unknown) => {
          if (isFailure(error, 'StaleEpoch')) throw error; // of a later epoch: not ours to stop
          return `could not be asked (${describeError(error)})`;
        });
      const gone = await waitForNone(ports, engineId);
      if (gone) return { detail: `${asked}; gone${fenced}` };
      for (const process of await ports.processes.ofEngine(engineId)) {
        await ports.processes.kill(process, 'SIGKILL');
      }
      if (await waitForNone(ports, engineId)) return { detail: `${asked}; killed${fenced}` };
      throw failure('EngineStillAlive', `Engine ${engineId} does not die by SIGKILL`);
    },
  };
}

async function waitForNone(ports: HostPorts, engineId: string): Promise<boolean> {
  const began = ports.clock.nowMs();
  while (ports.clock.nowMs() - began < STOP_WAIT_MS) {
    if ((await ports.processes.ofEngine(engineId)).length === 0) return true;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return false;
}

/** Stopping must not depend on a disk; but a stop of an older epoch is not ours to carry out. */
async function raiseFence(ports: HostPorts, engineId: string, epoch: number): Promise<string> {
  return ports.fence.raise(engineId, epoch).then(
    () => '',
    (error: unknown) => {
      if (isFailure(error, 'StaleEpoch')) throw error;
      return '; THE FENCE COULD NOT BE RAISED: see that nothing starts it again';
    },
  );
}
