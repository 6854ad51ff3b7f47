/**
 * What a guardian asks of Temporal itself: what the guardian before it knew, and whether a recovery still
 * gets on.
 *
 * Invariant: a recovery that only waits, for people, a venue or a worker, is not stuck.
 */
import { Context } from '@temporalio/activity';
import type { ControlPlaneActivities, RecoveryLook } from '../../workflows/contract/index.js';
import {
  STUCK_AFTER,
  stuckWords,
  type Patience,
  type Unanswered,
} from '../../workflows/domain/crash/stuck.js';
import type { ControlPlanePorts } from '../ports.js';

export interface WatchPace extends Patience {
  everyMs: number;
  /** Each so many looks it is asked, too. */
  askEvery: number;
}

const PACE: WatchPace = { ...STUCK_AFTER, everyMs: 2_000, askEvery: 10 };

type FollowActivities = Pick<
  ControlPlaneActivities,
  'recallGuardian' | 'watchRecovery' | 'endRecovery'
>;

export function createFollowActivities(
  { workflows, clock }: Pick<ControlPlanePorts, 'workflows' | 'clock'>,
  pace: WatchPace = PACE,
): FollowActivities {
  /** How often in a row it could not answer; a worker that is not there says nothing of its code. */
  async function askedAgain(workflowId: string, before: Unanswered[]): Promise<Unanswered[]> {
    const unanswered = await workflows.whyUnanswered(workflowId);
    return unanswered === null || unanswered.nobody ? [] : [...before, unanswered];
  }

  async function watchRecovery({ workflowId }: { workflowId: string }): Promise<RecoveryLook> {
    const context = Context.current();
    let unanswered: Unanswered[] = [];
    for (let round = 1; ; round += 1) {
      // Whoever cannot ask Temporal knows nothing: the look after it will tell.
      const look = await workflows.look(workflowId).catch(() => null);
      if (look?.kind === 'completed' || look?.kind === 'ended') return look;
      const failing = look?.kind === 'failing' ? look : null;
      if (round % pace.askEvery === 0) unanswered = await askedAgain(workflowId, unanswered);
      const why = stuckWords({ failing, unanswered }, clock.nowMs(), pace);
      if (why !== null) return { kind: 'stuck', why };
      await context.sleep(pace.everyMs);
    }
  }

  return {
    recallGuardian: async ({ engineId, runId }) => workflows.recall(engineId, runId),
    watchRecovery,
    endRecovery: async ({ workflowId, why }) => workflows.terminate(workflowId, why),
  };
}
