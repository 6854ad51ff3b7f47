/** Step 6: write the recovered checkpoint, boot from it without trading, verify what is held. */
import { sleep } from '@temporalio/workflow';
import type { ArtifactRef } from '../domain/content/artifact.js';
import type { HealthVerdict } from '../domain/engine/health.js';
import { instanceOf, stampOf, type Recovery } from '../recovery/context.js';
import { ManualRecoveryNeeded } from '../recovery/reasons.js';
import { step } from '../recovery/step.js';
import type { ReconciledState } from './reconcile.js';

/** `onRunning`: called as soon as the process runs, before it is known to be healthy. */
export async function startAndCheckHealth(
  recovery: Recovery,
  { reconciled, state }: { reconciled: ReconciledState; state: ArtifactRef },
  onRunning: () => void,
): Promise<void> {
  const { record, host, policy, instances } = recovery;
  const { engineId, epoch } = record;
  const instanceId = instanceOf(recovery);
  await step(recovery, 'start', async (entry) => {
    const written = await host.writeRecoveredCheckpoint({
      engineId,
      instanceId,
      epoch,
      state,
      sequence: reconciled.sequence,
      takenAtMs: reconciled.taken.takenAtMs,
    });
    const { digest } = written;
    record.recoveredCheckpoint = { ...written, state, instanceId, engineDigest: null };
    instances.starting(instanceId);
    const stamp = stampOf(recovery, 'start');
    const { pid } = await host.startEngine({
      engineId,
      instanceId,
      statePath: written.path,
      ...stamp,
    });
    onRunning();
    const { settleMs } = policy.health;
    if (settleMs > 0) await sleep(settleMs, { summary: 'let the services settle' });
    const health = await host.checkComprehensiveHealth({
      engineId,
      instanceId,
      digest,
      state,
    });
    record.recoveredCheckpoint.engineDigest = health.engineDigest;
    if (!health.healthy) {
      throw new ManualRecoveryNeeded(`health check failed: ${health.failed.join('; ')}`);
    }
    entry.detail = `${instanceId} runs as pid ${pid}; ${health.checks} checks passed; ${equal(health)}`;
  });
}

/** By what it was found; an engine of an earlier version's agent told its digest. */
function equal({ compared = 'digest' }: HealthVerdict): string {
  return compared === 'state' ? 'state equal' : 'state equal by its digest alone';
}
