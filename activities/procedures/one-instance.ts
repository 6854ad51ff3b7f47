/**
 * The host of an engine, as far as one instance of it is concerned: for stopping that one, and no
 * other that somebody has started beside it or since.
 *
 * Invariants: only processes of the instance are seen, and so killed; a control surface that is known
 * to be another's is not asked; an instance is known by what its process was started with, or by what
 * it says of itself; a look at the processes is patient, and one that fails in the end is no answer.
 */
import { describeError } from '../errors.js';
import type { EngineControl, EngineProcess, Lease } from '../ports.js';
import { failure } from '../../workflows/failure.js';
import { PATIENCE, patiently, type Pace } from './patiently.js';
import type { StopPorts } from './stopping/stop-engine.js';

interface OneInstance {
  host: StopPorts;
  /** Others that live, in words: their processes, and whoever answers in its place. */
  others(): Promise<string[]>;
}

export function onlyInstance(
  all: StopPorts,
  { engineId, instanceId }: { engineId: string; instanceId: string },
  pace: Pace & { lease: Lease },
): OneInstance {
  const met = new Set<string>();
  const surface = all.control(engineId);
  const ofEngine = async (): Promise<EngineProcess[]> => {
    const found = await patiently(() => look(all, engineId), PATIENCE.looking, pace);
    for (const each of found) if (each.instanceId !== instanceId) met.add(inWords(each));
    return found.filter((each) => each.instanceId === instanceId);
  };
  const asked = surface.shutdown;
  const shutdown: NonNullable<EngineControl['shutdown']> = async (mode, stamp) => {
    const answering = await whoAnswers(surface);
    const isItself = answering === null ? met.size === 0 : answering === instanceId;
    if (!isItself) throw anotherAlive(instanceId, [...met, ...inPlace(answering, instanceId)]);
    await pace.lease.beforeWrite();
    await asked?.(mode, stamp);
  };
  const quickHealth = () => surface.quickHealth();
  const control = () => ({ quickHealth, ...(asked !== undefined && { shutdown }) });
  const kill: StopPorts['processes']['kill'] = async (each, signal) =>
    all.processes.kill(each, signal);
  return {
    host: { clock: all.clock, control, processes: { ofEngine, kill } },
    // Asked again: one that called itself otherwise may have been this very process.
    others: async () => [...met, ...inPlace(await whoAnswers(surface), instanceId)],
  };
}

export function anotherAlive(instanceId: string, others: readonly string[]) {
  return failure(
    'AnotherEngineAlive',
    `${others.join(', ')} lives and is not ${instanceId}, which was to be stopped: it is left alone`,
  );
}

function inPlace(answering: string | null, instanceId: string): string[] {
  return answering === null || answering === instanceId ? [] : [`${answering} (answers)`];
}

async function look({ processes }: StopPorts, engineId: string): Promise<EngineProcess[]> {
  try {
    return await processes.ofEngine(engineId);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? describeError(error);
    throw failure(
      'ProcessesUnreadable',
      `The processes of ${engineId} cannot be read (${why}): whether it lives is not known`,
    );
  }
}

function inWords({ instanceId, pid }: EngineProcess): string {
  return `${instanceId || 'an unnamed instance'} (pid ${pid})`;
}

/** Null where nobody says. */
async function whoAnswers(surface: Pick<EngineControl, 'quickHealth'>): Promise<string | null> {
  try {
    return (await surface.quickHealth()).instanceId;
  } catch {
    return null;
  }
}
