/** Step 4: internal state against exchange truth; in strict mode the unexplained stops for people. */
import type { LoadedState, PositionsReconciled, SnapshotTaken } from '../contract/index.js';
import { controlPlane } from '../calls.js';
import { counted } from '../domain/content/counted.js';
import type { ReconciliationWords, Word } from '../domain/reconciliation/origin/sources.js';
import type { InferredFill } from '../domain/reconciliation/origin/inferred.js';
import type { Accepted } from '../recovery/asking.js';
import type { Recovery } from '../recovery/context.js';
import { step } from '../recovery/step.js';
import type { Containing } from './contain.js';
import { settleDisputed, type Found } from './discrepancies.js';
import { readableSnapshot } from './snapshot.js';
import { askAboutUnverified, settleBreaker } from './unverified.js';

export interface ReconciledState {
  state: PositionsReconciled['state'];
  /** As it was loaded, before the venues were believed. */
  before: LoadedState['state'];
  taken: SnapshotTaken;
  sequence: number;
  /** Of the state before. */
  takenAtMs: number;
}

export async function reconcilePositions(
  recovery: Recovery,
  loaded: LoadedState,
  { accepted, containing }: { accepted: Accepted; containing: Containing },
): Promise<ReconciledState> {
  return step(recovery, 'reconcile', async (entry) => {
    const found = await compareTwice(recovery, containing, loaded);
    const { taken } = found;
    const tell = (result: PositionsReconciled) => {
      note(recovery, result, { taken, before: loaded.state });
      entry.detail = `${describe(result)}${comparedWith(recovery)}`;
    };
    tell(found.result);
    const settled = await settleDisputed(recovery, found, accepted);
    const { result, word: disputed, inferred } = settled;
    if (inferred.length > 0) tell(result);
    const unverified = await askAboutUnverified(recovery, result, { accepted, taken });
    const { state, word: breaker } = await settleBreaker(recovery, result, accepted);
    noteWords(recovery, { disputed, unverified, breaker }, inferred);
    const { sequence, takenAtMs } = loaded;
    return { state, before: loaded.state, taken, sequence, takenAtMs };
  });
}

type Compared = Pick<ReconciledState, 'taken' | 'before'>;

function note(
  { record }: Recovery,
  result: PositionsReconciled,
  { taken: { snapshot, gaps }, before }: Compared,
): void {
  const { counts, fillsApplied, flowsApplied, lines, adjustments, forced } = result;
  record.reconciliation = {
    counts,
    fillsApplied,
    flowsApplied,
    lines,
    adjustments,
    compared: { state: before, snapshot },
    forced,
    ...(result.risk !== undefined && { risk: result.risk }),
  };
  record.unknowns = [...new Set([...record.unknowns, ...gaps, ...doubtsOf(result)])];
}

function noteWords(
  { record }: Recovery,
  { disputed, unverified, breaker }: Record<keyof ReconciliationWords, Word | null>,
  inferred: InferredFill[],
): void {
  if (record.reconciliation === null) return;
  if (inferred.length > 0) record.reconciliation.inferred = inferred;
  record.reconciliation.words = {
    ...(disputed !== null && { disputed }),
    ...(unverified !== null && { unverified }),
    ...(breaker !== null && { breaker }),
  };
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

/** Where it was not what the engine itself wrote down. */
function comparedWith({ record: { stateSource } }: Recovery): string {
  if (stateSource?.kind !== 'shadow') return '';
  return `, compared with a shadow checkpoint, ${stateSource.ageMs} ms old at the crash`;
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
): Promise<Found> {
  const { tolerance, dustNotional } = recovery.policy.reconciliation;
  const taken = await readableSnapshot(recovery, containing, reading);
  const { snapshot } = taken;
  const { breaker, limits } = recovery.policy.risk;
  const { engineId, stateSource } = recovery.record;
  const input = {
    engineId,
    state,
    snapshot,
    tolerance,
    dustNotional,
    asOfMs: takenAtMs,
    maxDailyLoss: limits.maxDailyLoss,
    breaker,
    independent: stateSource?.kind !== 'exchanges',
  };
  return { taken, input, result: await controlPlane.reconcilePositions(input) };
}
