/**
 * From which step a recovery that people had to take over may go on.
 *
 * Invariants: from the beginning always; what the venues say is never older than the policy lets a snapshot be; nothing
 * is kept over a crash, over trading, or over an engine that may still live; of several who sign, the earliest step
 * holds.
 */
import { z } from 'zod';
import { counted } from '../content/counted.js';

export const RESUME_STEPS = ['analyse', 'load_state', 'reconcile', 'start'] as const;
export const ResumeStep = z.enum(RESUME_STEPS);
export type ResumeStep = z.infer<typeof ResumeStep>;

const Hex64 = z.string().regex(/^[0-9a-f]{64}$/);

/** What a go says beside yes. `told`: the chain of the checklist's ticks as it was seen; null where nobody ticked. */
export const Resume = z.strictObject({ from: ResumeStep, told: Hex64.nullable() });
export type Resume = z.infer<typeof Resume>;

/** How far the attempt before has come, and what has happened since. */
export interface ResumeFacts {
  /** How many crashes were known when the safety checks had passed; null where they have not. */
  safeAtCrash: number | null;
  crashes: number;
  /** When the state that was loaded was true; null where none was, or nothing tells. */
  loadedTakenAtMs: number | null;
  /** When the venues were read for the state that was rebuilt; null where none was. */
  rebuiltAtMs: number | null;
  /** An engine was started from it. */
  started: boolean;
  traded: boolean;
  mayLive: readonly string[];
  /** Policy has orders cancelled, or switches armed, whenever an attempt begins. */
  contains: boolean;
  tradesAtStart: boolean;
  oldMs: number;
  maxSnapshotAgeMs: number;
  nowMs: number;
}

/** Why not from each; null where it is safe. */
export function resumable(facts: ResumeFacts): Record<ResumeStep, string | null> {
  const analysed = notAnalysed(facts);
  const loaded = analysed ?? notLoaded(facts);
  return {
    analyse: null,
    load_state: analysed,
    reconcile: loaded,
    start: loaded ?? notRebuilt(facts),
  };
}

function notAnalysed({ safeAtCrash, crashes, traded, mayLive }: ResumeFacts): string | null {
  if (safeAtCrash === null) return 'analysis and safety checks have not passed';
  if (crashes > safeAtCrash) return 'it has crashed since they passed';
  if (traded) return 'the engine has traded since: what it held then is not what it holds now';
  return mayLive.length === 0 ? null : `${mayLive.join(', ')} may still run`;
}

function notLoaded({ loadedTakenAtMs, oldMs, nowMs }: ResumeFacts): string | null {
  if (loadedTakenAtMs === null) return 'no state was loaded, or nothing tells when it was true';
  const ageMs = nowMs - loadedTakenAtMs;
  return ageMs <= oldMs ? null : `the state is ${secondsOf(ageMs)} old (limit ${secondsOf(oldMs)})`;
}

function notRebuilt(facts: ResumeFacts): string | null {
  const { rebuiltAtMs, started, contains, tradesAtStart, maxSnapshotAgeMs, nowMs } = facts;
  if (rebuiltAtMs === null) return 'positions and orders were not reconciled to the end';
  if (started) return 'an engine was started from the reconciled state';
  if (contains) return 'containment comes first, and may cancel orders';
  if (tradesAtStart)
    return 'the engine trades as soon as it starts: the venues are read right before';
  const ageMs = nowMs - rebuiltAtMs;
  return ageMs <= maxSnapshotAgeMs
    ? null
    : `the venues were read ${secondsOf(ageMs)} ago (limit ${secondsOf(maxSnapshotAgeMs)})`;
}

function secondsOf(ms: number): string {
  return counted(Math.round(ms / 1_000), 'second');
}

/** Why a go does not count, for who signed it; null where it does. */
export function resumeRefusal(
  resume: Resume | undefined,
  { facts, told }: { facts: ResumeFacts; told: string | null },
): string | null {
  if (resume === undefined) return null;
  if (resume.told !== told) {
    return 'The checklist has changed since you saw it: relight checklist, then sign again';
  }
  const why = resumable(facts)[resume.from];
  if (why === null) return null;
  return `It cannot be resumed from ${resume.from}: ${why}. Safe: ${safeSteps(facts).join(', ')}`;
}

export function safeSteps(facts: ResumeFacts): ResumeStep[] {
  const why = resumable(facts);
  return RESUME_STEPS.filter((step) => why[step] === null);
}

/** A go that names none is one from the beginning. */
export function earliest(resumes: readonly (Resume | undefined)[]): ResumeStep {
  if (resumes.length === 0) return 'analyse';
  const places = resumes.map((resume) => RESUME_STEPS.indexOf(resume?.from ?? 'analyse'));
  return RESUME_STEPS[Math.min(...places)] ?? 'analyse';
}
