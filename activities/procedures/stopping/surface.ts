/**
 * What an engine's control surface says of whether somebody is there.
 *
 * Invariant: only a refused connection is silence; a failing that tells nothing of it, as a command's may, is
 * `untold`, and whoever asked has to know otherwise.
 */
import type { EngineControl } from '../../ports.js';
import { isAnswer, isSilent, isUnclear } from '../../errors.js';

export type Surface = 'answers' | 'silent' | 'unclear' | 'untold';

export async function surfaceOf(control: Pick<EngineControl, 'quickHealth'>): Promise<Surface> {
  try {
    await control.quickHealth();
    return 'answers';
  } catch (error) {
    if (isSilent(error)) return 'silent';
    if (isAnswer(error)) return 'answers';
    return isUnclear(error) ? 'unclear' : 'untold';
  }
}
