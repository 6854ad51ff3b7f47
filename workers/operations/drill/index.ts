/**
 * A death for a drill. What a person kills with their own hands is seen as a crash, and this is too: it leaves no note
 * of a stop that was ordered.
 *
 * Invariant: only the one process that the agent of this host watches as the engine, told apart by pid and start time:
 * another that bears the same name may be somebody else's.
 */
import type { LivingProcess } from '../../../clients/cli/operations.js';
import { watchedInstance } from '../../../clients/detector/watched.js';
import { whoseFor } from '../../../clients/host/installation.js';
import { createProcessTable } from '../../../clients/host/process-table.js';
import { composePlace } from '../../compose/host.js';
import { engineOf, hostOf } from '../../config/engines.js';
import { ConfigError } from '../../config/error.js';
import type { Config } from '../../config/schema.js';

/** Null where the agent knows of none that lives. */
export async function watchedHere(config: Config, engineId: string): Promise<LivingProcess | null> {
  const host = hostOf(config, engineOf(config, engineId));
  if (host !== config.host) {
    throw new ConfigError(
      `${engineId} lives on ${host}, and this is ${config.host}: drill it there`,
    );
  }
  const place = composePlace(config);
  const known = await watchedInstance({ stateFolder: config.dataDir, engineId, place });
  if (known === null) return null;
  return (await tableOf(config).liveness(known)) === 'alive' ? known : null;
}

export async function killAsCrash(config: Config, process: LivingProcess): Promise<void> {
  await tableOf(config).kill(process, 'SIGKILL');
}

function tableOf({ dataDir }: Config) {
  return createProcessTable(async () => null, whoseFor(dataDir));
}
