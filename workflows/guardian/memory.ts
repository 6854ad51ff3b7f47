/**
 * What a guardian remembers of its engine: the epoch, the deaths that are known, and whose incident
 * each is.
 *
 * Invariants: the epoch never falls; what is remembered is bounded.
 */
import { remembered } from '../domain/crash/remembered.js';
import { withDeath } from '../domain/crash/repeats.js';
import type { CrashReport } from '../domain/crash/report.js';
import { furthestEpoch } from '../domain/engine/epochs.js';
import { incidentIdOf, recoveryWorkflowId } from '../ids.js';
import type * as messages from '../messages.js';

type GuardianState = messages.GuardianState;

export const REMEMBERED = 100;
/** The newest: one of them is recovered from, and stands for all. */
const MOST_HELD = 20;

/** As signals and results tell it. */
type Progress = messages.RecoveryProgress;

export function noteProgress(state: GuardianState, progress: Progress): void {
  state.epoch = furthestEpoch(state.epoch, [progress.epoch]);
  if (state.openIncident !== null && progress.trading === true) state.openIncident.trading = true;
  for (const death of progress.deaths ?? []) {
    state.deaths = withDeath(state.deaths ?? [], death, Date.now());
  }
  for (const instanceId of progress.stopped) {
    if (state.handled.includes(instanceId)) continue;
    remember(state, instanceId);
    if (state.openIncident !== null) noteIncident(state, instanceId, state.openIncident.incidentId);
  }
}

export function remember(state: GuardianState, instanceId: string): void {
  if (!state.handled.includes(instanceId)) {
    state.handled = [...state.handled, instanceId].slice(-REMEMBERED);
  }
}

export function forget(state: GuardianState, instanceId: string): void {
  state.handled = state.handled.filter((known) => known !== instanceId);
}

/** Of instances that are remembered; one whose own incident it is needs no entry. */
export function noteIncident(
  state: GuardianState,
  instanceId: string,
  incidentId: string | null,
): void {
  const known = (state.incidents ?? []).filter(
    (each) => each.instanceId !== instanceId && state.handled.includes(each.instanceId),
  );
  const own = incidentId === incidentIdOf(state.engineId, instanceId);
  state.incidents = own ? known : [...known, { instanceId, incidentId }];
}

/** A crash that nobody recovers from yet. */
export function noteHeld(state: GuardianState, report: CrashReport): void {
  noteIncident(state, report.instance.instanceId, null);
  state.held = [...(state.held ?? []), remembered(report)].slice(-MOST_HELD);
}

/** It stays stopped: nobody takes it up but a person. */
export function heldBySwitch(
  state: GuardianState,
  instanceId: string,
  { reason }: messages.KillSwitchOrder,
): messages.CrashReceipt {
  noteIncident(state, instanceId, null);
  return { disposition: 'held', reason: `kill switch: ${reason}` };
}

export function duplicateOf(state: GuardianState, instanceId: string): messages.CrashReceipt {
  const noted = state.incidents?.find((each) => each.instanceId === instanceId);
  if (noted?.incidentId === null) {
    return { disposition: 'held', reason: 'it died while the engine was on hold' };
  }
  const incidentId = noted?.incidentId ?? incidentIdOf(state.engineId, instanceId);
  return { disposition: 'duplicate', incidentId, workflowId: recoveryWorkflowId(incidentId) };
}
