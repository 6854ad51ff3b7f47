/**
 * What Relight wrote into the environment of an engine that it started.
 *
 * Invariant: a name of an instance counts only beside the epoch that Relight gives with it: one that a
 * service manager sets is the same at every start, and would make a second death one that is known.
 */
import {
  ENGINE_VARIABLE,
  EPOCH_VARIABLE,
  INSTANCE_VARIABLE,
  environmentOf,
} from '../../host/process-table.js';

export interface Marks {
  engineId: string | null;
  instanceId: string | null;
  epoch: number | null;
}

const INSTANCE = /^[\w.:@-]{1,128}$/;
const EPOCH = /^\d{1,15}$/;

/** All null where its environment cannot be read, or holds none of them. */
export async function marksOf(pid: number): Promise<Marks> {
  const variables = (await environmentOf(pid).catch(() => '')).split('\0');
  const valueOf = (name: string) =>
    variables.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  const [instance, epoch] = [valueOf(INSTANCE_VARIABLE), valueOf(EPOCH_VARIABLE)];
  const hasEpoch = EPOCH.test(epoch);
  return {
    engineId: valueOf(ENGINE_VARIABLE) || null,
    instanceId: hasEpoch && INSTANCE.test(instance) ? instance : null,
    epoch: hasEpoch ? Number(epoch) : null,
  };
}
