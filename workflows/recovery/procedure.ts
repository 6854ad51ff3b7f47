/**
 * A recovery with what its steps share over all attempts.
 *
 * Invariant: what an attempt has reached is kept for the next one, which uses no more of it than is safe then.
 */
import type { LoadedState } from '../contract/index.js';
import {
  resumable,
  RESUME_STEPS,
  type ResumeFacts,
  type ResumeStep,
} from '../domain/gates/resume.js';
import type { ArtifactRef } from '../domain/content/artifact.js';
import type { StateSource } from '../domain/policy/decision.js';
import { mayTradeAtStart } from '../domain/policy/policy.js';
import type { Containing } from '../steps/contain.js';
import type { ReconciledState } from '../steps/reconcile.js';
import type { Recovery } from './context.js';
import type { CrashFeed } from './crash/crash-feed.js';
import type { AbortFeed } from './ending/abort.js';

/** Positions and orders as the venues had them at `readAtMs`. */
export interface Rebuilt {
  reconciled: ReconciledState;
  state: ArtifactRef;
  readAtMs: number;
  /** How many instances had been started by then. */
  startedBefore: number;
}

/** Null what has not been. */
export interface Reached {
  /** `crashes`: that were known then. */
  safe: { source: StateSource; crashes: number } | null;
  loaded: LoadedState | null;
  rebuilt: Rebuilt | null;
}

export interface Procedure {
  recovery: Recovery;
  crashes: CrashFeed;
  abort: AbortFeed;
  /** Recovered states of all attempts: their orders are the engine's under any name. */
  books: ArtifactRef[];
  containing: Containing;
  reached: Reached;
}

export function nothingReached(): Reached {
  return { safe: null, loaded: null, rebuilt: null };
}

export function resumeFacts({
  recovery,
  reached,
}: Pick<Procedure, 'recovery' | 'reached'>): ResumeFacts {
  const { record, policy, instances, traded } = recovery;
  const { safe, loaded, rebuilt } = reached;
  const { containment, containmentAt } = policy;
  const actions = [containment, ...Object.values(containmentAt)];
  const takenAtMs = loaded?.takenAtMs ?? 0;
  return {
    safeAtCrash: safe?.crashes ?? null,
    crashes: record.crashes.length,
    loadedTakenAtMs: takenAtMs === 0 ? null : takenAtMs,
    rebuiltAtMs: rebuilt?.readAtMs ?? null,
    started: rebuilt !== null && instances.started.size > rebuilt.startedBefore,
    traded,
    mayLive: instances.mayLive(),
    contains: actions.some((action) => action !== 'none'),
    tradesAtStart: mayTradeAtStart(policy),
    oldMs: policy.checkpoint.oldMs,
    maxSnapshotAgeMs: policy.reconciliation.maxSnapshotAgeMs,
    nowMs: Date.now(),
  };
}

/** Of what was signed: the latest step up to it from which it is safe now. */
export function resumedFrom(
  procedure: Pick<Procedure, 'recovery' | 'reached'>,
  signed: ResumeStep,
): ResumeStep {
  const why = resumable(resumeFacts(procedure));
  const upTo = RESUME_STEPS.slice(0, RESUME_STEPS.indexOf(signed) + 1);
  return upTo.findLast((step) => why[step] === null) ?? 'analyse';
}
