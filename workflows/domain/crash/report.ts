/**
 * What a probe reports of a crash. It names the engine instance, so that many probes make one
 * incident.
 *
 * Invariant: what never ran has no process number at all, so that nothing can be looked for, traced, waited for
 * or killed by it; it says so by its suspicion, too, and nothing that has run does.
 */
import { z } from 'zod';
import { Exit } from './cause/exit.js';
import { Contained } from './contained.js';
import { LostConnection, MOST_LOST } from '../engine/connections.js';

export const Probe = z.enum([
  'socket',
  'procfs',
  'pidfd',
  'proc_connector',
  'cgroup',
  'heartbeat_file',
  'health_url',
  'core_file',
  'log_line',
  'unit_failure',
  'threads',
  'watched_record',
]);
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

/** Of an engine of which no process was ever seen on its host: 0 and below would mean others to `kill`. */
export const NeverRan = z.object({
  instanceId: z.string().min(1),
  pid: z.null(),
  startTicks: z.null(),
  build: z.null(),
  epoch: z.literal(0),
});
export type NeverRan = z.infer<typeof NeverRan>;

export const ReportedInstance = z.union([EngineInstance, NeverRan]);
export type ReportedInstance = z.infer<typeof ReportedInstance>;

/** For people: they are shown no number that nothing has had. */
export function ranAs({ pid, epoch, build }: ReportedInstance): string {
  return pid === null
    ? 'no process of it was ever seen'
    : `pid ${pid}, epoch ${epoch}, build ${build}`;
}

export const Suspicion = z.enum(['dead', 'dumping_core', 'hung', 'never_came_up']);
export type Suspicion = z.infer<typeof Suspicion>;

/** What one probe saw; each fact only where it could tell. */
export const Sighting = z.object({
  suspicion: Suspicion,
  probe: Probe,
  detail: z.string(),
  exit: Exit.optional(),
  /** The OOM killer of the kernel ended it. */
  oomKilled: z.boolean().optional(),
  /** Held by SIGSTOP or the like: it neither works nor dies. */
  stopped: z.boolean().optional(),
});
export type Sighting = z.infer<typeof Sighting>;

export const CrashReport = z.object({
  engineId: z.string().min(1),
  instance: ReportedInstance,
  suspicion: Suspicion,
  probe: Probe,
  detail: z.string(),
  detectedAtMs: z.number().int().nonnegative(),
  host: z.string().min(1),
  /** Of the boot and the PID namespace in which pid and start ticks mean this process; absent: not told. */
  bootId: z.string().min(1).optional(),
  pidNamespace: z.string().min(1).optional(),
  /** What the agent did about resting orders before it reported; absent where it did nothing. */
  contained: Contained.optional(),
  /** Exchanges that it had told to have lost before its end; absent where there were none. */
  disconnected: z.array(LostConnection).max(MOST_LOST).optional(),
  /** What was seen besides; absent where the first look told all. */
  sightings: z.array(Sighting).optional(),
});
export type CrashReport = z.infer<typeof CrashReport>;

/** Of a process. */
export type RanReport = CrashReport & { instance: EngineInstance };

/** A report that contradicts itself proves nothing. */
export function saysWhetherItRan({
  instance,
  suspicion,
}: Pick<CrashReport, 'instance' | 'suspicion'>): boolean {
  return (instance.pid === null) === (suspicion === 'never_came_up');
}
