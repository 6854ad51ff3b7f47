/** Step 6: write the recovered checkpoint, boot from it without trading, verify what is held. */
import { sleep } from '@temporalio/workflow';
import type { ArtifactRef } from '../domain/content/artifact.js';
import {
  instanceOf,
  ManualRecoveryNeeded,
  stampOf,
  step,
  type Recovery,
} from '../recovery/context.js';
import type { ReconciledState } from './reconcile.js';

export async function startAndCheckHealth(
  recovery: Recovery,
  reconciled: ReconciledState,
  state: ArtifactRef,
): Promise<void> {
  const { record, host, policy } = recovery;
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
    recovery.engineStarted = true;
    recovery.started.add(instanceId);
    const stamp = stampOf(recovery, 'start');
    const { pid } = await host.startEngine({
      engineId,
      instanceId,
      statePath: written.path,
      ...stamp,
    });
    recovery.renewal?.cancel(); // from here on the engine keeps its own
    const { settleMs } = policy.health;
    if (settleMs > 0) await sleep(settleMs, { summary: 'let the services settle' });
    const health = await host.checkComprehensiveHealth({ engineId, instanceId, digest });
    record.recoveredCheckpoint.engineDigest = health.engineDigest;
    if (!health.healthy) {
      throw new ManualRecoveryNeeded(`health check failed: ${health.failed.join('; ')}`);
    }
    entry.detail = `${instanceId} runs as pid ${pid}; ${health.checks} checks passed; state equal`;
  });
}
