/**
 * Step 3: the checkpoint, or what the venues alone can tell.
 *
 * Invariant: only a checkpoint that is proven to be missing or damaged is passed over, and then for
 * the previous good one, then for what a worker has written down of the venues (a shadow), then by what
 * policy says of having none; one that could not be read is for people.
 */
import { ActivityFailure, ApplicationFailure, isCancellation, patched } from '@temporalio/workflow';
import type { LoadedState } from '../contract/index.js';
import { controlPlane } from '../calls.js';
import type { FailureKind } from '../domain/failure.js';
import {
  checkpointDoubts,
  chooseStateSource,
  withUnusable,
  type CheckpointCandidate,
  type StateSource,
} from '../domain/policy/decision.js';
import { HISTORY_MS } from '../domain/reconciliation/origin/history.js';
import { requireApprovalOnce, type Accepted } from '../recovery/asking.js';
import type { Recovery } from '../recovery/context.js';
import { reasonOf } from '../recovery/reasons.js';
import { checkpointHost } from '../recovery/crash/left-behind.js';
import { step } from '../recovery/step.js';
import type { Containing } from './contain.js';
import { rulesOf } from './safety.js';
import { readableSnapshot } from './snapshot.js';

interface Loading {
  recovery: Recovery;
  containing: Containing;
  /** A person has just said to recover, and is not asked again. */
  cleared: boolean;
}

/** Checkpoints that did not load, and what people have said to that. */
interface Passed {
  unusable: CheckpointCandidate[];
  accepted: Accepted;
}

type FromCheckpoint = Extract<StateSource, { kind: 'checkpoint' }>;

export async function loadState(loading: Loading, chosen: StateSource): Promise<LoadedState> {
  const { record } = loading.recovery;
  return step(loading.recovery, 'load_state', async (entry) => {
    const loaded = await loadFirstUsable(loading, chosen);
    record.unknowns = loaded.unknowns;
    entry.detail = describe(record, loaded);
    return loaded;
  });
}

function describe({ stateSource }: Recovery['record'], { sequence }: LoadedState): string {
  if (stateSource?.kind === 'checkpoint') {
    return `checkpoint ${stateSource.name}, sequence ${sequence}`;
  }
  return stateSource?.kind === 'shadow'
    ? `shadow checkpoint, ${stateSource.ageMs} ms old at the crash: ${stateSource.why}`
    : `rebuilt from the exchanges: ${stateSource?.why}`;
}

/** Ends, because each turn leaves a checkpoint behind, and without any the exchanges tell. */
async function loadFirstUsable(loading: Loading, chosen: StateSource): Promise<LoadedState> {
  const passed: Passed = { unusable: [], accepted: new Set() };
  let source = chosen;
  for (;;) {
    if (source.kind === 'exchanges') return withoutCheckpoint(loading, source);
    const result = await fromCheckpoint(loading.recovery, source);
    if (result.kind === 'loaded') return result.loaded;
    const { name, sequence } = source;
    const why = `checkpoint ${name} did not load: ${result.why}`;
    // In the replay of what ran before, the exchanges were next.
    if (!patched('previous-checkpoint')) return fromExchanges(loading, { why, sequence });
    if (!result.proven) throw result.error;
    const errors = [result.why];
    passed.unusable.push({ name, valid: false, ageMs: null, sequence, errors, warnings: [] });
    source = await nextSource(loading, passed, why);
  }
}

type Loaded =
  | { kind: 'loaded'; loaded: LoadedState }
  /** `proven`: it is missing or damaged, rather than not to be read. */
  | { kind: 'failed'; why: string; proven: boolean; error: ActivityFailure };

async function fromCheckpoint(recovery: Recovery, source: FromCheckpoint): Promise<Loaded> {
  const { name, ageMs, why } = source;
  try {
    const loaded = await checkpointHost(recovery).loadCheckpoint({ ...rulesOf(recovery), name });
    recovery.record.stateSource = { kind: 'checkpoint', name, ageMs, why };
    return { kind: 'loaded', loaded };
  } catch (error) {
    if (!(error instanceof ActivityFailure) || isCancellation(error)) throw error;
    return { kind: 'failed', why: reasonOf(error), proven: isProven(error), error };
  }
}

function isProven({ cause }: ActivityFailure): boolean {
  const kind: FailureKind = 'CheckpointUnusable';
  return cause instanceof ApplicationFailure && cause.type === kind;
}

/** The previous good one, or the exchanges; a person is asked where policy has it so. */
async function nextSource(
  { recovery, cleared }: Loading,
  { unusable, accepted }: Passed,
  failed: string,
): Promise<StateSource> {
  const { record, policy } = recovery;
  const inspected = await checkpointHost(recovery).inspectCheckpoints(rulesOf(recovery));
  const checkpoints = withUnusable(inspected, unusable);
  const doubts = checkpointDoubts(checkpoints, policy);
  if (doubts.length > 0 && !cleared) {
    await requireApprovalOnce(recovery, accepted, doubts.join('\n'), {
      kind: 'automatic_recovery',
      question: `Recover ${record.engineId} in spite of: ${doubts.join('; ')}?`,
      onApprove: 'the recovery goes on with the best state that is left',
      onReject: 'the engine stays stopped and the manual checklist opens',
      evidence: { failed, reasons: doubts, checkpoints },
    });
  }
  const next = chooseStateSource(checkpoints, policy);
  return { ...next, why: `${failed}; ${next.why}` };
}

interface WithoutCheckpoint {
  why: string;
  sequence: number;
}

/** What a worker has seen of the venues before the crash is of its own time; what they say now is not. */
async function withoutCheckpoint(
  loading: Loading,
  { why, sequence }: WithoutCheckpoint,
): Promise<LoadedState> {
  if (!patched('shadow-before-the-exchanges')) return fromExchanges(loading, { why, sequence });
  const { found, refused } = await lookForShadow(loading.recovery, sequence);
  const damaged = refused.map((each) => `shadow ${each}`);
  const said = [why, ...damaged].join('; ');
  if (found === null) return fromExchanges(loading, { why: said, sequence });
  const { name, ageMs, loaded } = found;
  loading.recovery.record.stateSource = { kind: 'shadow', name, ageMs, why: said };
  return loaded;
}

async function lookForShadow({ record, policy }: Recovery, sequence: number) {
  const { oldMs, absurdQuantity } = policy.checkpoint;
  return controlPlane.loadShadow({
    engineId: record.engineId,
    crashedAtMs: record.crashes[0]?.detectedAtMs ?? record.startedAtMs,
    oldMs,
    absurdQuantity,
    sequence,
    breaker: policy.risk.breaker,
  });
}

async function fromExchanges(
  { recovery, containing }: Loading,
  { why, sequence }: WithoutCheckpoint,
): Promise<LoadedState> {
  recovery.record.stateSource = { kind: 'exchanges', name: null, ageMs: null, why };
  const sinceMs = Math.max(0, Date.now() - HISTORY_MS);
  const { snapshot } = await readableSnapshot(recovery, containing, { sinceMs, thorough: true });
  const { breaker } = recovery.policy.risk;
  return controlPlane.reconstructState({ snapshot, sequence, breaker });
}
