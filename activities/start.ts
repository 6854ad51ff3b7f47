/**
 * Step 6. The recovered checkpoint is written once and the engine boots from it, without trading.
 * Before a start the host's fence is raised and every process of the engine is looked for: an
 * instance that already runs is not started again, any other one forbids the start.
 */
import { Context } from '@temporalio/activity';
import type { ArtifactRef } from '../workflows/domain/content/artifact.js';
import type { ComprehensiveHealth, StateDigest } from '../workflows/domain/engine/control.js';
import { CHECKPOINT_VERSION } from '../workflows/domain/engine/checkpoint.js';
import { stateDigest, type EngineState } from '../workflows/domain/books/state.js';
import { failure } from '../workflows/failure.js';
import type { EngineProcess, HostPorts, WriteStamp } from './ports.js';
import { offered } from './procedures/capabilities.js';

export interface InstanceInput extends WriteStamp {
  engineId: string;
  instanceId: string;
}

export interface RecoveredCheckpoint {
  path: string;
  sequence: number;
  digest: string;
}

export interface HealthVerdict {
  healthy: boolean;
  failed: string[];
  checks: number;
  engineDigest: string | null;
}

const LOOKS = 40;
const LOOK_MS = 25;

export function createStartActivities(ports: HostPorts) {
  const oneAtATime = createTurns();
  return {
    async writeRecoveredCheckpoint(input: {
      engineId: string;
      instanceId: string;
      epoch: number;
      sequence: number;
      takenAtMs: number;
      state: ArtifactRef;
    }): Promise<RecoveredCheckpoint> {
      const { engineId, instanceId, epoch } = input;
      await ports.fence.raise(engineId, epoch);
      const state = await ports.artifacts.getJson<EngineState>(input.state);
      const sequence = input.sequence + 1;
      const takenAtNs = `${input.takenAtMs}000000`;
      const header = {
        version: CHECKPOINT_VERSION,
        engineId,
        instanceId,
        epoch,
        sequence,
        takenAtNs,
      };
      const path = await ports.checkpoints.writeRecovered(engineId, { header, state });
      return { path, sequence, digest: stateDigest(state) };
    },

    startEngine: (input: InstanceInput & { statePath: string }): Promise<{ pid: number }> =>
      oneAtATime(input.engineId, () => startOnce(ports, input)),

    /** Healthy means: this instance, every check passed, and exactly the recovered state held. */
    async checkComprehensiveHealth(input: {
      engineId: string;
      instanceId: string;
      digest: string;
    }): Promise<HealthVerdict> {
      const control = ports.control(input.engineId);
      const health = await offered(control, 'comprehensiveHealth')();
      const held = await offered(control, 'stateDigest')();
      return judgeHealth(health, held, input);
    },
  };
}

function judgeHealth(
  health: ComprehensiveHealth,
  held: StateDigest,
  expected: { instanceId: string; digest: string },
): HealthVerdict {
  const failed = [
    ...health.checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`),
    ...(health.instanceId === expected.instanceId
      ? []
      : [`another instance answers: ${health.instanceId}`]),
    ...(held.digest === expected.digest ? [] : ['the engine does not hold the recovered state']),
    ...(health.trading ? ['the engine trades already'] : []),
  ];
  const checks = health.checks.length + 3;
  return { healthy: failed.length === 0, failed, checks, engineDigest: held.digest };
}

/** An attempt that Temporal gave up may still run beside the next: looking and starting is one turn. */
function createTurns() {
  const last = new Map<string, Promise<unknown>>();
  return async <T>(engineId: string, act: () => Promise<T>): Promise<T> => {
    const before = last.get(engineId) ?? Promise.resolve();
    const mine = before.then(act, act);
    last.set(engineId, mine);
    return mine;
  };
}

async function startOnce(
  ports: HostPorts,
  input: InstanceInput & { statePath: string },
): Promise<{ pid: number }> {
  const { engineId, instanceId, epoch } = input;
  await refuseWhileKillSwitch(ports, engineId);
  await ports.fence.raise(engineId, epoch);
  const running = await ports.processes.ofEngine(engineId);
  const stranger = running.find((process) => process.instanceId !== instanceId);
  if (stranger !== undefined) {
    throw failure(
      'EngineStillAlive',
      `${stranger.instanceId} (pid ${stranger.pid}) lives: one live engine`,
    );
  }
  if (running.length === 0) await ports.control(engineId).start(input);
  const started = running[0] ?? (await untilSeen(ports, engineId));
  await endIfFenced(ports, input, started);
  return { pid: started?.pid ?? 0 };
}

/**
 * Its environment, by which it is known, cannot be read for a moment while it becomes what it runs:
 * returning before would let the next attempt start a second one.
 */
async function untilSeen(
  { processes }: HostPorts,
  engineId: string,
): Promise<EngineProcess | undefined> {
  for (let look = 0; look < LOOKS; look += 1) {
    const [seen] = await processes.ofEngine(engineId);
    if (seen !== undefined) return seen;
    await Context.current().sleep(LOOK_MS);
  }
  return undefined;
}

/** Stopped while it was being started: the fence has been raised, and this process must not stay. */
async function endIfFenced(
  ports: HostPorts,
  { engineId, epoch }: InstanceInput,
  started: EngineProcess | undefined,
): Promise<void> {
  try {
    await ports.fence.raise(engineId, epoch);
    await refuseWhileKillSwitch(ports, engineId);
  } catch (error) {
    if (started !== undefined) await ports.processes.kill(started, 'SIGKILL');
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
