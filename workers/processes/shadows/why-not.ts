/**
 * Why no shadow of an engine is to be taken: it does not live, or is being recovered.
 *
 * Invariant: where that cannot be asked it is not known, and none is taken: what is read while the engine is
 * dead would push what was read before out of what is kept.
 */
import type { Client } from '@temporalio/client';
import { watchedInstance } from '../../../clients/detector/watched.js';
import { guardianStatusOf } from '../../../clients/temporal/recoveries.js';
import { composeHost, composePlace } from '../../compose/host.js';
import { hostOf } from '../../config/engines.js';
import type { Config } from '../../config/schema.js';

const WAIT_MS = 5_000;

export function createWhyNot(
  config: Config,
  client: Client,
): (engineId: string) => Promise<string | null> {
  const isGone = seenGone(config);
  return async (engineId) => {
    if (await isGone(engineId)) return 'it does not live';
    try {
      const within = Date.now() + WAIT_MS;
      return whyStopped(
        await client.withDeadline(within, () => guardianStatusOf(client, engineId)),
      );
    } catch {
      return 'its guardian could not be asked';
    }
  };
}

function whyStopped(guardian: Awaited<ReturnType<typeof guardianStatusOf>>): string | null {
  if (guardian === null) return null;
  const { openIncident, killSwitch, held = [] } = guardian;
  if (openIncident !== null) return 'it is being recovered';
  if (killSwitch !== undefined) return 'its kill switch is engaged';
  return held.length > 0 ? 'it has crashed while on hold' : null;
}

/** By what the agent of this machine has heard of; of another machine only its guardian knows. */
function seenGone(config: Config) {
  const { processes } = composeHost(config);
  const place = composePlace(config);
  return async (engineId: string): Promise<boolean> => {
    // What was seen here before it was brought elsewhere says nothing of it.
    const engine = config.engines[engineId];
    if (engine !== undefined && hostOf(config, engine) !== config.host) return false;
    const seen = await watchedInstance({ stateFolder: config.dataDir, engineId, place });
    return seen !== null && (await processes.liveness(seen)) === 'gone';
  };
}
