/** What an instance source is: it says which process is the engine, and nothing of how it is. */
import type { ToldConnection } from '../../../workflows/domain/engine/connections.js';
import type { EngineInstance } from '../../../workflows/domain/crash/report.js';
import type { OfEngine, Running } from '../probes/probe.js';
import type { LivenessEntry } from '../settings.js';

export interface SourceWatch {
  engineId: string;
  /** Why it is not watched, as a sentence; null where it is. */
  hello(instance: EngineInstance): Promise<string | null>;
  goodbye(instance: EngineInstance, reason: string): void;
  /** It has shown that it works. */
  beat(instance: EngineInstance, progress?: number): void;
  /** It has lost an exchange, or has it again. */
  connection(instance: EngineInstance, told: ToldConnection): void;
  /** What tied the instance to its source has ended, without a goodbye. */
  disconnected(instance: EngineInstance): void;
  warn(message: string, fields: Record<string, unknown>): void;
}

/** Of those that look for it. */
export interface FindingWatch extends SourceWatch {
  /** The instance that is watched now. */
  current(): EngineInstance | null;
  /** As a hello, of a process that was seen and said nothing: one that is known stays as it is known. */
  found(instance: EngineInstance): Promise<string | null>;
}

/** Of an entry that names a process, by its kind. */
export interface Source {
  kind: LivenessEntry['kind'];
  start(entry: LivenessEntry, watch: FindingWatch, of: OfEngine): Promise<Running>;
}

/** Ties the entry to what is started with it, so that sources of all kinds are one table. */
export function defineSource<K extends LivenessEntry['kind']>(
  kind: K,
  start: (
    entry: Extract<LivenessEntry, { kind: K }>,
    watch: FindingWatch,
    of: OfEngine,
  ) => Promise<Running>,
): Source {
  return { kind, start };
}
