/**
 * What a run commands, done: each command leaves its event, in the order of the commands.
 *
 * Invariant: what a command asks for comes back by `Server.tell`, later.
 */
import { ActivityRun } from './activities.js';
import { startChild, signalOther, cancelOther } from './other-runs.js';
import type { Execution } from './execution.js';
import type { Ordered, Server } from './parts.js';
import { isUnsent, notSent, unsentAmong, type Unsent } from './unsent.js';
import { msOf, payloadsOf, type Command, type Job, type Plain } from './wire.js';

const TRY_CANCEL = 0;

export class Commands {
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  /**
   * What sdk-core answers by itself, within the same task: an activity that is cancelled is not waited for.
   * @param shown all that the task has commanded by now, look by look.
   */
  resolvedByCore(
    execution: Execution,
    commands: readonly Command[],
    shown: readonly { commands: readonly Command[] }[],
  ): Job[] {
    const ofTask = shown.flatMap((each) => each.commands);
    const own = notSent(commands, ofTask);
    for (const { requestCancelActivity: cancel, scheduleActivity } of commands) {
      if (scheduleActivity && (scheduleActivity.cancellationType ?? TRY_CANCEL) !== TRY_CANCEL)
        throw new Error('only TRY_CANCEL is simulated');
      if (!cancel) continue;
      const seq = cancel.seq ?? 0;
      if (execution.ended.activities.has(seq)) continue;
      execution.forget((job) => seqOf(job, 'resolveActivity') === seq, 'keep');
      const unsent = commands.find((each) => each.scheduleActivity?.seq === seq)?.scheduleActivity;
      const activity = unsent ?? execution.activities.get(seq)?.scheduled ?? {};
      const result = { cancelled: { failure: cancelledFailure(activity) } };
      own.push({ resolveActivity: { seq, result } });
    }
    return own;
  }

