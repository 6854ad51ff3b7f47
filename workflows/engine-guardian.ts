/**
 * The single writer for one engine: takes crash reports, removes duplicates, keeps the crash window
 * and the epoch across recoveries, and lets one recovery run at a time.
 *
 * Invariants: one incident per engine instance; the epoch never falls; a report during a recovery
 * goes to that recovery; a planned stop (hold) is not a crash; nothing is lost when it continues
 * as new, which it does only between recoveries.
 */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  ParentClosePolicy,
  setCurrentDetails,
  setHandler,
  startChild,
  upsertSearchAttributes,
  WorkflowIdReusePolicy,
  workflowInfo,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { RecoveryInput, RecoveryResult } from './contract/index.js';
import { crashesInWindow } from './domain/crash/window.js';
import { incidentIdOf, recoveryWorkflowId } from './ids.js';
import * as messages from './messages.js';
import type { recoverEngine } from './recover-engine.js';
import { engineAttribute } from './search-attributes.js';

type GuardianState = messages.GuardianState;

const REMEMBERED = 100;

export async function engineGuardian(initial: GuardianState): Promise<void> {
  const state: GuardianState = { ...initial };
  const desk = new IncidentDesk(state);
  setHandler(messages.reportCrash, (crash) => desk.takeReport(crash), {
    description: 'A detector reports the death of an engine instance',
  });
  setHandler(messages.holdEngine, (hold) => void (state.hold = hold));
  setHandler(messages.releaseHold, () => void (state.hold = null));
  setHandler(messages.recoveryProgress, (progress) => noteProgress(state, progress));
  setHandler(messages.guardianStatus, () => statusOf(state));
  upsertSearchAttributes([{ key: engineAttribute, value: state.engineId }]);
  desk.publish();
  const idle = () => state.openIncident === null && allHandlersFinished();
  await condition(() => workflowInfo().continueAsNewSuggested && idle());
  await continueAsNew<typeof engineGuardian>(state);
}

/** The open incident of one engine, and the recovery that works on it. */
class IncidentDesk {
  readonly #state: GuardianState;
  #recovery: ChildWorkflowHandle<typeof recoverEngine> | null = null;

  constructor(state: GuardianState) {
    this.#state = state;
  }

