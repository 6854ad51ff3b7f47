/**
 * The engine's life under a recovery: stopping the instance that did not pass, and the epoch of the
 * next. The guardian learns of both, or it would take what we stopped for a crash.
 */
import { getExternalWorkflowHandle } from '@temporalio/workflow';
import * as messages from '../messages.js';
import { instanceOf, stampOf, type Recovery } from './context.js';
import { reasonOf } from './reasons.js';

/** Never fails: what became of the engine is told in words. */
export async function stopEngine(recovery: Recovery): Promise<string> {
  const { instances, longHost, record } = recovery;
  if (!instances.mayRun()) return 'no engine had been started';
  const instanceId = instanceOf(recovery);
  instances.stopping(instanceId);
  await tellGuardian(recovery);
  try {
    const { detail } = await longHost.stopEngine({
      engineId: record.engineId,
      instanceId,
      mode: 'emergency',
      ...stampOf(recovery, 'stop'),
    });
    instances.gone();
    return detail;
  } catch (error) {
    return `THE ENGINE COULD NOT BE STOPPED: ${reasonOf(error)}. Run: relight shutdown`;
  }
}

export async function raiseEpoch(recovery: Recovery): Promise<void> {
  const { record, instances } = recovery;
  // An instance that somebody else started may have come further than we have.
  const seen = record.crashes.map(({ instance }) => instance.epoch);
  record.epoch = Math.max(record.epoch, ...seen) + 1;
  instances.gone();
  await tellGuardian(recovery);
}

/** The guardian must know what we stopped and how far the epoch has come, even if we die. */
async function tellGuardian({ input, record, instances }: Recovery): Promise<void> {
  const guardian = getExternalWorkflowHandle(input.guardianId);
  await guardian
    .signal(messages.recoveryProgress, { epoch: record.epoch, stopped: [...instances.stopped] })
    .catch(() => undefined); // it learns the same from our result
}