  apply(execution: Execution, commands: readonly Command[], completedId: number): void {
    const ordered = { server: this.#server, execution, completedId };
    const { ended } = execution;
    const unsent = unsentAmong(commands, ended);
    // The command that ends the run comes last, wherever it was given.
    const last = commands.filter((command) => CLOSING.some((name) => command[name]));
    for (const command of [...commands.filter((each) => !last.includes(each)), ...last]) {
      applyOne(ordered, command, unsent);
    }
  }
}

function cancelledFailure({ activityId, activityType }: Partial<Of<'scheduleActivity'>>): Plain {
  return {
    message: 'Activity cancelled',
    activityFailureInfo: { activityId, activityType: { name: activityType }, retryState: 8 },
    cause: { canceledFailureInfo: {} },
  };
}

function seqOf(job: Job, name: string): number | undefined {
  return (job[name] as { seq?: number } | undefined)?.seq;
}

const CLOSING = [
  'completeWorkflowExecution',
  'failWorkflowExecution',
  'cancelWorkflowExecution',
  'continueAsNewWorkflowExecution',
] as const;

function applyOne(ordered: Ordered, command: Command, unsent: Unsent): void {
  const { execution, completedId } = ordered;
  const by = { workflowTaskCompletedEventId: completedId };
  if (isUnsent(command, unsent) || command.cancelSignalWorkflow) return;
  if (command.startTimer) return startTimer(ordered, command.startTimer);
  if (command.cancelTimer) return cancelTimer(ordered, command.cancelTimer.seq ?? 0);
  if (command.scheduleActivity) {
    return new ActivityRun(ordered, command.scheduleActivity, command.userMetadata).schedule();
  }
  if (command.requestCancelActivity) {
    return cancelActivity(execution, command.requestCancelActivity.seq ?? 0, by);
  }
  if (command.startChildWorkflowExecution)
    return startChild(ordered, command.startChildWorkflowExecution, command.userMetadata);
  if (command.signalExternalWorkflowExecution)
    return signalOther(ordered, command.signalExternalWorkflowExecution);
  if (command.requestCancelExternalWorkflowExecution)
    return cancelOther(ordered, command.requestCancelExternalWorkflowExecution);
  if (command.setPatchMarker) return notePatch(ordered, command.setPatchMarker);
  if (command.upsertWorkflowSearchAttributes) {
    return upsert(ordered, command.upsertWorkflowSearchAttributes.searchAttributes?.indexedFields);
  }
  if (command.updateResponse) return answerUpdate(ordered, command.updateResponse);
  if (command.modifyWorkflowProperties) return;
  closeBy(ordered, command, by);
}

type Of<Name extends keyof Command> = NonNullable<Command[Name]>;

function startTimer({ server, execution, completedId }: Ordered, timer: Of<'startTimer'>): void {
  const seq = timer.seq ?? 0;
  const timerId = String(seq);
  const { startToFireTimeout } = timer;
  const startedId = execution.note({
    timerStartedEventAttributes: {
      timerId,
      startToFireTimeout,
      workflowTaskCompletedEventId: completedId,
    },
  });
  const cancel = server.time.after(msOf(startToFireTimeout) ?? 0, () => {
    server.tell(execution, {
      events: () => [{ timerFiredEventAttributes: { timerId, startedEventId: startedId } }],
      job: { fireTimer: { seq } },
    });
  });
  execution.timers.set(seq, { cancel, startedId });
}

function cancelTimer({ execution, completedId }: Ordered, seq: number): void {
  const timer = execution.timers.get(seq);
  timer?.cancel();
  execution.forget((job) => seqOf(job, 'fireTimer') === seq, 'drop');
  execution.note({
    timerCanceledEventAttributes: {
      timerId: String(seq),
      startedEventId: timer?.startedId ?? 0,
      workflowTaskCompletedEventId: completedId,
    },
  });
}

/** Its core has said already that it is cancelled: what has come since says nothing. */
function cancelActivity(execution: Execution, seq: number, by: Plain): void {
  execution.forget((job) => seqOf(job, 'resolveActivity') === seq, 'keep');
  execution.activities.get(seq)?.requestCancel(by);
}

/** Each patch stands in the history, and in the search attribute of all of them. */
function notePatch(ordered: Ordered, { patchId }: Of<'setPatchMarker'>): void {
  const { execution, completedId } = ordered;
  const json = (value: unknown) => ({
    metadata: { encoding: Buffer.from('json/plain') },
    data: Buffer.from(JSON.stringify(value)),
  });
  execution.note({
    markerRecordedEventAttributes: {
      markerName: 'core_patch',
      details: { 'patch-data': { payloads: [json({ id: patchId, deprecated: false })] } },
      workflowTaskCompletedEventId: completedId,
    },
  });
  execution.patches.push(patchId ?? '');
  const versions = json(execution.patches);
  const type = Buffer.from('KeywordList');
  upsert(ordered, {
    TemporalChangeVersion: { ...versions, metadata: { ...versions.metadata, type } },
  });
}

function upsert({ execution, completedId }: Ordered, fields: object | null | undefined): void {
  Object.assign(execution.searchAttributes, fields);
  execution.note({
    upsertWorkflowSearchAttributesEventAttributes: {
      workflowTaskCompletedEventId: completedId,
      searchAttributes: { indexedFields: { ...fields } },
    },
  });
}

function answerUpdate({ execution }: Ordered, told: Of<'updateResponse'>): void {
  const id = told.protocolInstanceId ?? '';
  const update = execution.updates.get(id);
  if (update === undefined) return;
  if (told.accepted) {
    const acceptedId = execution.note({
      workflowExecutionUpdateAcceptedEventAttributes: {
        protocolInstanceId: id,
        acceptedRequestMessageId: `${id}/request`,
        acceptedRequest: update.request,
      },
    });
    return update.accept(acceptedId);
  }
  const outcome = told.completed
    ? { success: payloadsOf([told.completed]) }
    : { failure: told.rejected };
  if (update.stage === 'accepted') {
    execution.note({
      workflowExecutionUpdateCompletedEventAttributes: {
        meta: update.request.meta,
        acceptedEventId: update.acceptedId,
        outcome,
      },
    });
  } else execution.updates.delete(id); // it has never been
  update.complete(outcome);
}

function closeBy(ordered: Ordered, command: Command, by: Plain): void {
  const { execution, server } = ordered;
  const completed = command.completeWorkflowExecution;
  if (completed) {
    const result = payloadsOf(completed.result ? [completed.result] : []);
    return execution.close('completed', {
      workflowExecutionCompletedEventAttributes: { ...by, result },
    });
  }
  if (command.failWorkflowExecution) {
    const { failure } = command.failWorkflowExecution;
    return execution.close('failed', {
      workflowExecutionFailedEventAttributes: { ...by, failure, retryState: 4 },
    });
  }
  if (command.cancelWorkflowExecution) {
    return execution.close('canceled', { workflowExecutionCanceledEventAttributes: by });
  }
  const next = command.continueAsNewWorkflowExecution;
  if (!next) throw new Error(`a command that is not simulated: ${Object.keys(command).join(', ')}`);
  continueAsNew(server, execution, next, by);
}

function continueAsNew(
  server: Server,
  execution: Execution,
  next: Of<'continueAsNewWorkflowExecution'>,
  by: Plain,
): void {
  const { workflowId, taskQueue } = execution.identity;
  const input = next.arguments ?? [];
  const started = server.start({
    workflowId,
    taskQueue,
    input,
    continues: execution,
    type: next.workflowType ?? '',
    headers: next.headers ?? {},
    searchAttributes: execution.searchAttributes,
  });
  execution.close('continuedAsNew', {
    workflowExecutionContinuedAsNewEventAttributes: {
      ...by,
      newExecutionRunId: started.identity.runId,
      workflowType: { name: next.workflowType },
      taskQueue: { name: taskQueue, kind: 1 },
      input: payloadsOf(input),
    },
  });
}
