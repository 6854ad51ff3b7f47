/** Step 4: internal state against exchange truth; in strict mode the unexplained stops for people. */
import type { LoadedState, PositionsReconciled, SnapshotTaken } from '../contract/index.js';
import { controlPlane } from '../calls.js';
import { counted } from '../domain/content/counted.js';
import type { ReconciliationLine } from '../domain/reconciliation/reconciliation.js';
import { requireApprovalOnce, type Accepted } from '../recovery/asking.js';
import type { Recovery } from '../recovery/context.js';
import type { Question } from '../recovery/gates/gate-request.js';
import { step } from '../recovery/step.js';
import type { Containing } from './contain.js';
import type { ReconciliationWords } from '../domain/record.js';
import { readableSnapshot } from './snapshot.js';
import { askAboutUnverified, settleBreaker } from './unverified.js';

const NAMED_LINES = 3;

export interface ReconciledState {
  state: PositionsReconciled['state'];
  /** As it was loaded, before the venues were believed. */
  before: LoadedState['state'];
  taken: SnapshotTaken;
  sequence: number;
}

export async function reconcilePositions(
  recovery: Recovery,
  loaded: LoadedState,
  { accepted, containing }: { accepted: Accepted; containing: Containing },
): Promise<ReconciledState> {
  const { record } = recovery;
  return step(recovery, 'reconcile', async (entry) => {
    const { taken, result } = await compareTwice(recovery, containing, loaded);
    const { counts, fillsApplied, flowsApplied, lines, adjustments, forced } = result;
    const words: ReconciliationWords = {};
    record.reconciliation = {
      counts,
      fillsApplied,
      flowsApplied,
      lines,
      adjustments,
      forced,
      words,
    };
    record.unknowns = [...new Set([...record.unknowns, ...taken.gaps, ...doubtsOf(result)])];
    entry.detail = describe(result);
    const asked = { accepted, taken };
    await askAboutDisputed(recovery, result, asked, words);
    const unverified = await askAboutUnverified(recovery, result, asked);
    if (unverified !== null) words.unverified = unverified;
    const { state, word } = await settleBreaker(recovery, result, accepted);
    if (word !== null) words.breaker = word;
    return { state, before: loaded.state, taken, sequence: loaded.sequence };
  });
}

/** What differs stops in strict mode; what no exchange could tell, always. */
async function askAboutDisputed(
  recovery: Recovery,
  result: PositionsReconciled,
  { accepted, taken }: { accepted: Accepted; taken: SnapshotTaken },
  words: ReconciliationWords,
): Promise<void> {
  const { counts, forced, disputed } = result;
  const differs = counts.unexplained > 0 || forced.length > 0;
  const stops = recovery.policy.reconciliation.strict && differs;
  if (differs) words.disputed = 'policy';
  if (!stops && counts.unknown === 0) return;
  await requireApprovalOnce(recovery, accepted, disputed, discrepanciesIn(taken, result));
  words.disputed = 'person';
}

function doubtsOf({ unknowns = [], unverified }: PositionsReconciled): string[] {
  if (unverified === undefined) return unknowns;
  const { count } = unverified;
  return [
    `${counted(count, 'figure')} taken from the exchanges, compared with nothing`,
    ...unknowns,
  ];
}

function describe(result: PositionsReconciled): string {
  const { counts, fillsApplied, flowsApplied, forced, breakerLatched = false } = result;
  const flows = flowsApplied === 0 ? '' : ` and ${flowsApplied} cash flows`;
  return [
    `${counts.match} equal, ${counts.explained} explained by ${fillsApplied} fills${flows}`,
    ...((counts.dust ?? 0) === 0 ? [] : [`${counts.dust} dust`]),
    ...((counts.unverified ?? 0) === 0
      ? []
      : [`${counts.unverified} UNVERIFIED: nothing independent to compare with`]),
    `${counts.unexplained} unexplained, ${counts.unknown} unknown`,
    ...(forced.length === 0 ? [] : [`CLOSED BY THE VENUE: ${forced.join(', ')}`]),
    ...(breakerLatched ? ['DAILY LOSS BEYOND ITS LIMIT: the risk breaker is latched'] : []),
  ].join(', ');
}

/** What fills do not explain is looked at once more, with all that the venues can tell. */
async function compareTwice(recovery: Recovery, containing: Containing, loaded: LoadedState) {
  const { fillOverlapMs } = recovery.policy.reconciliation;
  const sinceMs = Math.max(0, loaded.takenAtMs - fillOverlapMs);
  const first = await compare(recovery, containing, loaded, { sinceMs, thorough: false });
  if (first.result.counts.unexplained === 0) return first;
  return compare(recovery, containing, loaded, { sinceMs, thorough: true });
}

async function compare(
  recovery: Recovery,
  containing: Containing,
  { state, takenAtMs }: LoadedState,
  reading: { sinceMs: number; thorough: boolean },
) {
  const { tolerance, dustNotional } = recovery.policy.reconciliation;
  const taken = await readableSnapshot(recovery, containing, reading);
  const { snapshot } = taken;
  const { breaker, limits } = recovery.policy.risk;
  const { engineId, stateSource } = recovery.record;
  const rules = {
    tolerance,
    dustNotional,
    asOfMs: takenAtMs,
    maxDailyLoss: limits.maxDailyLoss,
    breaker,
    independent: stateSource?.kind !== 'exchanges',
  };
  const result = await controlPlane.reconcilePositions({ engineId, state, snapshot, ...rules });
  return { taken, result };
}

function discrepanciesIn({ gaps }: SnapshotTaken, result: PositionsReconciled): Question {
  const { counts, worst, lines, fillsApplied, flowsApplied, forced } = result;
  const named = worst.slice(0, NAMED_LINES).map(lineText).join('; ');
  return {
    kind: 'discrepancies',
    question:
      `${counted(counts.unexplained, 'difference')} that no fill explains, ` +
      `${counted(counts.unknown, 'figure')} that no exchange could tell${closedByForce(forced)} ` +
      `(${named}). Accept what the exchanges say?`,
    onApprove: 'the exchange is taken as the truth, and the differences stay in the record',
    onReject: 'the engine stays stopped and the manual checklist opens',
    evidence: { counts, fillsApplied, flowsApplied, forced, worst, allLines: lines, gaps },
  };
}

function closedByForce(forced: readonly string[]): string {
  return forced.length === 0
    ? ''
    : `, ${counted(forced.length, 'position')} liquidated or deleveraged by the exchange`;
}

function lineText({ venue, item, internal, exchange, unexplained }: ReconciliationLine): string {
  return exchange === null
    ? `${venue} ${item}: unknown, ours ${internal}`
    : `${venue} ${item}: ${unexplained} unexplained, ours ${internal}, exchange ${exchange}`;
}
