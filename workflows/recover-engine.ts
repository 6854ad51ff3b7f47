/**
 * One incident, from the crash to full trading or to people. The order below is the procedure's.
 *
 * Invariants: never ends half-way because a person is needed; a crash of the engine that it
 * started goes back to safety, in the same incident, with a higher epoch; an engine that did not
 * pass is stopped before anybody is asked.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  isCancellation,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { LoadedState, RecoveryInput, RecoveryResult } from './contract/index.js';
import type { ArtifactRef } from './domain/content/artifact.js';
import type { RecoveryOutcome } from './domain/record.js';
import * as messages from './messages.js';
import type { Recovery } from './recovery/context.js';
import { listenForCrashes, type CrashFeed } from './recovery/crash-feed.js';
import { raiseEpoch, stopEngine } from './recovery/engine-life.js';
import { listenForDecisions } from './recovery/gate-handlers.js';
import { handOver } from './recovery/hand-over.js';
import { openRecovery } from './recovery/open-recovery.js';
import { EmergencyShutdown, reasonOf } from './recovery/reasons.js';
import { engineAttribute, outcomeAttribute } from './search-attributes.js';
import { conclude } from './steps/after.js';
import { analyse } from './steps/analyse.js';
import { openContaining, type Containing } from './steps/contain.js';
import { loadState } from './steps/load-state.js';
import { checkMarket } from './steps/market.js';
import { resumeTrading } from './steps/ramp.js';
import { reconcilePositions } from './steps/reconcile.js';
import { recoverOpenOrders, type OrdersMemory } from './steps/recover-orders.js';
import { checkRisk } from './steps/risk.js';
import { checkSafety } from './steps/safety.js';
import { startAndCheckHealth } from './steps/start.js';

/** A recovery with what its steps share over all attempts. */
interface Procedure {
  readonly recovery: Recovery;
  readonly crashes: CrashFeed;
  /** Recovered states of all attempts: their orders are the engine's under any name. */
  readonly books: ArtifactRef[];
  readonly containing: Containing;
}

/** What people have said before an attempt. */
interface Mandate {
  /** They have taken over at some time: the first window is the long one. */
  manual: boolean;
  /** They have just said to recover: not asked again, unless the engine crashes again. */
  cleared: boolean;
}

export async function recoverEngine(input: RecoveryInput): Promise<RecoveryResult> {
  const recovery = openRecovery(input);
  const { record, gates, instances } = recovery;
  const crashes = listenForCrashes(recovery);
  listenForDecisions(gates);
  setHandler(messages.recoveryRecord, () => record);
  upsertSearchAttributes([
    { key: engineAttribute, value: input.engineId },
    { key: outcomeAttribute, value: 'running' },
  ]);
  const books: ArtifactRef[] = [];
  const containing = openContaining(recovery, books);
  const outcome = await untilDecided({ recovery, crashes, books, containing });
  upsertSearchAttributes([{ key: outcomeAttribute, value: outcome }]);
  await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  const latest = record.crashes.at(-1) ?? null;
  const unhandled = outcome === 'recovered' && crashes.take() ? latest : null;
  return { outcome, epoch: record.epoch, stopped: [...instances.stopped], unhandled };
}

/** The procedure, step by step; `contained` is step 0, which runs beside the first ones. */
async function attempt(
  procedure: Procedure,
  { manual, cleared }: Mandate,
  contained: Promise<void>,
): Promise<void> {
  const { recovery, containing } = procedure;
  const cause = await analyse(recovery);
  const source = await checkSafety(recovery, cause, cleared);
  await contained;
  const loaded = await loadState(recovery, containing, source);
  const rebuilt = await rebuild(procedure, loaded);
  await startAndCheckHealth(recovery, rebuilt, () => containing.stopRenewing());
  await checkRisk(recovery, rebuilt.state);
  await checkMarket(recovery);
  await resumeTrading(recovery, manual);
}

/** Positions and orders as the venues have them now, not as they were before people were asked. */
async function rebuild({ recovery, containing, books }: Procedure, loaded: LoadedState) {
  const accepted = new Set<string>();
  const memory: OrdersMemory = { books, accepted, adopted: [] };
  for (;;) {
    const beganAtMs = Date.now(); // the worker that takes the snapshot has a clock of its own
    const reconciled = await reconcilePositions(recovery, loaded, { accepted, containing });
    const state = await recoverOpenOrders(recovery, reconciled, memory);
    const fired = await containing.disarmSwitches(beganAtMs);
    if (!fired && !isOutdated(recovery, beganAtMs)) return { reconciled, state };
  }
}

function isOutdated({ record, policy }: Recovery, beganAtMs: number): boolean {
  const asked = record.gates.some(({ closedAtMs }) => (closedAtMs ?? 0) > beganAtMs);
  return asked && Date.now() - beganAtMs > policy.reconciliation.maxSnapshotAgeMs;
}

async function untilDecided(procedure: Procedure): Promise<RecoveryOutcome> {
  try {
    return await attemptAgainAndAgain(procedure);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    return abandon(procedure.recovery);
  }
}

async function attemptAgainAndAgain(procedure: Procedure): Promise<RecoveryOutcome> {
  const { recovery, crashes, books } = procedure;
  const mandate: Mandate = { manual: false, cleared: false };
  for (;;) {
    const ended = await once(procedure, mandate);
    if (ended.kind === 'recovered') {
      // An engine that dies while its report is being written must not wait for the report.
      await Promise.race([finish(recovery, 'recovered', ''), crashes.next()]);
      return 'recovered';
    }
    if (ended.kind === 'needs_people') {
      const resumed = await handOver(recovery, ended, books);
      if (!resumed) return finish(recovery, 'halted', ended.why);
      mandate.manual = true;
    }
    mandate.cleared = ended.kind === 'needs_people';
    await raiseEpoch(recovery);
  }
}

type Ended =
  | { kind: 'recovered' }
  | { kind: 'crashed_again' }
  | { kind: 'needs_people'; why: string; emergency: boolean };

/** One attempt in a scope of its own, which a crash of the new engine cancels. */
async function once(procedure: Procedure, mandate: Mandate): Promise<Ended> {
  const { crashes, containing } = procedure;
  crashes.take(); // what crashed before this attempt has been dealt with
  const scope = new CancellationScope();
  crashes.interrupt = () => scope.cancel();
  try {
    await scope.run(async () => {
      const contained = containing.contain();
      await Promise.all([attempt(procedure, mandate, contained), contained]);
    });
    return { kind: crashes.take() ? 'crashed_again' : 'recovered' };
  } catch (error) {
    if (!isCancellation(error)) await crashes.mayExplain();
    if (crashes.take()) return { kind: 'crashed_again' };
    if (isCancellation(error)) throw error; // from outside
    const emergency = error instanceof EmergencyShutdown;
    return { kind: 'needs_people', why: reasonOf(error), emergency };
  } finally {
    crashes.interrupt = null;
    containing.stopRenewing();
  }
}

async function finish(recovery: Recovery, outcome: RecoveryOutcome, detail: string) {
  await conclude(recovery, outcome, detail);
  return outcome;
}

/** Cancelled from outside: an engine that has not passed must not stay. */
async function abandon(recovery: Recovery): Promise<RecoveryOutcome> {
  return CancellationScope.nonCancellable(async () => {
    const detail = await stopEngine(recovery);
    return finish(recovery, 'cancelled', detail);
  });
}
