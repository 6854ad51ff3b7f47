/**
 * What has to be done so that every open recovery has its code: pure.
 *
 * Invariants: something always takes what begins; what is on a version stays on it while that
 * version runs anywhere, or can be run here.
 */
import { isPolled, type Serving, type VersionedRun } from '../../../clients/temporal/versions.js';

export interface Situation extends Serving {
  own: string;
  runs: readonly VersionedRun[];
  /** Build ids whose code lies here. */
  kept: ReadonlySet<string>;
  /** From then on a version that nobody polls counts as gone. */
  goneAfterMs: number;
}

export interface Plan {
  /** Nothing takes what begins: our version has to. */
  makeCurrent: boolean;
  /** Build ids of other versions that have work, or will have, and can be run here. */
  beside: string[];
  /** Guardians that go to our version as soon as they are idle. */
  toTell: VersionedRun[];
  /** On a version that runs nowhere and is not kept here. */
  left: VersionedRun[];
  /** Taken over from such a version: from now on they are ours as any other. */
  toPin: VersionedRun[];
}

export function planVersions(situation: Situation): Plan {
  const { own, current, runs, kept, goneAfterMs } = situation;
  const isRun = (buildId: string) => isPolled(situation, buildId, goneAfterMs);
  const others = runs.filter(({ buildId }) => buildId !== own);
  const here = others.filter(({ buildId }) => kept.has(buildId));
  const left = others.filter(({ buildId }) => !kept.has(buildId) && !isRun(buildId));
  const isOwn = current === own;
  const needed = here.map(({ buildId }) => buildId);
  // Somebody else has named it; what begins must not wait for a worker that is only ours to run.
  if (current !== null && !isOwn && kept.has(current)) needed.push(current);
  return {
    makeCurrent: !isOwn && (current === null || !isRun(current)),
    beside: [...new Set(needed)].sort(),
    toTell: isOwn ? others.filter((run) => run.isGuardian && !left.includes(run)) : [],
    left: isOwn ? left.filter((run) => run.isPinned) : [],
    toPin: runs.filter((run) => run.buildId === own && !run.isPinned),
  };
}
