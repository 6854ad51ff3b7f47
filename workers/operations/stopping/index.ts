/**
 * The kill switch for the command line: also of an engine that is left out of a configuration, and without the
 * disks that do not answer.
 */
import type { Client } from '@temporalio/client';
import type { Operations } from '../../../clients/cli/operations.js';
import { ConfigError } from '../../config/error.js';
import type { Config } from '../../config/schema.js';
import type { LeftOut } from '../../config/to-stop.js';
import type { Answered, Disks } from '../../compose/dead-disks.js';

type Stops = Pick<Operations, 'latch' | 'shutdown' | 'releaseKillSwitch'>;

export function createStops(
  config: Config,
  leftOut: LeftOut,
  clientBy: (usable: Config) => Promise<Client>,
): Stops {
  let asking: Promise<Disks> | null = null;
  const disks = () => (asking ??= openDisks(config));
  const whyLeftOut = (engineId: string) => valueOf(leftOut.engines, engineId) ?? null;
  const shutdown: Stops['shutdown'] = async (engineId, reason, options) => {
    const answered = await (await disks()).stopping(engineId);
    const why = whyLeftOut(engineId);
    if (why !== null) {
      const { stopLeftOut } = await import('./left-out.js');
      return stopLeftOut(answered.config, { engineId, why, ...options });
    }
    const { shutdownNow } = await import('./shutdown.js');
    const unusable = valueOf(leftOut.venues, engineId) ?? [];
    const client = clientOf(answered, clientBy);
    return shutdownNow(answered.config, { engineId, reason, ...options, client, unusable });
  };
  const releaseKillSwitch: Stops['releaseKillSwitch'] = async (engineId, reason) => {
    const why = whyLeftOut(engineId);
    if (why !== null) {
      const { releaseLeftOut } = await import('./left-out.js');
      return releaseLeftOut(engineId, why);
    }
    const answered = await (await disks()).stopping(engineId);
    const { releaseNow } = await import('./release.js');
    return releaseNow(answered, { engineId, reason, client: clientOf(answered, clientBy) });
  };
  return {
    latch: async (engineId, reason) => {
      const answered = await (await disks()).latching();
      const { engageHere } = await import('./latch.js');
      return engageHere(answered, { engineId, reason }, whyLeftOut(engineId) !== null);
    },
    shutdown,
    releaseKillSwitch,
  };
}

async function openDisks(config: Config): Promise<Disks> {
  const { createDisks } = await import('../../compose/dead-disks.js');
  return createDisks(config);
}

/** Where the keys of messages lie on a disk that does not answer, nobody can be told. */
function clientOf({ config, away }: Answered, clientBy: (usable: Config) => Promise<Client>) {
  const hasNoKeys = away !== null && config.messages.folder === null;
  return async () => {
    if (hasNoKeys) throw new ConfigError(away);
    return clientBy(config);
  };
}

function valueOf<T>(record: Record<string, T>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
