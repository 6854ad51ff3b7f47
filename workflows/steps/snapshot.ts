/** A snapshot in which every venue could be read; until then a gate says which could not. */
import type { SnapshotTaken } from '../../activities/reconcile.js';
import { controlPlane } from '../activities.js';
import { requireApproval, type Recovery } from '../recovery.js';

export async function readableSnapshot(
  recovery: Recovery,
  sinceMs: number,
): Promise<SnapshotTaken> {
  const { engineId } = recovery.record;
  for (;;) {
    const taken = await controlPlane.takeSnapshot({ engineId, sinceMs });
    if (taken.unreadable.length === 0) return taken;
    const venues = taken.unreadable.map(({ venue }) => venue).join(', ');
    await requireApproval(recovery, {
      kind: 'venues_unreadable',
      question: `${venues} cannot be read, so positions and orders there are unknown. Read again?`,
      onApprove: 'every venue is read again; nothing goes on before all of them answer',
      onReject: 'the engine stays stopped and the manual checklist opens',
      evidence: { unreadable: taken.unreadable },
    });
  }
}
