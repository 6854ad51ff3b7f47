/**
 * What every probe is: a kind of entry in an engine's `liveness`, started for one engine with the settings
 * of that entry. It tells what it sees.
 */
import type { z } from 'zod';
import type { EngineInstance } from '../../../workflows/domain/crash/report.js';
import type { SightingOf } from '../crashes.js';

/** What a probe may ask and say; the watch decides what becomes of it. */
export interface ProbeWatch {
  engineId: string;
  /** The instance that is watched now; null before the first sign of one and after a goodbye. */
  current(): EngineInstance | null;
  /** As `current`, and also the one whose death is suspected, but not yet told. */
  untold(): EngineInstance | null;
  /** May be said again, and by many: facts add up. */
  suspect(sighting: SightingOf): void;
  onDisconnect(listener: (instance: EngineInstance) => void): void;
  /** Called at each beat on the connection of an instance. */
  onBeat(listener: (instance: EngineInstance) => void): void;
  /** Called for the instance that is watched now, and for each one from when it is. */
  onWatched(listener: (instance: EngineInstance) => void): void;
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
  /** Of another user's engine; null: ours. */
  owner: EngineOwner | null;
}

/** The user of an engine that is not ours. */
export interface EngineOwner {
  uid: number;
  gid: number;
}

/** Whether two engines of a host may name the same file there. */
type PathUse = 'own' | 'shared';

export interface Probe<S extends z.ZodObject = z.ZodObject> {
  /** The word in the configuration. */
  kind: string;
  /** Strict, with `kind` as its literal, and bounds for the rest. */
  Settings: S;
  /** Settings that are paths: they are relative to the file of the configuration. */
  paths: Readonly<Record<string, PathUse>>;
  /** One list has at most one of it. */
  once: boolean;
  /** Whether the entry says which process is the engine: then a source of that kind is started too. */
  names: (entry: unknown) => boolean;
  start(entry: unknown, watch: ProbeWatch, of: OfEngine): Running;
}

/** Ties the settings to what is started with them, so that probes of all kinds are one table. */
export function defineProbe<S extends z.ZodObject>(probe: {
  kind: z.output<S>['kind'] & string;
  Settings: S;
  paths?: Readonly<Record<string, PathUse>>;
  once?: boolean;
  names?: (entry: z.output<S>) => boolean;
  start: (entry: z.output<S>, watch: ProbeWatch, of: OfEngine) => Running;
}): Probe<S> {
  const { kind, Settings, paths = {}, once = false, names = () => false, start } = probe;
  return {
    kind,
    Settings,
    paths,
    once,
    names: (entry) => names(Settings.parse(entry)),
    start: (entry, watch, of) => start(Settings.parse(entry), watch, of),
  };
}
