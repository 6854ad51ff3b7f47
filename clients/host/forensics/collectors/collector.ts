/**
 * What a collector of evidence is: a name, a time limit of its own, and what it brings back.
 *
 * Invariants: a collector that throws, or is not back within its limit, is missing evidence of its
 * name; nothing that it writes after its limit counts. Facts are partial: who knows nothing of a
 * thing says nothing of it. A collector names the settings that it needs, and sees no others.
 */
import type { CrashReport, EngineInstance } from '../../../../workflows/domain/crash/report.js';
import type { Facts } from '../../../../workflows/domain/crash/sightings.js';
import type { EvidenceItem } from '../../../../workflows/domain/crash/evidence.js';
import { whyUnread } from '../../../files/foreign.js';
import type { Trend } from '../../resources/index.js';

export interface ForensicSettings {
  /** Where the kernel writes this engine's cores (a file core pattern). */
  coreFolder: string;
  /** The engine's executable, for backtraces. */
  executable: string;
  logs: string[];
  /** A hung engine is made to write its core; absent: it is not. */
  abortHung?: boolean;
  /** A backtrace has the local variables of the thread that died; absent: it has not. */
  locals?: boolean;
  /** Null where the engine writes none. */
  checkpointFolder: string | null;
  /** What the agent saw of its resources while it lived; absent where nobody looks. */
  trend?: (instance: Pick<EngineInstance, 'pid' | 'startTicks'>) => Trend | null;
}

/** What holds for all that is collected of an engine. */
export interface KeepingSettings {
  /** Bound of all texts of one crash together. */
  evidenceBytes?: number;
  /** Values that no text may show, as they are now: keys are renewed. */
  secrets?: () => readonly string[];
}

type SettingName = keyof ForensicSettings;

export interface CollectorContext<Needs extends SettingName = SettingName> {
  report: CrashReport;
  /** When the process that died was started; null where that cannot be told. */
  startedAtMs: number | null;
  /** The folder of this crash's evidence; it exists. */
  folder: string;
  settings: Pick<ForensicSettings, Needs>;
  /** For one command: less than the collector's limit, so that its end is still told. */
  commandMs: number;
  /** Ends what a collector does by itself, when its time is over. */
  over: AbortSignal;
  /** Writes a file of evidence; refused when the collector's time is over. */
  add: (name: string, content: string) => Promise<EvidenceItem>;
}

export interface Collected {
  items: EvidenceItem[];
  facts: Facts;
}

export interface Collector<Needs extends SettingName = SettingName> {
  /** Of its file, where it writes one; names what is missing where it fails. */
  name: string;
  timeoutMs: number;
  /** It tells of the moment and gives no facts: its file is written once for a crash. */
  momentary?: boolean;
  /** It names no cause, and waits for others: disks, logs of an hour, the journal. The recovery goes on meanwhile. */
  beside?: boolean;
  collect: (context: CollectorContext<Needs>) => Promise<Collected>;
}

/** Why there is nothing of a process. */
export const NEVER_RAN = 'no process of the engine was ever seen on this host';

export function missing(name: string, why: unknown): EvidenceItem {
  const detail = why instanceof Error ? whyUnread(why) : String(why);
  return { name, collected: false, detail };
}
