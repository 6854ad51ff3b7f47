/** What an instance source is: it says which process is the engine, and nothing of how it is. */
import type { EngineInstance } from '../../../workflows/domain/crash/report.js';

export interface SourceWatch {
  engineId: string;
  /** Why it is not watched, as a sentence; null where it is. */
  hello(instance: EngineInstance): Promise<string | null>;
  goodbye(instance: EngineInstance, reason: string): void;
  /** What tied the instance to its source has ended, without a goodbye. */
  disconnected(instance: EngineInstance): void;
  warn(message: string, fields: Record<string, unknown>): void;
}
