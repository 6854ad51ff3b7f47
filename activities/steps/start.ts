/**
 * Step 6. The recovered checkpoint is written once and the engine boots from it, without trading.
 * Before a start the host's fence is raised and every process of the engine is looked for: an
 * instance that already runs is not started again, any other one forbids the start.
 *
 * Invariants: a start is begun once by its key, so that what was started and died stays dead under its
 * name; nothing is written or started by an attempt that was given up, or whose epoch is old.
 */
import { Context } from '@temporalio/activity';
import { releaseCommand } from '../../workflows/domain/notices/shutdown-command.js';
import type {
  HealthInput,
  InstanceInput,
  Readiness,
  ReadyInput,
  RecoveredCheckpoint,
  RecoveredInput,
  StartedByHand,
  StartedEngine,
  StartedInput,
} from '../../workflows/contract/index.js';
import {
  judgeHealth,
  TELLS_NOTHING,
  type HealthVerdict,
} from '../../workflows/domain/engine/health.js';
import { isPlain } from '../../workflows/domain/engine/boot.js';
import { CHECKPOINT_VERSION } from '../../workflows/domain/engine/checkpoint.js';
import { stateDigest } from '../../workflows/domain/books/state.js';
import { withLatch } from '../../workflows/domain/reconciliation/risk-state.js';
import { failure } from '../../workflows/failure.js';
import { describeError, isFailure } from '../errors.js';
import type { EngineProcess, HostPorts, Lease } from '../ports.js';
import { aheadOf } from '../procedures/reading/clock.js';
import { healthOf, heldBy } from '../procedures/reading/held.js';
import { newProcess } from '../procedures/reading/new-process.js';
import { answeringInstance } from '../procedures/stopping/surface.js';
import { alsoIf } from '../procedures/lease.js';
import { until, type Looking } from '../procedures/until.js';

const SEEN_WITHIN_MS = 1_000;
const LOOK_MS = 25;
const ASK_EVERY_MS = 500;

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
      return { path, sequence, digest: stateDigest(state), ...bootOf(ports, engineId) };
    },

    startEngine: (input: InstanceInput & { statePath: string }): Promise<StartedEngine> =>
      startOnce(ports, input),

    /** By a person; null where none is seen in time. What was started against a fence or a switch is ended. */
    async awaitStarted(input: StartedInput): Promise<StartedByHand | null> {
      const context = Context.current();
      await ports.fence.raise(input.engineId, input.epoch);
      const started = await newProcess(ports, input, (ms) => context.sleep(ms));
      if (started === null) return null;
      await endIfFenced(ports, input, started);
      return { instanceId: started.instanceId, pid: started.pid };
    },

    /** Begins anew after a restart of the agent: it may have been deaf meanwhile. */
    awaitReady: (input: ReadyInput): Promise<Readiness> => askUntilReady(ports, input),

    async checkComprehensiveHealth(input: HealthInput): Promise<HealthVerdict> {
      const control = ports.control(input.engineId);
      try {
        const told = await healthOf(control);
        const instanceId = await answeringInstance(ports, input.engineId, told);
        // One that trades may hold another state at the next question.
        const held = input.mayTrade === true ? TELLS_NOTHING : await heldBy(ports, input);
        return judgeHealth({ ...told, instanceId }, held, input);
      } catch (error) {
        if (isFailure(error, 'EngineUnreachable')) await refuseDead(ports, input);
        throw error;
      }
    },
  };
}

/** What a recovery must know of it before it is started; nothing of one that boots from its file. */
function bootOf(ports: HostPorts, engineId: string): Pick<RecoveredCheckpoint, 'boot'> {
  const boot = ports.boot?.(engineId);
  return boot === undefined || isPlain(boot) ? {} : { boot };
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

/** In place of waiting for a time that fits no engine; one that has died is told as dead at once. */
async function askUntilReady(ports: HostPorts, input: ReadyInput): Promise<Readiness> {
  const context = Context.current();
  const { clock } = ports;
  const sleep = (ms: number) => context.sleep(ms);
  const beganAtMs = clock.nowMs();
  let note = '';
  const look = async () => {
    const why = await whyNotReady(ports, input);
    if (why === null) return true;
    note = why;
    if (!(await mayLive(ports, input.engineId, sleep))) await refuseDead(ports, input);
    return null;
  };
  const looking = { withinMs: input.withinMs, everyMs: ASK_EVERY_MS, clock, sleep };
  const ready = (await until(look, looking)) !== null;
  return { ready, afterMs: clock.nowMs() - beganAtMs, note: ready ? '' : note };
}

/** Ready is this instance and no other. */
async function whyNotReady(
  ports: HostPorts,
  { engineId, instanceId }: ReadyInput,
): Promise<string | null> {
  try {
    const health = await ports.control(engineId).quickHealth();
    const answering = await answeringInstance(ports, engineId, health);
    if (answering !== instanceId) return `another instance answers: ${answering}`;
    return health.healthy ? null : health.note;
  } catch (error) {
    return describeError(error);
  }
}

/** What is not seen once may be becoming what it runs; what cannot be looked for may live. */
async function mayLive(
  { clock, processes }: HostPorts,
  engineId: string,
  sleep: Looking['sleep'],
): Promise<boolean> {
  const look = async () => {
    const living = await processes.ofEngine(engineId).catch(() => null);
    return living === null || living.length > 0 ? true : null;
  };
  const looking = { withinMs: SEEN_WITHIN_MS, everyMs: LOOK_MS, clock, sleep };
  return (await until(look, looking)) ?? false;
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
): Promise<StartedEngine> {
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
  return { pid: started?.pid ?? 0, awaitsReady: true };
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
    // What has died was made, and what it has left may live.
    if (!isFailure(error, 'EngineDied')) await launches.forget(engineId, idempotencyKey);
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
  { engineId, epoch }: Pick<InstanceInput, 'engineId' | 'epoch'>,
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
      `Release it with: ${releaseCommand(engineId)}`,
  );
}
