/**
 * What an engine's control surface says of whether somebody is there, and who.
 *
 * Invariant: only a refused connection is silence; a failing that tells nothing of it, as a command's may, is
 * `untold`, and so is the "no" of a script, which says the same of one that is ill and one that is gone:
 * whoever asked has to know otherwise.
 */
import type { EngineControl, HostPorts } from '../../ports.js';
import { isAnswer, isSilent, isUnclear } from '../../errors.js';

export type Surface = 'answers' | 'silent' | 'unclear' | 'untold';

export async function surfaceOf(control: Pick<EngineControl, 'quickHealth'>): Promise<Surface> {
  try {
    const { healthy, instanceId } = await control.quickHealth();
    return healthy || instanceId !== null ? 'answers' : 'untold';
  } catch (error) {
    if (isSilent(error)) return 'silent';
    if (isAnswer(error)) return 'answers';
    return isUnclear(error) ? 'unclear' : 'untold';
  }
}

const NOBODY = 'no process of it that is seen here';

/**
 * Whose an answer is: as it calls itself; of a surface that does not tell, the one process of the engine that
 * lives here; in words where that is none, or several.
 */
export async function answeringInstance(
  { processes }: Pick<HostPorts, 'processes'>,
  engineId: string,
  { instanceId }: { instanceId: string | null },
): Promise<string> {
  if (instanceId !== null) return instanceId;
  const living = await processes.ofEngine(engineId);
  const names = [...new Set(living.map((each) => each.instanceId || 'an unnamed instance'))];
  return names.length === 0 ? NOBODY : names.join(' and ');
}
