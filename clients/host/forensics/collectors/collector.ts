/**
 * What a collector of evidence is: a name, a time limit of its own, and what it brings back.
 *
 * Invariants: a collector that throws, or is not back within its limit, is missing evidence of its
 * name; nothing that it writes after its limit counts. Facts are partial: who knows nothing of a
 * thing says nothing of it.
 */
import type { CrashReport } from '../../../../workflows/domain/crash/report.js';
import type { Facts } from '../../../../workflows/domain/crash/sightings.js';
import type { EvidenceItem } from '../../../../workflows/domain/record.js';

export interface ForensicSettings {
  /** Where the kernel writes this engine's cores (a file core pattern). */
  coreFolder: string;
  /** The engine's executable, for backtraces. */
  executable: string;
  logs: string[];
  checkpointFolder: string;
}

export interface CollectorContext {
  report: CrashReport;
  /** The evidence folder of the incident; it exists. */
  folder: string;
  settings: ForensicSettings;
  /** For one command: less than the collector's limit, so that its end is still told. */
  commandMs: number;
  /** Writes a file of evidence; refused when the collector's time is over. */
  add: (name: string, content: string) => Promise<EvidenceItem>;
}

export interface Collected {
  items: EvidenceItem[];
  facts: Facts;
}

export interface Collector {
  /** Of its file, where it writes one; names what is missing where it fails. */
  name: string;
  timeoutMs: number;
  collect: (context: CollectorContext) => Promise<Collected>;
}

export function missing(name: string, why: unknown): EvidenceItem {
  const detail =
    why instanceof Error ? ((why as NodeJS.ErrnoException).code ?? why.name) : String(why);
  return { name, collected: false, detail };
}
