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
  patched,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { LoadedState, RecoveryInput, RecoveryResult } from './contract/index.js';
import { RESUME_STEPS, type ResumeStep } from './domain/gates/resume.js';
import type { ArtifactRef } from './domain/content/artifact.js';
import type { StateSource } from './domain/policy/decision.js';
import type { RecoveryOutcome } from './domain/record.js';
import { mayTradeAtStart } from './domain/policy/policy.js';
import { movedWords } from './domain/steering/fail-over.js';
import * as messages from './messages.js';
import { listenForAbort } from './recovery/ending/abort.js';
import { abandon, endAsTold, finish, halt } from './recovery/ending/ends.js';
import { handOver } from './recovery/ending/hand-over.js';
import { listenForKillSwitch } from './recovery/ending/kill-switch.js';
import { isOvertaken, stopOvertaken } from './recovery/ending/overtaken.js';
import type { Recovery } from './recovery/context.js';
import { listenForCrashes } from './recovery/crash/crash-feed.js';
import { untilGathered } from './recovery/crash/evidence.js';
import { raiseEpoch } from './recovery/engine-life.js';
import { listenForDecisions } from './recovery/gate-handlers.js';
import { listenForInstructions } from './recovery/instructions.js';
import { openRecovery } from './recovery/open-recovery.js';
import { nothingReached, resumedFrom, type Procedure, type Rebuilt } from './recovery/procedure.js';
import { EmergencyShutdown, reasonOf } from './recovery/reasons.js';
import { engineAttribute, outcomeAttribute } from './search-attributes.js';
import { startTrading } from './steps/booting/start-trading.js';
import { analyse } from './steps/analyse.js';
import { openContaining } from './steps/contain.js';
import { loadState } from './steps/load-state.js';
import { resumeTrading } from './steps/ramp.js';
import { reconcilePositions } from './steps/reconcile.js';
import { recoverOpenOrders, type OrdersMemory } from './steps/recover-orders.js';
import { checkReadiness } from './steps/readiness.js';
import { checkSafety } from './steps/safety.js';
import { startAndCheckHealth } from './steps/start.js';

/** What people have said before an attempt. */
interface Mandate {
  /** They have taken over at some time: the first window is the long one. */
  manual: boolean;
  /** They have just said to recover, which answered more in recoveries of the former version. */
  cleared: boolean;
  /** Where it goes on, by what they have signed. */
  from: ResumeStep;
}

export async function recoverEngine(input: RecoveryInput): Promise<RecoveryResult> {
  const recovery = openRecovery(input);
  const { record, gates, instances } = recovery;
  const crashes = listenForCrashes(recovery);
  const abort = listenForAbort();
  listenForDecisions(gates, recovery.former);
  listenForKillSwitch(recovery, crashes);
  listenForInstructions(recovery);
  setHandler(messages.recoveryRecord, () => record);
  upsertSearchAttributes([
    { key: engineAttribute, value: input.engineId },
    { key: outcomeAttribute, value: 'running' },
  ]);
  const books: ArtifactRef[] = [];
  const containing = openContaining(recovery, books);
  const reached = nothingReached();
  const outcome = await untilDecided({ recovery, crashes, abort, books, containing, reached });
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
  mandate: Mandate,
  contained: Promise<void>,
): Promise<void> {
  const { recovery, containing } = procedure;
  const { manual } = mandate;
  const from = resumedFrom(procedure, mandate.from);
  const source = await safeSource(procedure, mandate, from);
  await contained;
  const loaded = await stateLoaded(procedure, mandate, { from, source });
  const accepted = new Set<string>();
  const onRunning = () => containing.stopRenewing();
  if (mayTradeAtStart(recovery.policy)) {
    const again = () => rebuild(procedure, loaded, accepted);
    await startTrading(recovery, { rebuild: again, onRunning, manual });
    return;
  }
  const known = isKept('start', from) ? procedure.reached.rebuilt : null;
  const rebuilt = known ?? (await rebuild(procedure, loaded, accepted));
  procedure.reached.rebuilt = rebuilt;
  if (recovery.gathering > 0) await untilGathered(recovery);
  await startAndCheckHealth(recovery, rebuilt, onRunning);
  const stillHolds = await checkReadiness(recovery, rebuilt.state);
  await resumeTrading(recovery, manual, stillHolds);
}

