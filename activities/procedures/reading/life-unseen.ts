/** Whether an engine of which nothing was ever heard on its host lives there all the same. */
import { lifeOf, type LifeUnseen } from '../../../workflows/domain/crash/unseen.js';
import type { HostPorts } from '../../ports.js';
import { surfaceOf } from '../stopping/surface.js';

/** Fails where the processes of this host cannot be seen. */
export async function lifeUnseen(
  { processes, signs, control }: Pick<HostPorts, 'processes' | 'signs' | 'control'>,
  engineId: string,
): Promise<LifeUnseen> {
  const [running, seen, surface] = await Promise.all([
    processes.ofEngine(engineId),
    signs(engineId),
    surfaceOf(control(engineId)),
  ]);
  return lifeOf(running, seen, surface);
}
