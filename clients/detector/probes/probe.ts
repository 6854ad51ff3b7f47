/**
 * What every probe is: started for one engine with the settings of an entry in its `liveness`, it tells what
 * it sees.
 */
import type { z } from 'zod';
import type { EngineInstance } from '../../../workflows/domain/crash/report.js';
import type { SightingOf } from '../crashes.js';
import type { Doubts } from '../doubts.js';
import type { Kind } from '../kinds/kind.js';

/** What a probe may ask and say; the watch decides what becomes of it. */
export interface ProbeWatch extends Doubts {
  engineId: string;
  /** The instance that is watched now; null before the first sign of one and after a goodbye. */
  current(): EngineInstance | null;
  /** As `current`, and also the one whose death is suspected, but not yet told. */
  untold(): EngineInstance | null;
  /** May be said again, and by many: facts add up. */
  suspect(sighting: SightingOf): void;
  onDisconnect(listener: (instance: EngineInstance) => void): void;
  /** Called at each beat on the connection of an instance; `progress` where it tells any. */
  onBeat(listener: (instance: EngineInstance, progress?: number) => void): void;
  /** Called for the instance that is watched now, and for each one from when it is. */
  onWatched(listener: (instance: EngineInstance) => void): void;
  /** The kernel tells at once that it dies, and that it has ended: looks at it may be rare. */
  toldByKernel(instance: EngineInstance): void;
  isToldByKernel(instance: EngineInstance): boolean;
  warn(message: string, fields: Record<string, unknown>): void;
}

export interface Running {
  stop(): Promise<void>;
}

/** What holds for the engine as a whole, beside the settings of an entry. */
export interface OfEngine {
  engineId: string;
  /** How old a heartbeat may be is policy, and comes from there. */
  heartbeat: { healthyMs: number; alarmMs: number };
  /** The file that is run, as forensics has it. */
  executable: string;
  /** Where it leaves its cores, as forensics has it. */
  coreFolder: string;
  /** Of this host alone. */
  stateFolder: string;
  /** Of another user's engine; null: ours. */
  owner: EngineOwner | null;
}

/** The user of an engine that is not ours. */
export interface EngineOwner {
  uid: number;
  gid: number;
}

export interface Probe<S extends z.ZodObject = z.ZodObject> extends Kind<S> {
  start(entry: unknown, watch: ProbeWatch, of: OfEngine): Running;
}

/** Ties the kind to what is started of it, so that probes of all kinds are one table. */
export function defineProbe<S extends z.ZodObject>(
  kind: Kind<S>,
  start: (entry: z.output<S>, watch: ProbeWatch, of: OfEngine) => Running,
): Probe<S> {
  return {
    ...kind,
    start: (entry, watch, of) => start(kind.Settings.parse(entry), watch, of),
  };
}