/** Whether what comes before a step is kept of the attempt before, as people have signed. */
function isKept(step: ResumeStep, from: ResumeStep): boolean {
  return RESUME_STEPS.indexOf(from) >= RESUME_STEPS.indexOf(step);
}

async function safeSource(
  { recovery, reached }: Procedure,
  { cleared }: Mandate,
  from: ResumeStep,
): Promise<StateSource> {
  if (isKept('load_state', from) && reached.safe !== null) return reached.safe.source;
  const cause = await analyse(recovery);
  const crashes = recovery.record.crashes.length;
  const source = await checkSafety(recovery, cause, cleared);
  reached.safe = { source, crashes };
  reached.loaded = null;
  reached.rebuilt = null;
  return source;
}

async function stateLoaded(
  { recovery, containing, reached }: Procedure,
  { cleared }: Mandate,
  { from, source }: { from: ResumeStep; source: StateSource },
): Promise<LoadedState> {
  if (isKept('reconcile', from) && reached.loaded !== null) return reached.loaded;
  const loaded = await loadState({ recovery, containing, cleared }, source);
  reached.loaded = loaded;
  reached.rebuilt = null;
  return loaded;
}

/** Positions and orders as the venues have them now, not as they were before people were asked. */
async function rebuild(
  { recovery, containing, books }: Procedure,
  loaded: LoadedState,
  accepted: Set<string>,
): Promise<Rebuilt> {
  const memory: OrdersMemory = { books, accepted, adopted: [] };
  for (;;) {
    const beganAtMs = Date.now(); // the worker that takes the snapshot has a clock of its own
    const reconciled = await reconcilePositions(recovery, loaded, { accepted, containing });
    const state = await recoverOpenOrders(recovery, reconciled, memory);
    const fired = await containing.disarmSwitches(beganAtMs);
    if (!fired && !isOutdated(recovery, beganAtMs)) {
      const startedBefore = recovery.instances.started.size;
      return { reconciled, state, readAtMs: beganAtMs, startedBefore };
    }
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
  const mandate: Mandate = { manual: false, cleared: false, from: 'analyse' };
  let ended = endedBefore(recovery);
  for (; ; ended = null) {
    ended ??= await once(procedure, mandate);
    mandate.from = 'analyse';
    if (isToEnd(procedure)) return endAsTold(procedure);
    if (ended.kind === 'recovered') {
      const outcome = await finish(procedure, 'recovered', '');
      return abort.said === null ? outcome : endAsTold(procedure);
    }
    if (ended.kind === 'needs_people') {
      const handed = await handOver(procedure, ended);
      if (isToEnd(procedure)) return endAsTold(procedure);
      if (handed === 'ended' || handed === 'aborted') return halt(procedure, ended.why);
      mandate.manual = true;
      mandate.from = handed.from;
    }
    mandate.cleared = isCleared(recovery, ended);
    await raiseEpoch(recovery);
  }
}

type Ended =
  | { kind: 'recovered' }
  | { kind: 'crashed_again' }
  | { kind: 'overtaken' }
  | { kind: 'needs_people'; why: string; emergency: boolean };

function isCleared({ former }: Recovery, { kind }: Ended): boolean {
  return former && kind === 'needs_people';
}

/** Nothing more is asked or done of it: people have ended it. */
const OVER: Ended = { kind: 'needs_people', why: 'ended by people', emergency: false };

function isToEnd({ recovery, abort }: Procedure): boolean {
  return recovery.killSwitch !== null || abort.said !== null;
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
    return await endedBy(procedure.recovery, error);
  } finally {
    crashes.interrupt = null;
    abort.interrupt = null;
    containing.stopRenewing();
  }
}

/** Where it is to begin again by itself, people have to see that what may still run makes room. */
async function endedBy(recovery: Recovery, error: unknown): Promise<Ended> {
  const [why, emergency] = [reasonOf(error), error instanceof EmergencyShutdown];
  if (!isOvertaken(recovery, error)) return { kind: 'needs_people', why, emergency };
  const living = await stopOvertaken(recovery);
  if (living === null) return { kind: 'overtaken' };
  return { kind: 'needs_people', why: `${why}; ${living}`, emergency };
}

/** The recovery itself is told to end: a crash that came with it is nobody's but the next one's. */
function isFromOutside(error: unknown): boolean {
  return isCancellation(error) && CancellationScope.current().consideredCancelled;
}
