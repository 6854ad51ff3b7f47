/**
 * Stopping an instance of an engine: by its own surface first, then by force, until no process of it is
 * left. Another one is left alone, and said to live.
 *
 * Invariant: an attempt that was given up asks no engine to stop, because another may answer there by
 * then; but it kills, because a kill names one process of an instance that no recovery wants any more.
 */
import { Context } from '@temporalio/activity';
import type {
  InstanceInput,
  KillSwitchTurn,
  StoppedByKillSwitch,
} from '../../workflows/contract/index.js';
import { failure } from '../../workflows/failure.js';
import { describeError, isFailure } from '../errors.js';
import type { HostPorts } from '../ports.js';
import { anotherAlive, onlyInstance } from '../procedures/one-instance.js';
import {
  STOPS_WITHIN_MS,
  stopEngine,
  type Asked,
  type StopWaits,
} from '../procedures/stopping/stop-engine.js';
import { stopForGood } from '../procedures/stopping/stop-for-good.js';

/** It may be about to stop even where its answer was lost. */
const WAITS: StopWaits = {
  answerMs: null,
  acceptedMs: STOPS_WITHIN_MS,
  otherwiseMs: 5_000,
  killedMs: 5_000,
};

export function createStopActivities(ports: HostPorts) {
  return {
    async stopEngine(
      input: InstanceInput & { mode: 'graceful' | 'emergency' },
    ): Promise<{ detail: string }> {
      const { engineId, instanceId, mode, epoch, idempotencyKey } = input;
      // First: a start of this epoch that is still under way finds the fence raised, and ends.
      const fenced = await raiseFence(ports, engineId, epoch + 1);
      const stamp = { epoch, idempotencyKey };
      const acceptedMs = ports.stopWithinMs?.(engineId) ?? WAITS.acceptedMs;
      const waits = { ...WAITS, acceptedMs };
      const request = { engineId, mode, stamp, sparesLater: true, waits };
      const context = Context.current();
      const signal = context.cancellationSignal;
      const pace = { beat: () => context.heartbeat(), signal };
      const lease = ports.lease();
      const named = onlyInstance(ports, input, { ...pace, lease });
      const { asked, pids, killed, left, trouble } = await stopEngine(named.host, request, {
        sleep: (ms) => context.sleep(ms),
        signal,
      });
      if (left.length > 0) {
        throw failure('EngineStillAlive', `${instanceId} of ${engineId} does not die by SIGKILL`);
      }
      // Nothing seen is no proof where not everything could be seen.
      const unseen = trouble.find(({ kind }) => kind === 'processes_unreadable');
      if (unseen !== undefined) throw unseen.error;
      const alive = await named.others();
      if (alive.length > 0) throw anotherAlive(instanceId, alive);
      const became = `${describeAsked(asked)}; ${killed ? 'killed' : 'gone'}`;
      return { detail: `${whichWords(instanceId, pids)}: ${became}${fenced}` };
    },
  };
}

/** A person reads it who does not know which of several was meant. */
function whichWords(instanceId: string, pids: readonly number[]): string {
  return `${instanceId} (${pids.length === 0 ? 'no process of it seen' : `pid ${pids.join(', ')}`})`;
}

function describeAsked(asked: Asked): string {
  if (asked.answer === 'accepted') return 'asked to stop';
  if (asked.answer === 'signalled') return 'told to stop by SIGTERM, as it offers no other way';
  if ('error' in asked) return `could not be asked (${describeError(asked.error)})`;
  return asked.answer === 'late' ? 'could not be asked (no answer)' : 'offers no way to be asked';
}

/**
 * Stopping must not depend on a disk; but a stop of an older epoch, or of one that no recovery can
 * have, is not ours to carry out.
 */
async function raiseFence(ports: HostPorts, engineId: string, epoch: number): Promise<string> {
  return ports.fence.raise(engineId, epoch).then(
    () => '',
    (error: unknown) => {
      if (isFailure(error, 'StaleEpoch') || isFailure(error, 'EpochOutOfBounds')) throw error;
      return '; THE FENCE COULD NOT BE RAISED: see that nothing starts it again';
    },
  );
}

/**
 * The kill switch on the engine's own host, asked for from anywhere by way of its guardian. The latch is
 * turned by itself, so that nothing starts the engine whatever becomes of the rest.
 */
export function createKillSwitchActivities(ports: HostPorts) {
  return {
    async turnKillSwitch(input: KillSwitchTurn): Promise<{ wasEngaged: boolean }> {
      const { engineId, turn, reason, by } = input;
      if (turn === 'release') {
        return { wasEngaged: await ports.fence.release(engineId, { reason, by }) };
      }
      // What cannot be read keeps nobody from engaging it: it lets no engine start either.
      const wasEngaged = await ports.fence.killSwitch(engineId).then(
        ({ engaged }) => engaged,
        () => true,
      );
      await ports.fence.engage(engineId, reason, by);
      return { wasEngaged };
    },

    async stopByKillSwitch({ engineId }: { engineId: string }): Promise<StoppedByKillSwitch> {
      const context = Context.current();
      const { result, failed } = await stopForGood(
        ports,
        { engineId, hostName: ports.host },
        {
          sleep: (ms) => context.sleep(ms),
          signal: context.cancellationSignal,
          why: describeError,
        },
      );
      return { result, failed };
    },
  };
}
