/**
 * For people: whether the engine lives, and where it does not, what died last.
 *
 * Invariants: could not be seen is never dead; one that answers lives, whatever it says and whatever
 * the process table shows; one of which nothing was ever heard has died of nothing, and is said to have never
 * come up only where every way to see it shows nobody.
 */
import type { EngineLook, HostActivities } from '../../workflows/contract/index.js';
import type { CrashReport } from '../../workflows/domain/crash/report.js';
import { failure } from '../../workflows/failure.js';
import type { HostPorts, LastHeard } from '../ports.js';
import { lifeOf, neverCameUp } from '../../workflows/domain/crash/unseen.js';
import { surfaceOf, type Surface } from '../procedures/stopping/surface.js';

export function createLookActivities(ports: HostPorts) {
  return {
    /** Fails where its processes cannot be seen. */
    async lookAtEngine({ engineId }: { engineId: string }): Promise<EngineLook> {
      const processes = await ports.processes.ofEngine(engineId);
      if (processes.length > 0) {
        const named = processes.map(({ instanceId, pid }) => `${instanceId} runs as pid ${pid}`);
        return { kind: 'alive', detail: named.join(', ') };
      }
      // A command that fails says nothing: then the processes alone do.
      const surface = await surfaceOf(ports.control(engineId));
      if (surface === 'answers') {
        return {
          kind: 'alive',
          detail: 'no process of it is seen, and its control surface answers',
        };
      }
      const last = await ports.watched(engineId);
      if (last === null && surface === 'unclear') throw unknownToAll(engineId);
      if (last === null) return neverHeardOf(ports, engineId, surface);
      return { kind: 'dead', report: await deathOf(ports, engineId, last) };
    },
  } satisfies Pick<HostActivities, 'lookAtEngine'>;
}

function unknownToAll(engineId: string): Error {
  return failure(
    'ProcessesUnreadable',
    `no process of ${engineId} is seen and none was ever heard of here, but its control surface is there and ` +
      'does not tell: whether it lives is not known',
  );
}

/** Of which no process is seen. */
async function neverHeardOf(
  ports: HostPorts,
  engineId: string,
  surface: Surface,
): Promise<EngineLook> {
  const { host, clock } = ports;
  const life = lifeOf([], await ports.signs(engineId), surface);
  if (life.kind === 'alive') return life;
  if (life.kind === 'unknown') return { kind: 'dead', report: null, why: life.detail };
  const sinceMs = await ports.unseenSinceMs(engineId);
  return { kind: 'dead', report: neverCameUp({ engineId, host, sinceMs }, clock.nowMs()) };
}

async function deathOf(
  ports: HostPorts,
  engineId: string,
  { instance, ...place }: LastHeard,
): Promise<CrashReport> {
  const { instanceId, pid } = instance;
  const standing = ports.standing(place);
  if (standing === 'elsewhere') {
    const where = 'in another namespace or on another host, where nobody here can look';
    throw failure('ProcessesUnreadable', `${instanceId} ran as pid ${pid} ${where}`);
  }
  const liveness = standing === 'ended' ? 'gone' : await ports.processes.liveness(instance);
  if (liveness === 'alive') {
    // Its environment may have been cleared: it is not known as the engine's, and it is its pid.
    throw failure('EngineStillAlive', `${instanceId} still lives as pid ${pid}`);
  }
  return {
    engineId,
    instance,
    suspicion: liveness === 'gone' ? 'dead' : 'dumping_core',
    probe: 'watched_record',
    detail: `pid ${pid} of ${instanceId} is gone, and nobody had reported it`,
    detectedAtMs: ports.clock.nowMs(),
    ...place,
  };
}
