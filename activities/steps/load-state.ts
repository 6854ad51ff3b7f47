/** Steps 2 and 3. Checkpoints are inspected and loaded on the host; without one, the venues tell. */
import type {
  CheckpointRules,
  LoadedState,
  ReconstructInput,
} from '../../workflows/contract/index.js';
import {
  takenAtMs,
  validateCheckpoint,
  type CheckpointVerdict,
} from '../../workflows/domain/engine/checkpoint.js';
import type { CheckpointCandidate } from '../../workflows/domain/policy/decision.js';
import { reconstruct } from '../../workflows/domain/reconciliation/origin/reconstruction.js';
import { failure } from '../../workflows/failure.js';
import type { ControlPlanePorts, HostPorts } from '../ports.js';

const INSPECTED = 5;

export function createCheckpointActivities(ports: HostPorts) {
  const judge = (bytes: Uint8Array, rules: CheckpointRules): CheckpointVerdict =>
    validateCheckpoint(bytes, { ...rules, nowMs: ports.clock.nowMs() });
  return {
    async inspectCheckpoints(rules: CheckpointRules): Promise<CheckpointCandidate[]> {
      const files = await ports.checkpoints.newest(rules.engineId, INSPECTED);
      return files.map(({ name, bytes }) => {
        const { valid, ageMs, errors, warnings, checkpoint } = judge(bytes, rules);
        const sequence = checkpoint?.header.sequence ?? sequenceIn(name);
        return { name, valid, ageMs, sequence, errors, warnings };
      });
    },

    async loadCheckpoint(rules: CheckpointRules & { name: string }): Promise<LoadedState> {
      const bytes = await ports.checkpoints.read(rules.engineId, rules.name);
      const { valid, errors, checkpoint } = judge(bytes, rules);
      if (!valid || checkpoint === null) {
        throw failure('CheckpointUnusable', `${rules.name}: ${errors.join('; ')}`);
      }
      return {
        state: await ports.artifacts.put('engine-state', checkpoint.state),
        sequence: checkpoint.header.sequence,
        takenAtMs: takenAtMs(checkpoint.header),
        unknowns: [],
      };
    },
  };
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

/** Files are named by their sequence, which a damaged file cannot tell any more. */
function sequenceIn(name: string): number | null {
  const digits = /^(\d+)\./.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}
