/** Step 5: the fate of every order that was alive at the crash. */
import type { OrdersRecovered } from '../../activities/recover-orders.js';
import type { ArtifactRef } from '../domain/artifact.js';
import { controlPlane, thorough } from '../activities.js';
import { requireApproval, step, type Recovery } from '../recovery.js';
import type { ReconciledState } from './reconcile.js';

export async function recoverOpenOrders(
  recovery: Recovery,
  { state, taken }: ReconciledState,
): Promise<ArtifactRef> {
  const { record, policy } = recovery;
  return step(recovery, 'recover_orders', async (entry) => {
    const recovered = await thorough.recoverOpenOrders({
      engineId: record.engineId,
      state,
      snapshot: taken.snapshot,
      foreign: policy.orders.foreign,
    });
    const { counts, resolutions } = recovered;
    record.orders = { counts, resolutions };
    entry.detail = Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([kind, count]) => `${count} ${kind.replaceAll('_', ' ')}`)
      .join(', ');
    if (counts.unknown === 0) return recovered.state;
    if (policy.orders.onUnknown === 'ask') await askAboutOrders(recovery, recovered);
    return (await controlPlane.dropUnknownOrders({ state: recovered.state, resolutions })).state;
  });
}

async function askAboutOrders(
  recovery: Recovery,
  { counts, unknown, resolutions }: OrdersRecovered,
): Promise<void> {
  await requireApproval(recovery, {
    kind: 'unknown_orders',
    question: `The fate of ${counts.unknown} order(s) is unknown. Go on as if they were gone?`,
    onApprove: 'the engine starts without them; they stay in the record as unknown',
    onReject: 'the engine stays stopped and the manual checklist opens',
    evidence: { unknown, all: resolutions },
  });
}
