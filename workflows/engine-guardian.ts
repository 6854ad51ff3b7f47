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
import { crashesInWindow } from './domain/crash.js';
import { incidentIdOf, recoveryWorkflowId } from './ids.js';
import * as messages from './messages.js';
import type { RecoveryInput } from './recovery.js';
import type { recoverEngine, RecoveryResult } from './recover-engine.js';
import { engineAttribute } from './search-attributes.js';

export type GuardianState = messages.GuardianState;

const REMEMBERED = 100;

export async function engineGuardian(initial: GuardianState): Promise<void> {
  const state: GuardianState = { ...initial };
  const guardian = createGuardian(state);
  setHandler(messages.reportCrash, guardian.takeReport, {
    description: 'A detector reports the death of an engine instance',
  });
  setHandler(messages.holdEngine, (hold) => void (state.hold = hold));
  setHandler(messages.releaseHold, () => void (state.hold = null));
  setHandler(messages.recoveryProgress, (progress) => noteProgress(state, progress));
  setHandler(messages.guardianStatus, () => statusOf(state));
  upsertSearchAttributes([{ key: engineAttribute, value: state.engineId }]);
  guardian.publish();
  await condition(() => workflowInfo().continueAsNewSuggested && state.openIncident === null);
  await condition(allHandlersFinished);
  await continueAsNew<typeof engineGuardian>(state);
}

function createGuardian(state: GuardianState) {
  let recovery: ChildWorkflowHandle<typeof recoverEngine> | null = null;

  const publish = () => setCurrentDetails(describe(state));

  async function takeReport(crash: messages.CrashNotice): Promise<messages.CrashReceipt> {
    const { instanceId } = crash.report.instance;
    if (state.handled.includes(instanceId)) return duplicateOf(state, instanceId);
    remember(state, instanceId);
    if (state.hold !== null) return { disposition: 'held', reason: state.hold.reason };
    const crashCount = countCrash(state, crash);
    if (state.openIncident !== null) return join(crash, crashCount);
    return open(crash, crashCount);
  }

  async function join(crash: messages.CrashNotice, crashCount: number) {
    const incident = state.openIncident as NonNullable<GuardianState['openIncident']>;
    await condition(() => recovery !== null); // its start is under way in another handler
    await recovery?.signal(messages.crashedAgain, { report: crash.report, crashCount });
    return { disposition: 'joined' as const, ...incident };
  }

  async function open(crash: messages.CrashNotice, crashCount: number) {
    const { report, policy, approvers } = crash;
    state.epoch = Math.max(state.epoch, report.instance.epoch) + 1;
    const incidentId = incidentIdOf(state.engineId, report.instance.instanceId);
    const workflowId = recoveryWorkflowId(incidentId);
    state.openIncident = { incidentId, workflowId };
    recovery = await startRecovery(workflowId, {
      incidentId,
      engineId: state.engineId,
      guardianId: workflowInfo().workflowId,
      epoch: state.epoch,
      crashCount,
      report,
      policy,
      approvers,
    });
    void closeWhenDone(recovery);
    publish();
    return { disposition: 'opened' as const, incidentId, workflowId };
  }

  async function closeWhenDone(child: ChildWorkflowHandle<typeof recoverEngine>): Promise<void> {
    const result: RecoveryResult | null = await child.result().catch(() => null);
    if (result !== null) noteProgress(state, result);
    const incident = state.openIncident;
    if (incident !== null) {
      state.past = [...state.past, { ...incident, outcome: outcomeOf(result) }].slice(-REMEMBERED);
    }
    state.openIncident = null;
    recovery = null;
    publish();
  }

  return { takeReport, publish };
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
