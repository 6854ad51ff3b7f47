/** What happened in a world, for whoever judges it: plain rows, in the order in which it happened. */
import type { Notice } from '../../../activities/ports.js';
import type { GateKind } from '../../../workflows/domain/content/gate-kind.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import type { CrashReceipt } from '../../../workflows/messages.js';
import type { ControlCall } from './engine/control-line.js';
import type { EngineLife } from './engine/processes.js';

interface TellingOf {
  atMs: number;
  channel: string;
  notice: Notice;
}

interface DecisionMade {
  atMs: number;
  workflowId: string;
  gateId: string;
  kind: GateKind;
  attempt: number;
  by: string;
  answer: 'approve' | 'reject';
  isForged: boolean;
  accepted: boolean;
  /** Why it does not count, or what became of it. */
  detail: string;
}

interface ReportOf {
  atMs: number;
  report: CrashReport;
  receipt: CrashReceipt;
}

/** People hear of a notice as it is sent. */
type Heard = (notice: Notice) => void;

export interface Facts {
  /** All processes of engines, the oldest first. */
  lives: EngineLife[];
  /** Writes that engines were given. */
  calls: ControlCall[];
  notices: TellingOf[];
  hears: Heard[];
  decisions: DecisionMade[];
  /** What guardians have answered to reports. */
  reports: ReportOf[];
  /** Kills, restarts, orders by people: what was done to the world from outside. */
  events: { atMs: number; what: string }[];
}

export function noFacts(): Facts {
  return { lives: [], calls: [], notices: [], hears: [], decisions: [], reports: [], events: [] };
}

export function tellPeople({ notices, hears }: Facts, channel: string, notice: Notice): void {
  notices.push({ atMs: Date.now(), channel, notice });
  for (const hear of hears) hear(notice);
}
