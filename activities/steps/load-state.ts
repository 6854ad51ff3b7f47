/** Steps 2 and 3. Checkpoints are inspected and loaded on the host; without one, the venues tell. */
import type {
  CheckpointRules,
  LoadedState,
  ReconstructInput,
} from '../../workflows/contract/index.js';
import { takenAtMs, type CheckpointLimits } from '../../workflows/domain/engine/checkpoint.js';
import { candidatesOf } from '../../workflows/domain/policy/newest-checkpoint.js';
import type { CheckpointCandidate } from '../../workflows/domain/policy/decision.js';
import { reconstruct } from '../../workflows/domain/reconciliation/origin/reconstruction.js';
import { failure } from '../../workflows/failure.js';
import { loadCheckpoint, lookAtCheckpoints } from '../procedures/checkpoints.js';
import type { ControlPlanePorts, HostPorts } from '../ports.js';
import { aheadOf } from '../procedures/reading/clock.js';

export function createCheckpointActivities(ports: HostPorts) {
  const { checkpoints, clock } = ports;
  const limitsOf = (rules: CheckpointRules): CheckpointLimits => {
    return { ...rules, nowMs: clock.nowMs() };
  };
  return {
    /** Newest first, by what is in them. */
    async inspectCheckpoints(rules: CheckpointRules): Promise<CheckpointCandidate[]> {
      const where = { engineId: rules.engineId, folder: 'written' as const };
      const looked = await lookAtCheckpoints(checkpoints, where, limitsOf(rules));
      const crash = { atMs: rules.crashedAtMs, writers: rules.writers ?? null };
      return candidatesOf(looked, crash, clock.nowMs());
    },

    async loadCheckpoint(rules: CheckpointRules & { name: string }): Promise<LoadedState> {
      const { engineId, name } = rules;
      const where = { engineId, folder: 'written' as const, name };
      const limits = limitsOf(rules);
      const { valid, errors, checkpoint } = await loadCheckpoint(checkpoints, where, limits);
      if (!valid || checkpoint === null) {
        throw failure('CheckpointUnusable', `${name}: ${errors.join('; ')}`);
      }
      return {
        state: await ports.artifacts.put('engine-state', checkpoint.state),
        sequence: checkpoint.header.sequence,
        // What is read since then may be read twice, and must not be left out.
        takenAtMs: Math.min(takenAtMs(checkpoint.header), limits.nowMs) - aheadOf(clock),
        unknowns: clockUnknowns(ports),
      };
    },
  };
}

/** What a person should know where the times of the host are corrected. */
function clockUnknowns({ host, clock }: HostPorts): string[] {
  const aheadMs = aheadOf(clock);
  if (aheadMs === 0) return [];
  const off = `${Math.abs(aheadMs)} ms ${aheadMs > 0 ? 'ahead of' : 'behind'}`;
  return [
    `the clock of ${host} is ${off} that of Temporal's server: its times were corrected by that`,
  ];
}

export function createReconstructActivities(ports: ControlPlanePorts) {
  return {
    /** Rebuilds the state from the venues alone, and lists what they cannot tell. */
    async reconstructState(input: ReconstructInput): Promise<LoadedState> {
      const snapshot = await ports.artifacts.get('venue-snapshot', input.snapshot);
      const { state, unknowns } = reconstruct(snapshot, input.breaker);
      return {
        state: await ports.artifacts.put('engine-state', state),
        sequence: input.sequence,
        takenAtMs: snapshot.takenAtMs,
        unknowns,
      };
    },
  };
}
