/**
 * The gradual return to trading.
 *
 * Invariants: limits never rise above the granted stage; a failed check never promotes; too few
 * samples are inconclusive, which never promotes either; a hard failure shuts down at once.
 */
import { z } from 'zod';
import type { RampStage } from './policy.js';

/** `hard`: a failure (engine gone, breaker latched, position mismatch) that cannot be outvoted. */
export const HealthSample = z.object({
  atMs: z.number(),
  healthy: z.boolean(),
  hard: z.boolean(),
  note: z.string(),
});
export type HealthSample = z.infer<typeof HealthSample>;

export type WindowVerdict =
  | { kind: 'pass'; samples: number }
  | { kind: 'fail'; why: string }
  | { kind: 'hard_fail'; why: string }
  | { kind: 'inconclusive'; why: string };

export function expectedSamples(monitorMs: number, checkEveryMs: number): number {
  return Math.floor(monitorMs / checkEveryMs);
}

export function judgeWindow(samples: readonly HealthSample[], expected: number): WindowVerdict {
  const hard = samples.find((sample) => !sample.healthy && sample.hard);
  if (hard !== undefined) return { kind: 'hard_fail', why: hard.note };
  const failed = samples.find((sample) => !sample.healthy);
  if (failed !== undefined) return { kind: 'fail', why: failed.note };
  return samples.length < expected
    ? { kind: 'inconclusive', why: `${samples.length} of ${expected} checks were made` }
    : { kind: 'pass', samples: samples.length };
}

export type RampMove =
  | { kind: 'advance' }
  | { kind: 'step_down'; to: number; why: string }
  | { kind: 'shut_down'; why: string }
  | { kind: 'ask'; why: string };

/** The move after a stage's window; `stage` counts from 0. */
export function nextMove(
  verdict: WindowVerdict,
  position: { stage: number; stepDowns: number; maxStepDowns: number },
): RampMove {
  switch (verdict.kind) {
    case 'pass':
      return { kind: 'advance' };
    case 'inconclusive':
      return { kind: 'ask', why: verdict.why };
    case 'hard_fail':
      return { kind: 'shut_down', why: verdict.why };
    case 'fail':
      return position.stage > 0 && position.stepDowns < position.maxStepDowns
        ? { kind: 'step_down', to: position.stage - 1, why: verdict.why }
        : { kind: 'shut_down', why: verdict.why };
  }
}

/**
 * After a manual recovery the first window is the long one, as a person watches it; and so is the last, `closely`:
 * full trading is watched before the recovery counts as one.
 */
export function stagesFor(
  stages: readonly RampStage[],
  options: { manual: boolean; manualMonitorMs: number; closely?: boolean },
): RampStage[] {
  const { manual, manualMonitorMs, closely = false } = options;
  if (!manual) return [...stages];
  return stages.map((stage, index) => {
    if (index === 0) return { ...stage, monitorMs: manualMonitorMs };
    const isLast = closely && index === stages.length - 1;
    return isLast ? { ...stage, monitorMs: Math.max(stage.monitorMs, manualMonitorMs) } : stage;
  });
}

/** `index`: of the stage in the plan that it is, or is above; -1: below the first. */
export interface Place {
  index: number;
  stage: RampStage;
}

/** At most this many percent, and below what is granted now; null where there is nothing below. */
export function loweredTo(
  plan: readonly RampStage[],
  now: RampStage,
  percent: number | undefined,
): Place | null {
  if (percent === undefined) {
    const index = plan.findLastIndex((stage) => stage.percent < now.percent);
    const stage = plan[index];
    return stage === undefined ? null : { index, stage };
  }
  const [lowest] = plan;
  if (percent >= now.percent || lowest === undefined) return null;
  const index = plan.findLastIndex((stage) => stage.percent <= percent);
  return { index, stage: { ...(plan[index] ?? lowest), percent } };
}
