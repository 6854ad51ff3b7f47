/** What an instance source is: it says which process is the engine, and nothing of how it is. */
import type { EngineInstance } from '../../../workflows/domain/crash/report.js';
import type { OfEngine, Running } from '../probes/probe.js';
import type { LivenessEntry } from '../settings.js';

type EntryOf<K> = Extract<LivenessEntry, { kind: K }>;

export interface SourceWatch {
  engineId: string;
  /** Why it is not watched, as a sentence; null where it is. */
  hello(instance: EngineInstance): Promise<string | null>;
  goodbye(instance: EngineInstance, reason: string): void;
  /** It has shown that it works. */
  beat(instance: EngineInstance): void;
  /** What tied the instance to its source has ended, without a goodbye. */
  disconnected(instance: EngineInstance): void;
  warn(message: string, fields: Record<string, unknown>): void;
}

export interface Source {
  /** The word in the configuration. */
  kind: LivenessEntry['kind'];
  /** Null where the entry names no process, and only looks at the one that another names. */
  start(entry: LivenessEntry, watch: SourceWatch, of: OfEngine): Promise<Running> | null;
  names(entry: LivenessEntry): boolean;
}

/** Ties the entry to what is started with it, so that sources of all kinds are one table. */
export function defineSource<K extends LivenessEntry['kind']>(source: {
  kind: K;
  names?: (entry: EntryOf<K>) => boolean;
  start: (entry: EntryOf<K>, watch: SourceWatch, of: OfEngine) => Promise<Running>;
}): Source {
  const { kind, names = () => true, start } = source;
  const namesOne = (entry: LivenessEntry) => entry.kind === kind && names(entry as EntryOf<K>);
  return {
    kind,
    names: namesOne,
    start: (entry, watch, of) => (namesOne(entry) ? start(entry as EntryOf<K>, watch, of) : null),
  };
}
