/**
 * Whether the agent may act at the death of an instance, and go on to.
 *
 * Invariants: gone is what this host has seen gone, or what ran in a boot that has ended; a higher epoch at
 * the fence, another instance that said hello, or any living process of the engine ends it; after a boot that has ended
 * the guardian must have said that the engine lives here still.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostPorts } from '../../../activities/ports.js';
import { watchedInstance } from '../../../clients/detector/watched.js';
import type { CrashReport, EngineInstance } from '../../../workflows/domain/crash/report.js';
import { failure } from '../../../workflows/failure.js';
import { composeFence } from '../../compose/fence.js';
import { composeHost, composePlace } from '../../compose/host.js';
import type { Config } from '../../config/schema.js';

const GONE_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 20;

/**
 * In words; null where it is gone, and nothing else of the engine lives.
 * @param isOurs the guardian has said since this agent began that the engine lives on this host.
 */
export async function whyNotDead(
  config: Config,
  report: CrashReport,
  isOurs: boolean,
): Promise<string | null> {
  const host = composeHost(config);
  const { engineId } = report;
  const where = host.standing(report);
  if (where === 'elsewhere') return 'whether it lives cannot be told from here';
  // While the machine was away the engine may have been brought to another host, where it trades.
  if (where === 'ended' && !isOurs) {
    return 'the machine has begun anew since, and the guardian has not said that the engine still lives here';
  }
  const { instance } = report;
  if (instance.pid === null) return 'it was never seen to run, so that nobody has seen it die';
  if (where === 'here' && !(await isGone(host, instance))) return 'it lives still';
  const [other] = await host.processes.ofEngine(engineId);
  return other === undefined ? null : `another process of it lives (pid ${other.pid})`;
}

async function isGone({ processes }: HostPorts, instance: EngineInstance): Promise<boolean> {
  const deadlineMs = performance.now() + GONE_WITHIN_MS;
  while ((await processes.liveness(instance)) !== 'gone') {
    if (performance.now() > deadlineMs) return false;
    await sleep(LOOK_EVERY_MS);
  }
  return true;
}

/** A lease that ends with the signal, and as soon as a newer engine is there. */
export function createGuard(
  config: Config,
  { engineId, instance }: CrashReport,
  { signal, withinMs }: { signal: AbortSignal; withinMs: number },
) {
  const fence = composeFence(config);
  const place = composePlace(config);
  const endsAtMs = performance.now() + withinMs;
  return {
    async beforeWrite() {
      signal.throwIfAborted();
      const epoch = await fence.epoch(engineId);
      if (epoch > instance.epoch) {
        throw failure('StaleEpoch', `epoch ${epoch} has begun, and this is of ${instance.epoch}`);
      }
      const last = await watchedInstance({ stateFolder: config.dataDir, engineId, place });
      if (last === null || last.instanceId === instance.instanceId) return;
      throw failure('AttemptGivenUp', `a newer engine is there: ${last.instanceId}`);
    },
    leftMs: () => (signal.aborted ? 0 : Math.max(0, endsAtMs - performance.now())),
  };
}
