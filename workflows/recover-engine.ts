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
  log,
  patched,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { LoadedState, RecoveryInput, RecoveryResult } from './contract/index.js';
import type { ArtifactRef } from './domain/content/artifact.js';
import type { RecoveryOutcome } from './domain/record.js';
import { mayTradeAtStart } from './domain/policy/policy.js';
import { movedWords } from './domain/steering/fail-over.js';
import * as messages from './messages.js';
import { listenForAbort, type AbortFeed } from './recovery/ending/abort.js';
import type { Recovery } from './recovery/context.js';
import { listenForCrashes, type CrashFeed } from './recovery/crash/crash-feed.js';
import { untilGathered } from './recovery/crash/evidence.js';
import { raiseEpoch, stopEngine, stopWhatIsLeft } from './recovery/engine-life.js';
import { listenForDecisions } from './recovery/gate-handlers.js';
import { cancelOrders, handOver } from './recovery/ending/hand-over.js';
import { listenForKillSwitch } from './recovery/ending/kill-switch.js';
import { openRecovery } from './recovery/open-recovery.js';
import { EmergencyShutdown, reasonOf } from './recovery/reasons.js';
import { engineAttribute, outcomeAttribute } from './search-attributes.js';
import { startTrading } from './steps/booting/start-trading.js';
import { conclude } from './steps/after.js';
import { analyse } from './steps/analyse.js';
import { openContaining, type Containing } from './steps/contain.js';
import { loadState } from './steps/load-state.js';
import { resumeTrading } from './steps/ramp.js';
import { reconcilePositions } from './steps/reconcile.js';
import { recoverOpenOrders, type OrdersMemory } from './steps/recover-orders.js';
import { checkReadiness } from './steps/readiness.js';
import { checkSafety } from './steps/safety.js';
import { startAndCheckHealth } from './steps/start.js';

/** For a report and notices that are under way when the engine is dead already. */
const UNFINISHED_WAIT = '5s';

/** A recovery with what its steps share over all attempts. */
interface Procedure {
  recovery: Recovery;
  crashes: CrashFeed;
  abort: AbortFeed;
  /** Recovered states of all attempts: their orders are the engine's under any name. */
  books: ArtifactRef[];
  containing: Containing;
}

/** What people have said before an attempt. */
interface Mandate {
  /** They have taken over at some time: the first window is the long one. */
  manual: boolean;
  /** They have just said to recover, which answered more in recoveries of the former version. */
  cleared: boolean;
}

export async function recoverEngine(input: RecoveryInput): Promise<RecoveryResult> {
  const recovery = openRecovery(input);
  const { record, gates, instances } = recovery;
  const crashes = listenForCrashes(recovery);
  const abort = listenForAbort();
  listenForDecisions(gates, recovery.former);
  listenForKillSwitch(recovery, crashes);
  setHandler(messages.recoveryRecord, () => record);
  upsertSearchAttributes([
    { key: engineAttribute, value: input.engineId },
    { key: outcomeAttribute, value: 'running' },
  ]);
  const books: ArtifactRef[] = [];
  const containing = openContaining(recovery, books);
  const outcome = await untilDecided({ recovery, crashes, abort, books, containing });
  upsertSearchAttributes([{ key: outcomeAttribute, value: outcome }]);
  await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  const unhandled = crashes.left();
  const { deaths } = recovery;
  return {
    outcome,
    epoch: record.epoch,
    stopped: [...instances.stopped],
    unhandled,
    ...(deaths.length > 0 && { deaths }),
  };
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
  const loaded = await loadState({ recovery, containing, cleared }, source);
  const accepted = new Set<string>();
  const onRunning = () => containing.stopRenewing();
  if (mayTradeAtStart(recovery.policy)) {
    const again = () => rebuild(procedure, loaded, accepted);
    await startTrading(recovery, { rebuild: again, onRunning, manual });
    return;
  }
  const rebuilt = await rebuild(procedure, loaded, accepted);
  if (recovery.gathering > 0) await untilGathered(recovery);
  await startAndCheckHealth(recovery, rebuilt, onRunning);
  const stillHolds = await checkReadiness(recovery, rebuilt.state);
  await resumeTrading(recovery, manual, stillHolds);
}

/** Positions and orders as the venues have them now, not as they were before people were asked. */
async function rebuild(
  { recovery, containing, books }: Procedure,
  loaded: LoadedState,
  accepted: Set<string>,
) {
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
    return abandon(procedure);
  }
}

async function attemptAgainAndAgain(procedure: Procedure): Promise<RecoveryOutcome> {
  const { recovery, abort } = procedure;
  const mandate: Mandate = { manual: false, cleared: false };
  let ended = endedBefore(recovery);
  for (; ; ended = null) {
    ended ??= await once(procedure, mandate);
    if (isToEnd(procedure)) return endAsTold(procedure);
    if (ended.kind === 'recovered') {
      const outcome = await finish(procedure, 'recovered', '');
      return abort.said === null ? outcome : endAsTold(procedure);
    }
    if (ended.kind === 'needs_people') {
      const handed = await handOver(procedure, ended);
      if (isToEnd(procedure)) return endAsTold(procedure);
      if (handed === 'ended') return halt(procedure, ended.why);
      mandate.manual = true;
    }
    mandate.cleared = isCleared(recovery, ended);
    await raiseEpoch(recovery);
  }
}

