/**
 * The latch of this machine, the first effect of a stop.
 *
 * Invariant: nothing that takes long is loaded or asked before it is turned, neither ccxt nor a client of
 * Temporal.
 */
import type { ShutdownStep } from '../../../clients/cli/answers/shutdown.js';
import { composeFence } from '../../compose/fence.js';
import { engineOf } from '../../config/engines.js';
import { ConfigError } from '../../config/error.js';
import { userName } from '../user-name.js';
import { whyOf } from '../why.js';
import type { Answered } from '../../compose/dead-disks.js';

/**
 * Never fails but for a name that is not configured: a wrong name must not engage anything. `isLeftOut`: it is,
 * and its configuration is not valid.
 */
export async function engageHere(
  { config, away }: Answered,
  { engineId, reason }: { engineId: string; reason: string },
  isLeftOut = false,
): Promise<ShutdownStep> {
  if (!isLeftOut) engineOf(config, engineId);
  try {
    if (away !== null) throw new ConfigError(away);
    await composeFence(config).engage(engineId, reason, userName());
    return { result: 'engaged', failed: false };
  } catch (error) {
    const result =
      `NOT ENGAGED: ${whyOf(error)}. Relight may start the engine again: ` +
      'stop its agent, or make the data folder writable and repeat.';
    return { result, failed: true };
  }
}
