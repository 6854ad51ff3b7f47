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
  getExternalWorkflowHandle,
  isCancellation,
  log,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import type { LoadedState } from '../activities/load-state.js';
import { thorough } from './calls.js';
import { MANUAL_CHECKLIST } from './domain/gates/checklist.js';
import type { CrashReport } from './domain/crash/report.js';
import type { RecoveryOutcome } from './domain/record.js';
import * as messages from './messages.js';
import {
  EmergencyShutdown,
  instanceOf,
  openRecovery,
  reasonOf,
  stampOf,
  type Recovery,
  type RecoveryInput,
} from './recovery/context.js';
import { engineAttribute, outcomeAttribute } from './search-attributes.js';
import { conclude } from './steps/after.js';
import { analyse } from './steps/analyse.js';
import { contain, disarmSwitches } from './steps/contain.js';
import { loadState } from './steps/load-state.js';
import { checkMarket } from './steps/market.js';
import { resumeTrading } from './steps/ramp.js';
import { reconcilePositions } from './steps/reconcile.js';
import { recoverOpenOrders } from './steps/recover-orders.js';
import { checkRisk } from './steps/risk.js';
import { checkSafety } from './steps/safety.js';
import { startAndCheckHealth } from './steps/start.js';

const REPORT_WAIT = '2s';

export interface RecoveryResult {
  outcome: RecoveryOutcome;
  epoch: number;
  stopped: string[];
  /** A crash that came when the recovery was already over: it is the guardian's again. */
  unhandled: CrashReport | null;
}

export async function recoverEngine(input: RecoveryInput): Promise<RecoveryResult> {
  const recovery = openRecovery(input);
  const crashes = listen(recovery);
  upsertSearchAttributes([
    { key: engineAttribute, value: input.engineId },
    { key: outcomeAttribute, value: 'running' },
  ]);
  const outcome = await untilDecided(recovery, crashes);
  upsertSearchAttributes([{ key: outcomeAttribute, value: outcome }]);
  await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  const { epoch, crashes: reports } = recovery.record;
  const unhandled = outcome === 'recovered' && crashes.take() ? (reports.at(-1) ?? null) : null;
  return { outcome, epoch, stopped: [...recovery.stopped], unhandled };
}

/** The procedure, step by step. */
async function attempt(recovery: Recovery, containing: Promise<void>): Promise<void> {
  const cause = await analyse(recovery);
  const source = await checkSafety(recovery, cause);
  await containing;
  const loaded = await loadState(recovery, source);
  const { reconciled, state } = await rebuild(recovery, loaded);
  await startAndCheckHealth(recovery, reconciled, state);
  await checkRisk(recovery, state);
  await checkMarket(recovery);
  await resumeTrading(recovery);
}

/** Positions and orders as the venues have them now, not as they were before people were asked. */
async function rebuild(recovery: Recovery, loaded: LoadedState) {
  for (;;) {
    const beganAtMs = Date.now(); // the worker that takes the snapshot has a clock of its own
    const reconciled = await reconcilePositions(recovery, loaded);
    const state = await recoverOpenOrders(recovery, reconciled);
    const fired = await disarmSwitches(recovery, beganAtMs);
    if (!fired && !isOutdated(recovery, beganAtMs)) return { reconciled, state };
  }
}

function isOutdated({ record, policy }: Recovery, beganAtMs: number): boolean {
  const asked = record.gates.some(({ closedAtMs }) => (closedAtMs ?? 0) > beganAtMs);
  return asked && Date.now() - beganAtMs > policy.reconciliation.maxSnapshotAgeMs;
}

async function untilDecided(recovery: Recovery, crashes: CrashFeed): Promise<RecoveryOutcome> {
  try {
    return await attemptAgainAndAgain(recovery, crashes);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    return abandon(recovery);
  }
}

async function attemptAgainAndAgain(
  recovery: Recovery,
  crashes: CrashFeed,
): Promise<RecoveryOutcome> {
  for (;;) {
    const ended = await once(recovery, crashes);
    if (ended.kind === 'recovered') {
      // An engine that dies while its report is being written must not wait for the report.
      await Promise.race([finish(recovery, 'recovered', ''), crashes.next()]);
      return 'recovered';
    }
    if (ended.kind === 'needs_people') {
      const resumed = await handOver(recovery, ended);
      if (!resumed) return finish(recovery, 'halted', ended.why);
      recovery.manual = true;
    }
    recovery.cleared = ended.kind === 'needs_people';
    await raiseEpoch(recovery);
  }
}

type Ended =
  | { kind: 'recovered' }
  | { kind: 'crashed_again' }
  | { kind: 'needs_people'; why: string; emergency: boolean };

