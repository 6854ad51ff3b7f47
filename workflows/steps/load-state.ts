/** Step 3: the checkpoint, or what the venues alone can tell. */
import { ActivityFailure, isCancellation } from '@temporalio/workflow';
import type { LoadedState } from '../contract/index.js';
import { controlPlane } from '../calls.js';
import type { StateSource } from '../domain/policy/decision.js';
import type { Recovery } from '../recovery/context.js';
import { reasonOf } from '../recovery/reasons.js';
import { step } from '../recovery/step.js';
import type { Containing } from './contain.js';
import { rulesOf } from './safety.js';
import { readableSnapshot } from './snapshot.js';

/** As deep as the venues give; more only costs calls where a position is older. */
const HISTORY_MS = 90 * 86_400_000;

export async function loadState(
  recovery: Recovery,
  containing: Containing,
  source: StateSource,
): Promise<LoadedState> {
  const { record } = recovery;
  return step(recovery, 'load_state', async (entry) => {
    const loaded =
      source.kind === 'checkpoint'
        ? await fromCheckpoint(recovery, containing, source)
        : await fromExchanges(recovery, containing, source);
    record.unknowns = loaded.unknowns;
    entry.detail =
      record.stateSource?.kind === 'checkpoint'
        ? `checkpoint ${record.stateSource.name}, sequence ${loaded.sequence}`
        : `rebuilt from the exchanges: ${record.stateSource?.why}`;
    return loaded;
  });
}

async function fromCheckpoint(
  recovery: Recovery,
  containing: Containing,
  source: Extract<StateSource, { kind: 'checkpoint' }>,
): Promise<LoadedState> {
  const { name, ageMs, why, sequence } = source;
  try {
    const loaded = await recovery.host.loadCheckpoint({ ...rulesOf(recovery), name });
    recovery.record.stateSource = { kind: 'checkpoint', name, ageMs, why };
    return loaded;
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    const failed = `checkpoint ${name} did not load: ${reasonOf(error)}`;
    return fromExchanges(recovery, containing, { why: failed, sequence });
  }
}

async function fromExchanges(
  recovery: Recovery,
  containing: Containing,
  { why, sequence }: { why: string; sequence: number },
): Promise<LoadedState> {
  recovery.record.stateSource = { kind: 'exchanges', name: null, ageMs: null, why };
  const sinceMs = Math.max(0, Date.now() - HISTORY_MS);
  const { snapshot } = await readableSnapshot(recovery, containing, { sinceMs, thorough: true });
  return controlPlane.reconstructState({ snapshot, sequence });
}
