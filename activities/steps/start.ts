/**
 * Step 6. The recovered checkpoint is written once and the engine boots from it, without trading.
 * Before a start the host's fence is raised and every process of the engine is looked for: an
 * instance that already runs is not started again, any other one forbids the start.
 *
 * Invariants: a start is begun once by its key, so that what was started and died stays dead under its
 * name; nothing is written or started by an attempt that was given up, or whose epoch is old.
 */
import { Context } from '@temporalio/activity';
import type {
  HealthInput,
  InstanceInput,
  RecoveredCheckpoint,
  RecoveredInput,
} from '../../workflows/contract/index.js';
import {
  judgeHealth,
  type HealthVerdict,
  type Held,
} from '../../workflows/domain/engine/health.js';
import { stateDifferences } from '../../workflows/domain/engine/held-state.js';
import { CHECKPOINT_VERSION } from '../../workflows/domain/engine/checkpoint.js';
import { stateDigest } from '../../workflows/domain/books/state.js';
import { withLatch } from '../../workflows/domain/reconciliation/risk-state.js';
import { failure } from '../../workflows/failure.js';
import { isFailure } from '../errors.js';
import type { EngineProcess, HostPorts, Lease } from '../ports.js';
import { aheadOf } from '../procedures/reading/clock.js';
import { offered } from '../procedures/capabilities.js';
import { alsoIf } from '../procedures/lease.js';
import { until } from '../procedures/until.js';

const SEEN_WITHIN_MS = 1_000;
const LOOK_MS = 25;

export function createStartActivities(ports: HostPorts) {
  return {
    async writeRecoveredCheckpoint(input: RecoveredInput): Promise<RecoveredCheckpoint> {
      const { engineId, instanceId, epoch } = input;
      const lease = hostLease(ports, input);
      const state = withLatch(await ports.artifacts.get('engine-state', input.state));
      const sequence = input.sequence + 1;
      // Here by this host's clock: what is read since then may be read twice, and is never of the future.
      const takenAtMs = Math.min(input.takenAtMs + aheadOf(ports.clock), ports.clock.nowMs());
      const takenAtNs = `${takenAtMs}000000`;
      const header = {
        version: CHECKPOINT_VERSION,
        engineId,
        instanceId,
        epoch,
        sequence,
        takenAtNs,
      };
      await lease.beforeWrite();
      const path = await ports.checkpoints.writeRecovered(engineId, { header, state });
      return { path, sequence, digest: stateDigest(state) };
    },

    startEngine: (input: InstanceInput & { statePath: string }): Promise<{ pid: number }> =>
      startOnce(ports, input),

    async checkComprehensiveHealth(input: HealthInput): Promise<HealthVerdict> {
      const control = ports.control(input.engineId);
      try {
        const health = await offered(control, 'comprehensiveHealth')();
        return judgeHealth(health, await heldBy(ports, input), input);
      } catch (error) {
        if (isFailure(error, 'EngineUnreachable')) await refuseDead(ports, input);
        throw error;
      }
    },
  };
}

/** Whoever was started here and has failed will not answer any more: that is a death, and no silence. */
async function refuseDead(
  ports: HostPorts,
  { engineId, instanceId }: { engineId: string; instanceId: string },
): Promise<void> {
  const living = await ports.processes.ofEngine(engineId).catch(() => null);
  if (living === null || living.length > 0) return;
  const ending = await ports.control(engineId).ending(instanceId);
  if (ending?.failed !== true) return;
  throw failure('EngineDied', `${ending.words}; no process of it is here any more`);
}

/** Its state, where it tells that: a digest may be one that it was handed. */
async function heldBy(ports: HostPorts, { engineId, state }: HealthInput): Promise<Held> {
  const control = ports.control(engineId);
  const told = control.state === undefined ? null : (await control.state()).state;
  const { digest } =
    control.stateDigest === undefined && told !== null
      ? { digest: stateDigest(told) }
      : await offered(control, 'stateDigest')();
  if (told === null || state === undefined) return { digest, differing: null };
  const recovered = withLatch(await ports.artifacts.get('engine-state', state));
  return { digest, differing: stateDifferences(told, recovered) };
}

