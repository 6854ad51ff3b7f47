/**
 * Crash reports, the crash window, and the classification of causes. Pure: the caller gives the
 * time. A report names the engine instance, so that many probes make one incident.
 */
import { z } from 'zod';

export const Probe = z.enum(['socket', 'procfs', 'heartbeat_file', 'watched_record']);
export type Probe = z.infer<typeof Probe>;

/** `startTicks`: field 22 of /proc/<pid>/stat, which tells a process from a later one of its pid. */
export const EngineInstance = z.object({
  instanceId: z.string().min(1),
  pid: z.number().int().positive(),
  startTicks: z.string(),
  build: z.string(),
  epoch: z.number().int().nonnegative(),
});
export type EngineInstance = z.infer<typeof EngineInstance>;

export const Suspicion = z.enum(['dead', 'dumping_core', 'hung']);
export type Suspicion = z.infer<typeof Suspicion>;

/** What one probe saw; `exit` where it could tell how the process ended. */
export const Sighting = z.object({
  suspicion: Suspicion,
  probe: Probe,
  detail: z.string(),
  exit: z.object({ code: z.number().int().nullable(), signal: z.string().nullable() }).optional(),
});
export type Sighting = z.infer<typeof Sighting>;

export const CrashReport = z.object({
  engineId: z.string().min(1),
  instance: EngineInstance,
  suspicion: Suspicion,
  probe: Probe,
  detail: z.string(),
  detectedAtMs: z.number().int().nonnegative(),
  host: z.string().min(1),
  /** What was seen besides; absent where the first look told all. */
  sightings: z.array(Sighting).optional(),
});
export type CrashReport = z.infer<typeof CrashReport>;

export const Cause = z.enum([
  'segfault',
  'abort',
  'out_of_memory',
  'killed',
  'hang',
  'fatal_exit',
  'unknown',
]);
export type Cause = z.infer<typeof Cause>;

/** What the evidence shows; null where a collector could not tell. */
export interface CauseFacts {
  suspicion: Suspicion;
  coreSignal: number | null;
  oomKilled: boolean;
  segfaultInKernelLog: boolean;
  assertionInLog: string | null;
  exit: { code: number | null; signal: string | null } | null;
  kernelLogReadable: boolean;
}

export interface Classification {
  cause: Cause;
  confidence: 'certain' | 'likely' | 'guess';
  because: string;
}

const SIGNALS: Record<number, Cause> = { 11: 'segfault', 7: 'segfault', 6: 'abort' };

export function classifyCause(facts: CauseFacts): Classification {
  return (
    hang(facts) ?? outOfMemory(facts) ?? bySignal(facts) ?? byExit(facts) ?? byElimination(facts)
  );
}

function hang(facts: CauseFacts): Classification | null {
  if (facts.suspicion !== 'hung') return null;
  return { cause: 'hang', confidence: 'certain', because: 'alive, but no heartbeat' };
}

function outOfMemory(facts: CauseFacts): Classification | null {
  if (facts.oomKilled) {
    return { cause: 'out_of_memory', confidence: 'certain', because: 'killed by the OOM killer' };
  }
  if (facts.assertionInLog !== null && /out of memory/i.test(facts.assertionInLog)) {
    return { cause: 'out_of_memory', confidence: 'certain', because: facts.assertionInLog };
  }
  return null;
}

function bySignal(facts: CauseFacts): Classification | null {
  const cause = facts.coreSignal === null ? undefined : SIGNALS[facts.coreSignal];
  if (cause !== undefined) {
    const assertion = facts.assertionInLog === null ? '' : `: ${facts.assertionInLog}`;
    return {
      cause,
      confidence: 'certain',
      because: `core of signal ${facts.coreSignal}${assertion}`,
    };
  }
  if (facts.segfaultInKernelLog) {
    return { cause: 'segfault', confidence: 'certain', because: 'segfault in the kernel log' };
  }
  if (facts.assertionInLog !== null) {
    return { cause: 'abort', confidence: 'likely', because: facts.assertionInLog };
  }
  return null;
}

function byExit(facts: CauseFacts): Classification | null {
  const exit = facts.exit;
  if (exit === null) return null;
  if (exit.signal === 'SIGKILL' || exit.signal === 'SIGTERM') {
    return { cause: 'killed', confidence: 'certain', because: `${exit.signal}, no OOM kill` };
  }
  if (exit.code !== null && exit.code !== 0) {
    return { cause: 'fatal_exit', confidence: 'certain', because: `exit code ${exit.code}` };
  }
  return null;
}

/** A death without core, OOM kill, kernel line or last words is what SIGKILL leaves behind. */
function byElimination(facts: CauseFacts): Classification {
  if (facts.coreSignal !== null || facts.exit !== null) {
    const trace =
      facts.coreSignal === null
        ? `exit by ${facts.exit?.signal ?? `code ${facts.exit?.code}`}`
        : `core of signal ${facts.coreSignal}`;
    return { cause: 'unknown', confidence: 'guess', because: `${trace}, which names no cause` };
  }
  return facts.kernelLogReadable
    ? {
        cause: 'killed',
        confidence: 'likely',
        because: 'no core, no OOM kill, no kernel line, no last words: SIGKILL from outside',
      }
    : { cause: 'unknown', confidence: 'guess', because: 'the kernel log could not be read' };
}

/** The crash times that still count at `nowMs`. */
export function crashesInWindow(timesMs: readonly number[], nowMs: number, windowMs: number) {
  return timesMs.filter((time) => nowMs - time < windowMs);
}
