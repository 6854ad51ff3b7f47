/**
 * The latch of this machine, the first effect of a stop.
 *
 * Invariant: nothing that takes long is loaded or asked before it is turned, neither ccxt nor a client of
 * Temporal.
 */
import type { ShutdownStep } from '../../../clients/cli/answers/schemas.js';
import { composeFence } from '../../compose/fence.js';
import { engineOf } from '../../config/engines.js';
import type { Config } from '../../config/schema.js';
import { userName } from '../user-name.js';
import { whyOf } from '../why.js';

/** Never fails but for a name that is not configured: a wrong name must not engage anything. */
export async function engageHere(
  config: Config,
  { engineId, reason }: { engineId: string; reason: string },
): Promise<ShutdownStep> {
  engineOf(config, engineId);
  try {
    await composeFence(config).engage(engineId, reason, userName());
    return { result: 'engaged', failed: false };
  } catch (error) {
    const result =
      `NOT ENGAGED: ${whyOf(error)}. Relight may start the engine again: ` +
      'stop its agent, or make the data folder writable and repeat.';
    return { result, failed: true };
  }
}