/** The lease under which an attempt writes on this host: its own, and the fence has not been raised. */
export function hostLease(
  { lease, fence }: Pick<HostPorts, 'lease' | 'fence'>,
  { engineId, epoch }: { engineId: string; epoch: number },
): Lease {
  return alsoIf(lease(), () => fence.raise(engineId, epoch));
}

async function startOnce(
  ports: HostPorts,
  input: InstanceInput & { statePath: string },
): Promise<{ pid: number }> {
  const { engineId, instanceId, epoch } = input;
  await refuseWhileKillSwitch(ports, engineId);
  await ports.fence.raise(engineId, epoch);
  refuseOtherState(ports, input);
  const running = await ports.processes.ofEngine(engineId);
  const stranger = running.find((process) => process.instanceId !== instanceId);
  if (stranger !== undefined) {
    throw failure(
      'EngineStillAlive',
      `${stranger.instanceId} (pid ${stranger.pid}) lives: one live engine`,
    );
  }
  if (running.length === 0) await startByKey(ports, input);
  const started = running[0] ?? (await untilSeen(ports, input));
  await endIfFenced(ports, input, started);
  if (started === null) await refuseDead(ports, input);
  return { pid: started?.pid ?? 0 };
}

/** Noted first: whoever comes after an attempt that was lost must not start it again. */
async function startByKey(
  ports: HostPorts,
  input: InstanceInput & { statePath: string },
): Promise<void> {
  const { clock, launches } = ports;
  const { engineId, instanceId, idempotencyKey } = input;
  const lease = hostLease(ports, input);
  const begunAtMs = await launches.begunAtMs(engineId, idempotencyKey);
  if (begunAtMs !== null) {
    const ending = await ports.control(engineId).ending(instanceId);
    throw failure(
      'EngineDied',
      `${instanceId} was started at ${new Date(begunAtMs).toISOString()}, and no process of it is here ` +
        'any more: it is not started again under the same name' +
        (ending === null ? '' : `; ${ending.words}`),
    );
  }
  await lease.beforeWrite();
  await launches.begin(engineId, idempotencyKey, clock.nowMs());
  try {
    await lease.beforeWrite();
    await ports.control(engineId).start(input);
  } catch (error) {
    await launches.forget(engineId, idempotencyKey); // no process was made
    throw error;
  }
}

/** A file that no recovery of this epoch has written is not what people approved. */
function refuseOtherState(
  { checkpoints }: HostPorts,
  { engineId, epoch, statePath }: InstanceInput & { statePath: string },
): void {
  if (statePath === checkpoints.recoveredPath(engineId, epoch)) return;
  throw failure('NotOurs', `${engineId} is not started from ${statePath}: no recovery wrote it`);
}

/**
 * Its environment, by which it is known, cannot be read for a moment while it becomes what it runs:
 * returning before would let the next attempt start a second one. Only this instance is meant: whoever woke
 * up late finds the next one beside it, which is not to be ended in its place.
 */
async function untilSeen(
  { clock, processes }: HostPorts,
  { engineId, instanceId }: InstanceInput,
): Promise<EngineProcess | null> {
  const context = Context.current();
  const sleep = (ms: number) => context.sleep(ms);
  const isIt = (one: EngineProcess) => one.instanceId === instanceId;
  const look = async () => (await processes.ofEngine(engineId)).find(isIt) ?? null;
  return until(look, { withinMs: SEEN_WITHIN_MS, everyMs: LOOK_MS, clock, sleep });
}

/** Stopped while it was being started: the fence has been raised, and this process must not stay. */
async function endIfFenced(
  ports: HostPorts,
  { engineId, epoch }: InstanceInput,
  started: EngineProcess | null,
): Promise<void> {
  try {
    await ports.fence.raise(engineId, epoch);
    await refuseWhileKillSwitch(ports, engineId);
  } catch (error) {
    if (started !== null) await ports.processes.kill(started, 'SIGKILL');
    throw error;
  }
}

export async function refuseWhileKillSwitch(ports: HostPorts, engineId: string): Promise<void> {
  const { engaged, reason } = await ports.fence.killSwitch(engineId);
  if (!engaged) return;
  throw failure(
    'KillSwitchEngaged',
    `The kill switch of ${engineId} is engaged (${reason}). ` +
      `Release it with: relight shutdown --release --engine ${engineId}`,
  );
}
