/** What every probe is: started for one engine, it tells what it sees, and can be stopped. */
import type {
  EngineInstance,
  Probe as ProbeName,
  Suspicion,
} from '../../../workflows/domain/crash/report.js';

export interface Sighting {
  instance: EngineInstance;
  suspicion: Suspicion;
  probe: ProbeName;
  detail: string;
}

/** What a probe may ask and say; the watch decides what becomes of it. */
export interface Watch {
  engineId: string;
  /** The instance that is watched now; null before the first hello and after a goodbye. */
  current(): EngineInstance | null;
  hello(instance: EngineInstance): void;
  goodbye(instance: EngineInstance, reason: string): void;
  suspect(sighting: Sighting): void;
  warn(message: string, fields: Record<string, unknown>): void;
}

export interface Probe {
  stop(): Promise<void>;
}
