/** What is gathered of a crash, on the host where it happened. */
import type { CauseFacts } from '../workflows/domain/crash/cause/cause.js';
import type { EvidenceFile } from '../workflows/domain/crash/evidence-index.js';
import type { CrashReport } from '../workflows/domain/crash/report.js';
import type { ListedJournal } from '../workflows/domain/engine/intents.js';
import type { Journal } from '../workflows/domain/engine/journal.js';
import type { EvidenceItem } from '../workflows/domain/crash/evidence.js';

export type EvidencePart = 'all' | 'cause' | 'rest';

interface Evidence {
  folder: string;
  items: EvidenceItem[];
  facts: CauseFacts;
}

export interface Forensics {
  /** Whether a hung process is made to write its core, before it is killed. */
  abortsHung(engineId: string): boolean;
  /** Stacks of a hung process, before it is killed; those that were taken before are kept. */
  traceStacks(report: CrashReport, incidentId: string): Promise<EvidenceItem>;
  /** Null where none were taken. */
  keptStacks(report: CrashReport, incidentId: string): Promise<EvidenceItem | null>;
  /**
   * Collects side by side; a collector that fails is listed as missing, it never blocks. `cause` begins with all, and
   * waits for what may name the cause; `rest` waits for what that has left, or collects it.
   */
  collect(
    report: CrashReport,
    incidentId: string,
    how: { part: EvidencePart; onProgress: () => void },
  ): Promise<Evidence>;
  /** To the evidence of this crash, and of no other of the incident. */
  addFile(
    report: CrashReport,
    incidentId: string,
    file: { name: string; content: string },
  ): Promise<EvidenceItem>;
  /** What there is of this crash, by name, size and hash. */
  files(
    report: CrashReport,
    incidentId: string,
  ): Promise<{ folder: string; files: EvidenceFile[] }>;
}

/** Where engines note what they are about to send. What is no answer is why, as the end of a sentence. */
export interface JournalFolder {
  /** Whether the engine is configured to keep any. */
  isKept(engineId: string): boolean;
  /** All that lie there, those of other engines too. */
  list(engineId: string): Promise<ListedJournal[] | string>;
  read(engineId: string, name: string): Promise<Journal | string>;
}