/** People stop everything: what it started is stopped, its orders cancelled, nobody asked. */
async function haltByKillSwitch(
  procedure: Procedure,
  { reason, by, keepOrders }: NonNullable<Recovery['killSwitch']>,
): Promise<RecoveryOutcome> {
  const { recovery, books } = procedure;
  const why = `kill switch engaged by ${by}: ${reason}`;
  const left = await stopWhatIsLeft(recovery);
  const orders = keepOrders ? 'orders left as they are' : await cancelOrders(recovery, books);
  return finish(
    procedure,
    'halted',
    [why, left, orders].filter((each) => each !== null).join('; '),
  );
}

type Ended =
  | { kind: 'recovered' }
  | { kind: 'crashed_again' }
  | { kind: 'needs_people'; why: string; emergency: boolean };

function isCleared({ former }: Recovery, { kind }: Ended): boolean {
  return former && kind === 'needs_people';
}

/** Nothing more is asked or done of it: people have ended it. */
const OVER: Ended = { kind: 'needs_people', why: 'ended by people', emergency: false };

function isToEnd({ recovery, abort }: Procedure): boolean {
  return recovery.killSwitch !== null || abort.said !== null;
}

async function endAsTold(procedure: Procedure): Promise<RecoveryOutcome> {
  const { recovery, abort } = procedure;
  if (recovery.killSwitch !== null) return haltByKillSwitch(procedure, recovery.killSwitch);
  const { by, reason } = abort.said ?? { by: 'people', reason: 'none' };
  const stopped = await stopEngine(recovery);
  // What trades is stopped, and no order of it stays behind.
  const orders = recovery.traded
    ? await cancelOrders(recovery, procedure.books)
    : 'left as they are';
  const detail = `ended by ${by}: ${reason}; engine: ${stopped}; orders: ${orders}`;
  return finish(procedure, 'halted', detail);
}

/** What this recovery goes on with begins as what people must look at. */
function endedBefore({ input: { continues, retries, moved } }: Recovery): Ended | null {
  if (retries?.askFirst === true) {
    const said = `${retries.by} had it begun anew after ${retries.workflowId}: ${retries.reason}`;
    return { kind: 'needs_people', why: said, emergency: false };
  }
  if (continues === undefined) {
    if (moved?.askFirst !== true) return null;
    return { kind: 'needs_people', why: `failed over ${movedWords(moved)}`, emergency: false };
  }
  const { workflowId, why, traded } = continues;
  const said = `its recovery ${workflowId} ${why}; nothing of it goes on by itself`;
  return { kind: 'needs_people', why: said, emergency: traded };
}

/** One attempt in a scope of its own, which a crash of the new engine cancels. */
async function once(procedure: Procedure, mandate: Mandate): Promise<Ended> {
  const { crashes, abort, containing } = procedure;
  crashes.take(); // what crashed before this attempt has been dealt with
  if (isToEnd(procedure)) return OVER;
  const scope = new CancellationScope();
  crashes.interrupt = () => scope.cancel();
  abort.interrupt = () => scope.cancel();
  try {
    await scope.run(async () => {
      const contained = containing.contain();
      await Promise.all([attempt(procedure, mandate, contained), contained]);
    });
    return { kind: crashes.take() ? 'crashed_again' : 'recovered' };
  } catch (error) {
    if (isFromOutside(error) && patched('cancelled-keeps-its-crash')) throw error;
    if (isToEnd(procedure)) return OVER;
    if (!isCancellation(error)) await crashes.mayExplain();
    if (crashes.take()) return { kind: 'crashed_again' };
    if (isCancellation(error)) throw error; // from outside
    const emergency = error instanceof EmergencyShutdown;
    return { kind: 'needs_people', why: reasonOf(error), emergency };
  } finally {
    crashes.interrupt = null;
    abort.interrupt = null;
    containing.stopRenewing();
  }
}

/** The recovery itself is told to end: a crash that came with it is nobody's but the next one's. */
function isFromOutside(error: unknown): boolean {
  return isCancellation(error) && CancellationScope.current().consideredCancelled;
}

/** A crash waits a little for the report and the notices that are under way, and no longer. */
async function finish(
  { recovery, crashes, abort }: Procedure,
  outcome: RecoveryOutcome,
  detail: string,
): Promise<RecoveryOutcome> {
  let finished = false;
  const finishing = conclude(recovery, outcome, detail).then(() => (finished = true));
  const told = outcome === 'recovered' ? [abort.next()] : [];
  await Promise.race([finishing, crashes.next(), ...told]);
  if (finished) return outcome;
  if (patched('finish-before-next')) {
    const late = () => condition(() => finished, UNFINISHED_WAIT, { summary: 'for the report' });
    await CancellationScope.nonCancellable(late);
    if (!finished) log.warn('the report or a notice is left behind: the engine has crashed');
  } else if (outcome !== 'recovered') {
    await finishing; // as it was before there was a bound
  }
  return outcome;
}

/** People end it here: an engine that could not be stopped is not left without one more try. */
async function halt(procedure: Procedure, why: string): Promise<RecoveryOutcome> {
  const left = await stopWhatIsLeft(procedure.recovery);
  return finish(procedure, 'halted', left === null ? why : `${why}; ${left}`);
}

/** Cancelled from outside: an engine that has not passed must not stay. */
async function abandon(procedure: Procedure): Promise<RecoveryOutcome> {
  return CancellationScope.nonCancellable(async () => {
    const detail = await stopEngine(procedure.recovery);
    return finish(procedure, 'cancelled', detail);
  });
}
