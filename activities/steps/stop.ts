/** Stopping an engine: by its own surface first, then by force, until no process of it is left. */
import { Context } from '@temporalio/activity';
import type { InstanceInput } from '../../workflows/contract/index.js';
import { failure } from '../../workflows/failure.js';
import { describeError, isFailure } from '../errors.js';
import type { HostPorts } from '../ports.js';
import { stopEngine, type Asked, type StopWaits } from '../procedures/stop-engine.js';

/** It may be about to stop even where its answer was lost. */
const WAITS: StopWaits = {
  answerMs: null,
  acceptedMs: 5_000,
  otherwiseMs: 5_000,
  killedMs: 5_000,
};

export function createStopActivities(ports: HostPorts) {
  return {
    async stopEngine(
      input: InstanceInput & { mode: 'graceful' | 'emergency' },
    ): Promise<{ detail: string }> {
      const { engineId, mode, epoch, idempotencyKey } = input;
      // First: a start of this epoch that is still under way finds the fence raised, and ends.
      const fenced = await raiseFence(ports, engineId, epoch + 1);
      const stamp = { epoch, idempotencyKey };
      const request = { engineId, mode, stamp, sparesLater: true, waits: WAITS };
      const context = Context.current();
      const { asked, killed, left, trouble } = await stopEngine(ports, request, {
        sleep: (ms) => context.sleep(ms),
        signal: context.cancellationSignal,
      });
      if (left.length > 0) {
        throw failure('EngineStillAlive', `Engine ${engineId} does not die by SIGKILL`);
      }
      // Nothing seen is no proof where not everything could be seen.
      const unseen = trouble.find(({ kind }) => kind === 'processes_unreadable');
      if (unseen !== undefined) throw unseen.error;
      return { detail: `${describeAsked(asked)}; ${killed ? 'killed' : 'gone'}${fenced}` };
    },
  };
}

function describeAsked(asked: Asked): string {
  if (asked.answer === 'accepted') return 'asked to stop';
  const why = asked.answer === 'late' ? 'no answer' : describeError(asked.error);
  return `could not be asked (${why})`;
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
