/**
 * How the engine of this attempt comes up: started by us, or by a person at a gate, who then confirms it.
 *
 * Invariants: what a person confirms is not verified by that: the process has to be seen, and must be a new one;
 * an engine that was started while nobody confirmed it is known, so that it is stopped.
 */
import { ActivityFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import { capabilityWords, type ByHand } from '../../domain/engine/integration.js';
import { READY_WITHIN_MS } from '../../domain/policy/policy.js';
import { instanceOf, stampOf, type Recovery } from '../../recovery/context.js';
import { ManualRecoveryNeeded } from '../../recovery/reasons.js';
import { confirmed } from './instruct.js';

const SEEN_WITHIN_MS = 10_000;

interface Started {
  instanceId: string;
  pid: number;
  /** Who did it, as the end of a phrase; empty where it was us. */
  by: string;
  /** The agent can tell when it is ready. */
  awaitsReady: boolean;
}

export async function startInstance(recovery: Recovery, statePath: string): Promise<Started> {
  const byHand = recovery.input.integration?.byHand.start ?? null;
  if (byHand !== null) return startByHand(recovery, byHand, statePath);
  const { record, host, instances } = recovery;
  const instanceId = instanceOf(recovery);
  instances.starting(instanceId);
  const stamp = stampOf(recovery, 'start');
  const { engineId } = record;
  const started = await host.startEngine({ engineId, instanceId, statePath, ...stamp });
  return { instanceId, pid: started.pid, by: '', awaitsReady: started.awaitsReady === true };
}

async function startByHand(
  recovery: Recovery,
  { instruction }: NonNullable<ByHand['start']>,
  statePath: string,
): Promise<Started> {
  const { engineId } = recovery.record;
  const by = await confirmStart(recovery, instruction, statePath);
  const withinMs = readyWithin(recovery);
  const started = await seen(recovery, withinMs);
  if (started === null) {
    throw new ManualRecoveryNeeded(
      `no new process of ${engineId} was seen within ${withinMs} ms of its start ${by}: see that its liveness ` +
        'names the process that was started',
    );
  }
  return { ...started, by: `, started ${by}`, awaitsReady: true };
}

/** Refused or expired, it may have been started all the same. */
async function confirmStart(
  recovery: Recovery,
  instruction: string,
  statePath: string,
): Promise<string> {
  const { engineId, host } = recovery.record;
  try {
    return await confirmed(recovery, {
      instructions: [instruction],
      where: `${engineId} on ${host}`,
      onApprove: 'its new process is looked for, and checked before anything is granted',
      onReject: 'whatever was started is stopped, and the manual checklist opens',
      evidence: { recoveredCheckpoint: statePath, ...notOffered(recovery) },
    });
  } catch (error) {
    await (isCancellation(error) ? seenInSpite(recovery) : seen(recovery, 0));
    throw error;
  }
}

/** Whatever ends the recovery: what is known of is stopped. An agent that is away is not waited for. */
async function seenInSpite(recovery: Recovery): Promise<void> {
  const look = () => CancellationScope.withTimeout(SEEN_WITHIN_MS, async () => seen(recovery, 0));
  try {
    await CancellationScope.nonCancellable(look);
  } catch (error) {
    if (!isCancellation(error) && !(error instanceof ActivityFailure)) throw error;
  }
}

/** From here on it is the instance of this attempt, which is stopped where it does not pass. */
async function seen(recovery: Recovery, withinMs: number) {
  const { record, longHost, instances } = recovery;
  const { engineId, epoch } = record;
  const died = record.crashes.flatMap(({ instance: { pid, startTicks } }) =>
    pid === null || startTicks === null ? [] : [{ pid, startTicks }],
  );
  const started = await longHost.awaitStarted({ engineId, epoch, withinMs, died });
  if (started === null) return null;
  instances.starting(started.instanceId);
  recovery.startedByHand = { epoch, instanceId: started.instanceId };
  return started;
}

export function readyWithin({ policy, input }: Recovery): number {
  return input.integration?.byHand.start?.readyWithinMs ?? usually(policy.health);
}

/** Missing in policies of earlier versions. */
function usually({ readyWithinMs = READY_WITHIN_MS }: { readyWithinMs?: number }): number {
  return readyWithinMs;
}

/** For a gate; nothing where the engine offers all. */
export function notOffered({ input: { integration } }: Recovery): { notOffered?: string[] } {
  return integration === undefined ? {} : { notOffered: integration.lines.map(capabilityWords) };
}
