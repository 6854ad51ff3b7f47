/**
 * Steps 6 to 9 of an engine that trades as soon as it is started.
 *
 * Invariants: its start is the first grant, so exposure and market are checked before it, and everything is
 * read again where people were asked or a market was waited for; whatever stops it once it may have been
 * started leaves no orders of it behind.
 */
import { isCancellation } from '@temporalio/workflow';
import type { ArtifactRef } from '../../domain/content/artifact.js';
import { instanceOf, type Recovery } from '../../recovery/context.js';
import { untilGathered } from '../../recovery/crash/evidence.js';
import { EmergencyShutdown, reasonOf } from '../../recovery/reasons.js';
import { resumeTrading } from '../ramp.js';
import { checkBeforeStart, checkWhileTrading, nothingApproved } from '../readiness.js';
import type { ReconciledState } from '../reconcile.js';
import { startAndCheckHealth } from '../start.js';

interface Rebuilt {
  reconciled: ReconciledState;
  state: ArtifactRef;
}

interface Starting {
  /** As the venues have it now. */
  rebuild: () => Promise<Rebuilt>;
  onRunning: () => void;
  manual: boolean;
}

export async function startTrading(
  recovery: Recovery,
  { rebuild, onRunning, manual }: Starting,
): Promise<void> {
  const approved = nothingApproved();
  let rebuilt = await rebuild();
  while (!(await checkBeforeStart(recovery, rebuilt.state, approved))) rebuilt = await rebuild();
  if (recovery.gathering > 0) await untilGathered(recovery);
  try {
    await startAndCheckHealth(recovery, rebuilt, onRunning);
    const stillHolds = await checkWhileTrading(recovery, rebuilt.state, approved);
    await resumeTrading(recovery, manual, stillHolds);
  } catch (error) {
    const mayLive = recovery.instances.mayLive().includes(instanceOf(recovery));
    if (isCancellation(error) || error instanceof EmergencyShutdown || !mayLive) throw error;
    throw new EmergencyShutdown(reasonOf(error));
  }
}
