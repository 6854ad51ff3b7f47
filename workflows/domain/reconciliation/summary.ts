/**
 * What a reconciliation comes to, in a few figures and lines: it goes into a workflow's history,
 * which must stay small.
 *
 * Invariant: the same dispute has the same digest, whatever prices did meanwhile.
 */
import { digestOf } from '../content/canonical.js';
import { shortened } from '../content/shortened.js';
import { byWeight, isDisputed } from './disputes.js';
import type { ReconciliationLine } from './line.js';
import type { Unverified } from './unverified.js';
import { countVerdicts, type Reconciliation, type ReconciliationCounts } from './reconciliation.js';

export interface ReconciliationSummary {
  counts: ReconciliationCounts;
  fillsApplied: number;
  flowsApplied: number;
  /** `venue item quantity` of positions that a venue closed by force. */
  forced: string[];
  /** Digest of what is unexplained or unknown. */
  disputed: string;
  /** The worst lines, for a gate's evidence. */
  worst: ReconciliationLine[];
  /** What is doubtful or could not be known; missing in histories of earlier versions. */
  unknowns?: string[];
  /** Missing where there is none, and in histories of earlier versions. */
  unverified?: Unverified;
}

const SHOWN = 20;

export function summaryOf({
  lines,
  fillsApplied,
  flowsApplied,
  unknowns,
  unverified,
}: Reconciliation): ReconciliationSummary {
  const disputed = lines.filter(isDisputed);
  return {
    counts: countVerdicts(lines),
    fillsApplied,
    flowsApplied,
    forced: lines
      .filter(({ forced }) => forced !== '0')
      .map(({ venue, item, forced }) => `${venue} ${item} ${forced}`),
    disputed: digestOf(disputed.map(disputeOf)),
    worst: byWeight(disputed).slice(0, SHOWN),
    unknowns: shortened(unknowns, SHOWN, (more) => `${more} more doubts of the reconciliation`),
    ...(unverified !== null && { unverified }),
  };
}

/** The weightiest of what differs, `venue item` each. */
export function differingItems(lines: readonly ReconciliationLine[]): string[] {
  const differing = byWeight(lines.filter(isDisputed));
  return differing.slice(0, SHOWN).map(({ venue, item }) => `${venue} ${item}`);
}

/** What a person accepts; prices move, and are no part of it. */
function disputeOf({ kind, venue, account, item, unexplained, forced }: ReconciliationLine) {
  return [kind, venue, account, item, unexplained, forced];
}