/** One attempt in a scope of its own, which a crash of the new engine cancels. */
async function once(recovery: Recovery, crashes: CrashFeed): Promise<Ended> {
  crashes.take(); // what crashed before this attempt has been dealt with
  const scope = new CancellationScope();
  crashes.interrupt = () => scope.cancel();
  try {
    await scope.run(async () => {
      const containing = contain(recovery);
      await Promise.all([attempt(recovery, containing), containing]);
    });
    return { kind: crashes.take() ? 'crashed_again' : 'recovered' };
  } catch (error) {
    if (!isCancellation(error)) await crashes.mayExplain(recovery);
    if (crashes.take()) return { kind: 'crashed_again' };
    if (isCancellation(error)) throw error; // from outside
    const emergency = error instanceof EmergencyShutdown;
    return { kind: 'needs_people', why: reasonOf(error), emergency };
  } finally {
    crashes.interrupt = null;
    recovery.renewal?.cancel();
  }
}

/** The engine is stopped first; then the manual checklist waits, without an expiry. */
async function handOver(
  recovery: Recovery,
  { why, emergency }: Extract<Ended, { kind: 'needs_people' }>,
): Promise<boolean> {
  const stopped = await stopEngine(recovery);
  const orders = emergency ? await cancelOrders(recovery) : 'left as they are';
  const { engineId, evidence } = recovery.record;
  const answer = await recovery.gates.ask({
    kind: 'manual_recovery',
    question: `${engineId} needs manual recovery: ${why}`,
    onApprove:
      'the checklist is done and the risk manager agrees: recover again from the beginning',
    onReject: 'the recovery ends here and the engine stays stopped',
    evidence: {
      why,
      stopped,
      orders,
      checklist: MANUAL_CHECKLIST,
      folder: evidence?.folder ?? null,
    },
    expires: false,
  });
  return answer === 'approved';
}

async function cancelOrders({ record, books }: Recovery): Promise<string> {
  const { engineId } = record;
  try {
    const all = { action: 'cancel_own_orders', at: {}, timeoutMs: 0, books } as const;
    const { detail, failed = [] } = await thorough.containRisk({ engineId, ...all });
    return failed.length === 0 ? detail : `NOT ALL CANCELLED at ${failed.join(', ')}: ${detail}`;
  } catch (error) {
    return `THE ORDERS COULD NOT BE CANCELLED: ${reasonOf(error)}. Run: relight shutdown`;
  }
}

async function stopEngine(recovery: Recovery): Promise<string> {
  if (!recovery.engineStarted) return 'no engine had been started';
  const instanceId = instanceOf(recovery);
  recovery.stopped.add(instanceId);
  await tellGuardian(recovery);
  try {
    const { detail } = await recovery.longHost.stopEngine({
      engineId: recovery.record.engineId,
      instanceId,
      mode: 'emergency',
      ...stampOf(recovery, 'stop'),
    });
    recovery.engineStarted = false;
    return detail;
  } catch (error) {
    return `THE ENGINE COULD NOT BE STOPPED: ${reasonOf(error)}. Run: relight shutdown`;
  }
}

async function raiseEpoch(recovery: Recovery): Promise<void> {
  // An instance that somebody else started may have come further than we have.
  const seen = recovery.record.crashes.map(({ instance }) => instance.epoch);
  recovery.record.epoch = Math.max(recovery.record.epoch, ...seen) + 1;
  recovery.accepted.clear();
  recovery.adopted.length = 0;
  recovery.engineStarted = false;
  await tellGuardian(recovery);
}

/** The guardian must know what we stopped and how far the epoch has come, even if we die. */
async function tellGuardian(recovery: Recovery): Promise<void> {
  const { epoch } = recovery.record;
  const guardian = getExternalWorkflowHandle(recovery.input.guardianId);
  await guardian
    .signal(messages.recoveryProgress, { epoch, stopped: [...recovery.stopped] })
    .catch(() => undefined); // it learns the same from our result
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

interface CrashFeed {
  interrupt: (() => void) | null;
  /** True once per crash of the new engine. */
  take(): boolean;
  /** Resolves when a crash is pending. */
  next(): Promise<void>;
  /** A failing step may be the first sign of a crash whose report is on its way: a short wait. */
  mayExplain(recovery: Recovery): Promise<void>;
}

function listen(recovery: Recovery): CrashFeed {
  let pending = 0;
  const feed: CrashFeed = {
    interrupt: null,
    next: () => CancellationScope.nonCancellable(() => condition(() => pending > 0)),
    mayExplain: async ({ engineStarted }) => {
      if (engineStarted) await condition(() => pending > 0, REPORT_WAIT);
    },
    take: () => {
      const crashed = pending > 0;
      pending = 0;
      return crashed;
    },
  };
  setHandler(messages.crashedAgain, ({ report, crashCount }) => {
    if (recovery.stopped.has(report.instance.instanceId)) return;
    recovery.record.crashes.push(report);
    recovery.record.crashCount = crashCount;
    pending += 1;
    feed.interrupt?.();
  });
  const { gates } = recovery;
  setHandler(messages.decide, (decision) => gates.decide(decision), {
    validator: (decision) => gates.validate(decision),
    description: 'A signed decision on the open gate',
  });
  setHandler(messages.decideBySignal, (decision) => {
    try {
      gates.decide(decision);
    } catch (error) {
      log.warn('decision by signal refused', { why: reasonOf(error) });
    }
  });
  setHandler(messages.openGate, () => gates.open());
  setHandler(messages.recoveryRecord, () => recovery.record);
  return feed;
}
