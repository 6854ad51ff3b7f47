/**
 * The release of the kill switch: of this machine, at the guardian, and by it on the engine's own host.
 *
 * Invariant: what was not released is said and released nowhere else: the guardian is told only where the latch
 * of this machine is off.
 */
import type { ReleaseAnswer, ShutdownStep } from '../../../clients/cli/answers/shutdown.js';
import { composeFence } from '../../compose/fence.js';
import { composeHost } from '../../compose/host.js';
import { engineOf } from '../../config/engines.js';
import { ConfigError } from '../../config/error.js';
import { userName } from '../user-name.js';
import { whyOf } from '../why.js';
import type { Answered } from '../../compose/dead-disks.js';
import { tellOfRelease, type Telling } from './tell-guardian.js';

type Releasing = Omit<Telling, 'keepOrders'>;

/** Never fails but for a name that is not configured: what becomes of one engine keeps no other latched. */
export async function releaseNow(answered: Answered, telling: Releasing): Promise<ReleaseAnswer> {
  const { engineId } = telling;
  const { config } = answered;
  engineOf(config, engineId);
  const { wasEngaged: here, ...latch } = await releaseHere(answered, telling);
  if (latch.failed) {
    const guardian = { result: 'not told: it is latched here still', failed: true };
    return { engineId, released: false, latch, guardian };
  }
  const isHere = (await composeHost(config).whyUnseen(engineId)) === null;
  const { wasEngaged, ...told } = await tellOfRelease(config, telling, isHere);
  const nothingWas = !here && isHere;
  const guardian = { ...told, failed: told.failed && !nothingWas };
  return { engineId, released: here || wasEngaged, latch, guardian };
}

async function releaseHere(
  { config, away }: Answered,
  { engineId, reason }: Releasing,
): Promise<ShutdownStep & { wasEngaged: boolean }> {
  try {
    if (away !== null) throw new ConfigError(away);
    const was = await composeFence(config).release(engineId, { reason, by: userName() });
    return { result: was ? 'released' : 'was not engaged', failed: false, wasEngaged: was };
  } catch (error) {
    const result = `NOT RELEASED: ${whyOf(error)}. Make the data folder writable and repeat.`;
    return { result, failed: true, wasEngaged: true };
  }
}
