/**
 * The process of an engine that a person has started: known by its sources of liveness, under the name that those
 * give it.
 *
 * Invariant: one that has died is not taken for the new one.
 */
import type { StartedInput } from '../../../workflows/contract/index.js';
import type { EngineProcess, HostPorts } from '../../ports.js';
import { until, type Looking } from '../until.js';

const LOOK_MS = 100;

/** Null where none is seen in time. */
export async function newProcess(
  { processes, clock }: Pick<HostPorts, 'processes' | 'clock'>,
  { engineId, withinMs, died }: StartedInput,
  sleep: Looking['sleep'],
): Promise<EngineProcess | null> {
  const hasDied = ({ pid, startTicks }: EngineProcess) =>
    died.some((one) => one.pid === pid && one.startTicks === startTicks);
  const look = async () => {
    const living = await processes.ofEngine(engineId);
    return living.find((process) => !hasDied(process)) ?? null;
  };
  return until(look, { withinMs, everyMs: LOOK_MS, clock, sleep });
}
