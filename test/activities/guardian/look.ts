/** A look at an engine by the real process table, where its control surface answers nobody. */
import { createLookActivities } from '../../../activities/guardian/look-at-engine.js';
import type { EngineControl, HostPorts, LastHeard } from '../../../activities/ports.js';
import { placeHere, standingOf } from '../../../clients/host/place.js';
import { createProcessTable } from '../../../clients/host/process-table.js';
import type { SourceSigns } from '../../../workflows/domain/crash/unseen.js';

const PLACE = placeHere('here');

/** As it was heard of on this host, now. */
export function heardOf(
  process: { pid: number; startTicks: string },
  change: Partial<LastHeard> = {},
): LastHeard {
  const instance = { ...process, instanceId: 'e1', epoch: 1, build: 'b' };
  const { host, bootId, pidNamespace } = PLACE;
  return { instance, host, bootId, pidNamespace, ...change } as LastHeard;
}

const NOBODY = { quickHealth: async () => Promise.reject(new Error('nobody listens')) };

/** What is said; the code of a failure where nothing is. */
export async function lookAt(
  engineId: string,
  watched: LastHeard | null,
  control: Pick<EngineControl, 'quickHealth'> = NOBODY,
  signs: SourceSigns = { looking: 1, named: [], doubts: [] },
): Promise<string> {
  const ports = {
    clock: { nowMs: () => Date.now() },
    processes: createProcessTable(),
    standing: (there) => standingOf(there, PLACE),
    watched: async () => watched,
    host: PLACE.host,
    signs: async () => signs,
    unseenSinceMs: async () => 1,
    control: () => control,
  } satisfies Partial<Record<keyof HostPorts, unknown>> & Pick<HostPorts, 'standing'>;
  const activities = createLookActivities(ports as unknown as HostPorts);
  try {
    const look = await activities.lookAtEngine({ engineId });
    return look.kind === 'dead'
      ? (look.report?.suspicion ?? `not known: ${look.why ?? ''}`)
      : look.kind;
  } catch (error) {
    const { type, code } = error as { type?: string; code?: string };
    return type ?? code ?? 'failed';
  }
}
