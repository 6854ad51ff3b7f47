/**
 * Steps 2 and 3. Checkpoints are inspected and loaded on the host, and what the engine noted since is read there;
 * without a checkpoint, the venues tell.
 */
import type {
  CheckpointRules,
  IntentsInput,
  IntentsRead,
  LoadedState,
  ReconstructInput,
  ShadowInput,
  ShadowLoaded,
} from '../../workflows/contract/index.js';
import { takenAtMs, type CheckpointLimits } from '../../workflows/domain/engine/checkpoint.js';
import { candidatesOf } from '../../workflows/domain/policy/newest-checkpoint.js';
import type { CheckpointCandidate } from '../../workflows/domain/policy/decision.js';
import { stateOfShadow } from '../../workflows/domain/checkpoints/shadows/shadow.js';
import { shadowUnknowns } from '../../workflows/domain/checkpoints/shadows/shadow.js';
import { reconstruct } from '../../workflows/domain/reconciliation/origin/reconstruction.js';
import { failure } from '../../workflows/failure.js';
import { loadCheckpoint, lookAtCheckpoints } from '../procedures/checkpoints.js';
import { findShadow, type FoundShadow } from '../procedures/shadows/find-shadow.js';
import type { ControlPlanePorts, HostPorts } from '../ports.js';
import { aheadOf, serverNowMs } from '../procedures/reading/clock.js';
import { readIntents } from '../procedures/reading/intents.js';

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

    /** For step 5. */
    readIntents: (input: IntentsInput): Promise<IntentsRead> => readIntents(ports, input),
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

    /** What a worker has written down of its venues before the crash; nothing is read from a venue. */
    async loadShadow(input: ShadowInput): Promise<ShadowLoaded> {
      const limits = { ...input, nowMs: serverNowMs(ports.clock) };
      const { found, refused } = await findShadow(ports.shadows, limits);
      return { found: found === null ? null : await shadowIn(ports, input, found), refused };
    },
  };
}

async function shadowIn(
  { artifacts }: ControlPlanePorts,
  { sequence, breaker }: ShadowInput,
  { name, ageMs, checkpoint }: FoundShadow,
): Promise<NonNullable<ShadowLoaded['found']>> {
  const atMs = takenAtMs(checkpoint.header);
  return {
    name,
    ageMs,
    loaded: {
      state: await artifacts.put('engine-state', stateOfShadow(checkpoint, breaker)),
      sequence,
      takenAtMs: atMs,
      unknowns: shadowUnknowns(ageMs, breaker),
    },
  };
}
