/**
 * What a recovery would find in the books: the state that it begins with, the venues as they are now, how the two
 * compare, and what became of each order. Everything here reads, by the procedures of the recovery itself.
 *
 * Invariant: without a state, or with a venue that cannot be read, the rest is told, and nothing in its place.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { VenueAccount } from '../../../activities/ports.js';
import { PATIENCE } from '../../../activities/procedures/patiently.js';
import { findShadow } from '../../../activities/procedures/shadows/find-shadow.js';
import { readVenues } from '../../../activities/procedures/read-venues.js';
import { resolveOpenOrders } from '../../../activities/procedures/orders/resolve-open.js';
import { snapshotOf, type Snapshot } from '../../../workflows/domain/books/snapshot.js';
import type { EngineState } from '../../../workflows/domain/books/state.js';
import { stateOfShadow } from '../../../workflows/domain/checkpoints/shadows/shadow.js';
import { takenAtMs } from '../../../workflows/domain/engine/checkpoint.js';
import type {
  CheckpointCandidate,
  StateSource,
} from '../../../workflows/domain/policy/decision.js';
import {
  countVerdicts,
  reconcile,
  type Reconciliation,
} from '../../../workflows/domain/reconciliation/reconciliation.js';
import { HISTORY_MS } from '../../../workflows/domain/reconciliation/origin/history.js';
import { reconstruct } from '../../../workflows/domain/reconciliation/origin/reconstruction.js';
import { LOOKS, afterLook } from '../../../workflows/domain/reconciliation/persistence.js';
import { composeShadows } from '../../compose/artifacts.js';
import { engineOf } from '../../config/engines.js';
import type { Config, EngineConfig } from '../../config/schema.js';
import { limitsOf, stateToRecoverFrom } from '../checkpoints.js';
import { whyOf } from '../why.js';

/** Null in it: the checkpoints could not be looked at. */
interface Chosen {
  checkpoints: CheckpointCandidate[];
  source: StateSource;
  /** In place of a checkpoint: what a worker wrote of the venues; null where there is none, or none is needed. */
  shadow: { name: string; ageMs: number } | null;
  /** Null where the exchanges are to tell it. */
  kept: { state: EngineState; asOfMs: number } | null;
}

export interface Books {
  chosen: Chosen | { why: string };
  snapshot: Snapshot;
  /** Null where there is no state to compare with. */
  compared: (Reconciliation & { before: EngineState }) | null;
  orders: Awaited<ReturnType<typeof resolveOpenOrders>> | null;
}

/** Whose books, and how they are read. `live`: the engine trades meanwhile. */
export interface Subject {
  config: Config;
  engineId: string;
  accounts: readonly VenueAccount[];
  live: boolean;
  /** Why the checkpoints are not to be looked at here; null where they are. */
  elsewhere: string | null;
}

export async function booksOf(subject: Subject): Promise<Books> {
  const chosen = await chosenState(subject);
  const books = await compareNow(subject, chosen);
  const { compared, snapshot } = books;
  return {
    chosen,
    ...books,
    orders: compared === null ? null : await ordersOf(subject, compared, snapshot),
  };
}

async function chosenState({ config, engineId, elsewhere }: Subject): Promise<Books['chosen']> {
  if (elsewhere !== null) return { why: elsewhere };
  try {
    const { checkpoint, ...chosen } = await stateToRecoverFrom(config, engineId);
    if (checkpoint === null) return { ...chosen, ...(await shadowOf(config, engineId)) };
    const { header, state } = checkpoint;
    return { ...chosen, shadow: null, kept: { state, asOfMs: takenAtMs(header) } };
  } catch (error) {
    return { why: whyOf(error) };
  }
}

/** As a recovery looks for it, of a crash that were now. */
async function shadowOf(
  config: Config,
  engineId: string,
): Promise<Pick<Chosen, 'shadow' | 'kept'>> {
  const { breaker } = engineOf(config, engineId).policy.risk;
  const limits = limitsOf(config, engineId);
  const looked = await findShadow(composeShadows(config), { ...limits, crashedAtMs: limits.nowMs });
  if (looked.found === null) return { shadow: null, kept: null };
  const { name, ageMs, checkpoint } = looked.found;
  const state = stateOfShadow(checkpoint, breaker);
  return { shadow: { name, ageMs }, kept: { state, asOfMs: takenAtMs(checkpoint.header) } };
}

type Compared = Pick<Books, 'snapshot' | 'compared'>;

/** What is on its way while the engine trades is there at a later look: the one that finds least counts. */
async function compareNow(subject: Subject, chosen: Books['chosen']): Promise<Compared> {
  const { policy } = engineOf(subject.config, subject.engineId);
  const sinceMs =
    'why' in chosen
      ? Date.now()
      : (chosen.kept?.asOfMs ?? Date.now() - HISTORY_MS) - policy.reconciliation.fillOverlapMs;
  let best: Compared | null = null;
  for (let looks = 1; ; looks += 1) {
    const look = await compareOnce(subject, chosen, sinceMs);
    if (best === null || unexplainedIn(look) < unexplainedIn(best)) best = look;
    const found = { looks, differs: unexplainedIn(look) > 0 };
    if (afterLook(found, subject.live ? LOOKS.trading : 1) !== 'look_again') return best;
  }
}

function unexplainedIn({ compared }: Compared): number {
  return compared === null ? 0 : countVerdicts(compared.lines).unexplained;
}

async function compareOnce(
  subject: Subject,
  chosen: Books['chosen'],
  sinceMs: number,
): Promise<Compared> {
  const engine = engineOf(subject.config, subject.engineId);
  const snapshot = await snapshotNow(subject, engine, sinceMs);
  if ('why' in chosen) return { snapshot, compared: null };
  const { cashAssets, policy } = engine;
  const { breaker, limits } = policy.risk;
  const { kept } = chosen;
  const before = kept?.state ?? reconstruct(snapshot, breaker).state;
  const result = reconcile(before, snapshot, {
    tolerance: policy.reconciliation.tolerance,
    dustNotional: policy.reconciliation.dustNotional,
    cashAssets,
    asOfMs: kept?.asOfMs ?? snapshot.takenAtMs,
    maxDailyLoss: limits['maxDailyLoss'],
    breaker,
    independent: kept !== null,
  });
  return { snapshot, compared: { ...result, before } };
}

async function snapshotNow(
  { accounts, live }: Subject,
  { cashAssets, orderIdPrefix }: EngineConfig,
  sinceMs: number,
): Promise<Snapshot> {
  const reading = {
    sinceMs: Math.max(0, sinceMs),
    thorough: true,
    live,
    cashAssets,
    orderIdPrefix,
  };
  const pace = { patience: PATIENCE.looking, beat: () => undefined, nowMs: Date.now };
  return snapshotOf(await readVenues(accounts, reading, pace), Date.now());
}

async function ordersOf(
  { config, engineId, accounts }: Subject,
  { state, before }: NonNullable<Books['compared']>,
  snapshot: Snapshot,
) {
  const { orderIdPrefix, policy } = engineOf(config, engineId);
  const { foreign, staleDeviation } = policy.orders;
  const rules = {
    orderIdPrefix,
    staleDeviation,
    containment: policy.containment,
    containmentAt: policy.containmentAt,
    adopted: new Set<string>(),
    foreign: foreign === 'adopt' ? ('adopt' as const) : ('leave' as const),
  };
  return resolveOpenOrders({ internal: state, before, snapshot }, rules, {
    accounts,
    arrivesInMs: 0, // what is on its way the next plan shows
    pace: { sleep, beat: () => undefined },
  });
}
