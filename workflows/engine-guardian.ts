/**
 * The single writer for one engine: takes crash reports, removes duplicates, keeps the crash window
 * and the epoch across recoveries, and lets one recovery run at a time.
 *
 * Invariants: one incident per engine instance, which every later report of it is told; the epoch
 * never falls; a report during a recovery goes to that recovery, and so does what is seen later of a
 * death that it knows; rules come from the control plane, never from a report; a planned stop (hold)
 * is not a crash; nothing is lost when it continues
 * as new, which it does only between recoveries. It stays on the version of its code, and so do the
 * recoveries that it starts, until it continues as new on the version that is current then.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  log,
  makeContinueAsNewFunc,
  patched,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { recoveries } from './calls.js';
import { withRefusal } from './domain/trust/refusals.js';
import { describeGuardian } from './shown/guardian.js';
import { IncidentDesk } from './guardian/incident-desk.js';
import { handDown } from './guardian/hand-down.js';
import { engageSwitch, releaseSwitch } from './guardian/kill-switch.js';
import { noteProgress } from './guardian/memory.js';
import { Steering } from './guardian/steering.js';
import { Telling, type Tell } from './guardian/telling.js';
import * as messages from './messages.js';
import { reasonOf } from './recovery/reasons.js';
import { engineAttribute } from './search-attributes.js';
import { onRefusal } from './trust/inbox.js';

type GuardianState = messages.GuardianState;

/** By a cancellation: whoever cancels a guardian must not leave its engine without one. */
const untouched = CancellationScope.nonCancellable.bind(CancellationScope);

export async function engineGuardian(initial: GuardianState): Promise<void> {
  const state: GuardianState = { ...initial };
  const publish = () => setCurrentDetails(describeGuardian(state, workflowInfo().namespace));
  const telling = new Telling();
  const { tell } = telling;
  const desk = new IncidentDesk(state, { publish, tell });
  const steering = new Steering(state, desk, tell);
  onRefusal((refusal) => {
    state.refused = withRefusal(state.refused, refusal);
    publish();
  });
  const ready = recalling(state, desk);
  const whenReady = <T>(act: () => Promise<T>) =>
    // Not awaited by guardians of earlier versions: they keep the order of their commands.
    untouched(ready === null ? act : async () => ready.then(act));
  setHandler(messages.reportCrash, (crash) => whenReady(() => desk.takeReport(crash)), {
    description: 'A detector reports the death of an engine instance',
    validator: messages.judgedBefore,
  });
  setHandler(messages.instruct, (told) => whenReady(() => steering.take(told)), {
    description: 'What an approver tells the guardian, signed',
    validator: messages.judgedBefore,
  });
  setHandler(
    messages.holdEngine,
    (hold) =>
      ready === null ? void (state.hold = hold) : whenReady(async () => void steering.hold(hold)),
    { validator: messages.judgedBefore },
  );
  setHandler(
    messages.releaseHold,
    (why) =>
      ready === null
        ? void (state.hold = null)
        : whenReady(async () => void (await steering.release(why))),
    { validator: messages.judgedBefore },
  );
  listenToTheSwitch(state, { publish, desk, tell });
  setHandler(messages.recoveryProgress, (progress) => {
    noteProgress(state, progress);
    desk.endings.note(progress, state.openIncident);
  });
  void (ready ?? Promise.resolve()).then(() => steering.resume());
  let isToMove = false;
  setHandler(messages.versionChanged, () => void (isToMove = true));
  setHandler(messages.guardianStatus, () => statusOf(state));
  setHandler(messages.guardianMemory, () => state);
  upsertSearchAttributes([{ key: engineAttribute, value: state.engineId }]);
  publish();
  const idle = () => state.openIncident === null && allHandlersFinished() && telling.isDone();
  const isDue = () => isToMove || workflowInfo().continueAsNewSuggested;
  await untouched(() => condition(() => isDue() && idle()));
  const onCurrentVersion = makeContinueAsNewFunc<typeof engineGuardian>({
    initialVersioningBehavior: 'AUTO_UPGRADE',
  });
  await onCurrentVersion(state);
}

function listenToTheSwitch(
  state: GuardianState,
  { publish, desk, tell }: { publish: () => void; desk: IncidentDesk; tell: Tell },
): void {
  setHandler(messages.handDownContainment, (asked) => untouched(() => handDown(asked)), {
    validator: messages.judgedBefore,
  });
  const tellRecovery = desk.tellOfKillSwitch.bind(desk);
  const guarded = { state, publish, tell, tellRecovery, asked: new Set<CancellationScope>() };
  setHandler(messages.engageKillSwitch, (order) => untouched(() => engageSwitch(guarded, order)), {
    description: 'A person stops the engine: nothing is started or granted until it is released',
    validator: messages.judgedBefore,
  });
  setHandler(messages.releaseKillSwitch, (why) => untouched(() => releaseSwitch(guarded, why)), {
    validator: messages.judgedBefore,
  });
}

/**
 * One that begins without a memory asks what the one before it knew, and does nothing before that. Null in
 * the replay of what earlier versions did.
 */
function recalling(state: GuardianState, desk: IncidentDesk): Promise<void> | null {
  const { continuedFromExecutionRunId, runId } = workflowInfo();
  if (!patched('recalls-what-was-known')) return null;
  if (continuedFromExecutionRunId !== undefined) return Promise.resolve();
  return untouched(async () => {
    try {
      const recalled = await recoveries.recallGuardian({ engineId: state.engineId, runId });
      if (recalled !== null) desk.takeOver(recalled);
    } catch (error) {
      log.error('what the guardian before this one knew is not known', { why: reasonOf(error) });
    }
  });
}

function statusOf(state: GuardianState): messages.GuardianStatus {
  const { engineId, epoch, crashTimesMs, hold, openIncident, past } = state;
  const { held, refused, killSwitch, killSwitchTurns, host, moved, foreign, deaths } = state;
  return {
    engineId,
    epoch,
    crashTimesMs,
    hold,
    openIncident: openIncident === null ? null : withoutReport(openIncident),
    past: past.map(withoutReport),
    ...(held !== undefined && { held }),
    ...(refused !== undefined && { refused }),
    ...(killSwitch !== undefined && { killSwitch }),
    ...(killSwitchTurns !== undefined && { killSwitchTurns }),
    ...(host === undefined ? {} : { host }),
    ...(moved !== undefined && { moved }),
    ...(foreign === undefined ? {} : { foreign }),
    ...(deaths !== undefined && { deaths }),
  };
}

/** What goes on from it needs the crash, and nobody who looks does. */
function withoutReport<T extends { report?: unknown; sinceEpoch?: unknown }>(
  incident: T,
): Omit<T, 'report' | 'sinceEpoch'> {
  const { report: _report, sinceEpoch: _since, ...told } = incident;
  return told;
}
