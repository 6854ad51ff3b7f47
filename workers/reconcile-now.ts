/**
 * `relight reconcile`: an engine against its venues, now. It reads only.
 *
 * Invariants: a live engine trades meanwhile, so what differs is looked at twice, and only what stays
 * counts; the orders of an engine that does not answer are not compared, because what became of them
 * since is for a recovery to find out.
 */
import { describeError } from '../activities/errors.js';
import type { ReconcileAnswer } from '../clients/cli/operations.js';
import {
  compareOrderBooks,
  isSame,
  persistentDifferences,
  type BookDifferences,
} from '../workflows/domain/books.js';
import { takenAtMs } from '../workflows/domain/checkpoint.js';
import {
  countVerdicts,
  reconcile,
  type Reconciliation,
} from '../workflows/domain/reconciliation.js';
import { readableVenues, unreadableVenues, type Snapshot } from '../workflows/domain/snapshot.js';
import type { EngineState } from '../workflows/domain/state.js';
import { validateNewest } from './checkpoints.js';
import { composeHost, engineOf } from './compose.js';
import { ConfigError, type Config } from './config.js';
import { readNow } from './venue-views.js';

interface Pass {
  source: string;
  snapshot: Snapshot;
  result: Reconciliation;
  /** Null where the engine does not answer. */
  books: BookDifferences | null;
}

/** The live engine's own state where it answers, its newest valid checkpoint where it does not. */
export async function reconcileNow(config: Config, engineId: string): Promise<ReconcileAnswer> {
  const first = await compare(config, engineId, { thorough: false });
  const stands = isClean(first) ? first : await compare(config, engineId, { thorough: true });
  const { source, snapshot, result } = stands;
  const orders =
    first.books === null || stands.books === null
      ? null
      : persistentDifferences(first.books, stands.books);
  return {
    engineId,
    source,
    counts: countVerdicts(result.lines),
    fillsApplied: result.fillsApplied,
    unreadable: unreadableVenues(snapshot),
    gaps: readableVenues(snapshot).flatMap(({ venue, gaps }) => gaps.map((g) => `${venue}: ${g}`)),
    lines: result.lines,
    orders,
  };
}

function isClean({ result, books }: Pass): boolean {
  return countVerdicts(result.lines).unexplained === 0 && (books === null || isSame(books));
}

async function compare(
  config: Config,
  engineId: string,
  { thorough }: { thorough: boolean },
): Promise<Pass> {
  const { cashAssets, orderIdPrefix, policy } = engineOf(config, engineId);
  const { tolerance, dustNotional, fillOverlapMs } = policy.reconciliation;
  const { source, isLive, asOfMs, state } = await internalState(config, engineId);
  const sinceMs = Math.max(0, asOfMs - fillOverlapMs);
  const snapshot = await readNow(config, engineId, { sinceMs, thorough });
  return {
    source,
    snapshot,
    result: reconcile(state, snapshot, { tolerance, dustNotional, asOfMs, cashAssets }),
    books: isLive ? compareOrderBooks(state.orders, snapshot, orderIdPrefix) : null,
  };
}

interface InternalState {
  source: string;
  isLive: boolean;
  asOfMs: number;
  state: EngineState;
}

async function internalState(config: Config, engineId: string): Promise<InternalState> {
  try {
    const { state, sequence } = await composeHost(config).control(engineId).state();
    return { source: `live engine, sequence ${sequence}`, isLive: true, asOfMs: Date.now(), state };
  } catch (error) {
    const why = describeError(error);
    const newest = await validateNewest(config, engineId);
    if (newest === null) {
      throw new ConfigError(`${engineId} does not answer (${why}) and has no valid checkpoint`);
    }
    const { name, checkpoint } = newest;
    const source = `checkpoint ${name}, because the engine does not answer (${why})`;
    const { header, state } = checkpoint;
    return { source, isLive: false, asOfMs: takenAtMs(header), state };
  }
}
