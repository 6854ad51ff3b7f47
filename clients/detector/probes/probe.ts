/** What every probe is: started for one engine with settings of its own, it tells what it sees. */
import type { z } from 'zod';
import type { EngineInstance, Probe as ProbeKind } from '../../../workflows/domain/crash/report.js';
import type { SightingOf } from '../crashes.js';

/** What a probe may ask and say; the watch decides what becomes of it. */
export interface ProbeWatch {
  engineId: string;
  /** The instance that is watched now; null before the first hello and after a goodbye. */
  current(): EngineInstance | null;
  /** As `current`, and also the one whose death is suspected, but not yet told. */
  untold(): EngineInstance | null;
  /** May be said again, and by many: facts add up. */
  suspect(sighting: SightingOf): void;
  onDisconnect(listener: (instance: EngineInstance) => void): void;
  /** Called for the instance that is watched now, and for each one from when it is. */
  onWatched(listener: (instance: EngineInstance) => void): void;
  warn(message: string, fields: Record<string, unknown>): void;
}

export interface Running {
  stop(): Promise<void>;
}

export interface Probe {
  kind: ProbeKind;
  /** Of all the settings of an engine's liveness, those of this probe, with their bounds. */
  Settings: z.ZodType;
  start(settings: unknown, watch: ProbeWatch): Running;
}

/** Ties the settings to what is started with them, so that probes of all kinds are one table. */
export function defineProbe<S>(probe: {
  kind: ProbeKind;
  Settings: z.ZodType<S>;
  start: (settings: S, watch: ProbeWatch) => Running;
}): Probe {
  const { kind, Settings, start } = probe;
  return {
    kind,
    Settings,
    start: (settings, watch) => start(Settings.parse(settings), watch),
  };
}