  publish(): void {
    setCurrentDetails(describe(this.#state));
  }

  async takeReport(crash: messages.CrashNotice): Promise<messages.CrashReceipt> {
    const state = this.#state;
    const { instanceId } = crash.report.instance;
    if (state.handled.includes(instanceId)) return duplicateOf(state, instanceId);
    remember(state, instanceId);
    if (state.hold !== null) return { disposition: 'held', reason: state.hold.reason };
    return this.#dispatch(crash, countCrash(state, crash));
  }

  async #dispatch(crash: messages.CrashNotice, crashCount: number): Promise<messages.CrashReceipt> {
    const { openIncident } = this.#state;
    return openIncident === null
      ? this.#open(crash, crashCount)
      : this.#join(crash, crashCount, openIncident);
  }

  async #join(
    crash: messages.CrashNotice,
    crashCount: number,
    incident: NonNullable<GuardianState['openIncident']>,
  ): Promise<messages.CrashReceipt> {
    await condition(() => this.#recovery !== null || this.#state.openIncident === null);
    const { report } = crash;
    const signalled = this.#recovery?.signal(messages.crashedAgain, { report, crashCount });
    const taken = await signalled?.then(
      () => true,
      () => false, // it has just ended
    );
    if (taken === true) return { disposition: 'joined', ...incident };
    await condition(() => this.#state.openIncident?.incidentId !== incident.incidentId);
    return this.#dispatch(crash, crashCount);
  }

  async #open(crash: messages.CrashNotice, crashCount: number): Promise<messages.CrashReceipt> {
    const { report, policy, approvers } = crash;
    const { engineId } = this.#state;
    const epoch = Math.max(this.#state.epoch, report.instance.epoch) + 1;
    const incidentId = incidentIdOf(engineId, report.instance.instanceId);
    const workflowId = recoveryWorkflowId(incidentId);
    this.#state.epoch = epoch;
    this.#state.openIncident = { incidentId, workflowId };
    const guardianId = workflowInfo().workflowId;
    const circumstances = { incidentId, engineId, guardianId, epoch, crashCount };
    try {
      const input = { ...circumstances, report, policy, approvers };
      this.#recovery = await startRecovery(workflowId, input);
    } catch (error) {
      this.#state.openIncident = null;
      // Only a guardian that has lost its memory meets an incident that it has opened before.
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      return { disposition: 'duplicate', incidentId, workflowId };
    }
    void this.#closeWhenDone(this.#recovery, crash);
    this.publish();
    return { disposition: 'opened', incidentId, workflowId };
  }

  async #closeWhenDone(
    child: ChildWorkflowHandle<typeof recoverEngine>,
    crash: messages.CrashNotice,
  ): Promise<void> {
    const state = this.#state;
    const result: RecoveryResult | null = await child.result().catch(() => null);
    if (result !== null) noteProgress(state, result);
    if (state.openIncident !== null) {
      const outcome = outcomeOf(result);
      state.past = [...state.past, { ...state.openIncident, outcome }].slice(-REMEMBERED);
    }
    state.openIncident = null;
    this.#recovery = null;
    this.publish();
    const unhandled = result?.unhandled ?? null;
    if (unhandled === null) return;
    await this.#open({ ...crash, report: unhandled }, state.crashTimesMs.length);
  }
}

function noteProgress(state: GuardianState, progress: messages.RecoveryProgress): void {
  state.epoch = Math.max(state.epoch, progress.epoch);
  for (const instanceId of progress.stopped) remember(state, instanceId);
}

async function startRecovery(workflowId: string, input: RecoveryInput) {
  const { instance, probe, detail } = input.report;
  return startChild<typeof recoverEngine>(messages.RECOVERY_WORKFLOW, {
    workflowId,
    args: [input],
    workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE,
    parentClosePolicy: ParentClosePolicy.ABANDON,
    staticSummary: `Recover ${input.engineId}`,
    staticDetails: `Crash of ${instance.instanceId}, seen by ${probe}: ${detail}`,
  });
}

function outcomeOf(result: RecoveryResult | null) {
  return result === null ? ('failed' as const) : result.outcome;
}

function countCrash(state: GuardianState, { report, policy }: messages.CrashNotice): number {
  const times = [...state.crashTimesMs, report.detectedAtMs];
  state.crashTimesMs = crashesInWindow(times, report.detectedAtMs, policy.crashLoop.windowMs);
  return state.crashTimesMs.length;
}

function remember(state: GuardianState, instanceId: string): void {
  if (!state.handled.includes(instanceId)) {
    state.handled = [...state.handled, instanceId].slice(-REMEMBERED);
  }
}

function duplicateOf(state: GuardianState, instanceId: string): messages.CrashReceipt {
  const incidentId = incidentIdOf(state.engineId, instanceId);
  const incident = state.openIncident ?? { incidentId, workflowId: recoveryWorkflowId(incidentId) };
  return { disposition: 'duplicate', ...incident };
}

function statusOf(state: GuardianState): messages.GuardianStatus {
  const { engineId, epoch, crashTimesMs, hold, openIncident, past } = state;
  return { engineId, epoch, crashTimesMs, hold, openIncident, past };
}

function describe(state: GuardianState): string {
  const incident = state.openIncident;
  return [
    `## ${state.engineId}`,
    incident === null ? 'No open incident.' : `Open incident: \`${incident.workflowId}\``,
    `Epoch ${state.epoch} · ${state.crashTimesMs.length} crash(es) in the window`,
    state.hold === null ? '' : `**On hold** by ${state.hold.by}: ${state.hold.reason}`,
    ...state.past.slice(-10).map(({ workflowId, outcome }) => `- \`${workflowId}\`: ${outcome}`),
  ]
    .filter((line) => line !== '')
    .join('\n\n');
}
