/** What one run has to do with another: children, signals and cancellations across them. */
import type { Execution } from './execution.js';
import type { Ordered } from './parts.js';
import { payloadsOf, type Command, type Plain } from './wire.js';

type Of<Name extends keyof Command> = NonNullable<Command[Name]>;

const ALREADY_EXISTS = 1;
const NOT_FOUND = 1;

export function startChild(
  { server, execution, completedId }: Ordered,
  child: Of<'startChildWorkflowExecution'>,
  userMetadata: unknown,
): void {
  const { workflowId = '', workflowType = '', taskQueue = '', input, headers } = child;
  const seq = child.seq ?? 0;
  const common = { namespace: 'default', workflowType: { name: workflowType } };
  const initiatedId = execution.note({
    ...(userMetadata !== null && userMetadata !== undefined && { userMetadata }),
    startChildWorkflowExecutionInitiatedEventAttributes: {
      ...common,
      workflowId,
      taskQueue: { name: taskQueue, kind: 1 },
      input: payloadsOf(input),
      header: { fields: headers },
      parentClosePolicy: child.parentClosePolicy,
      workflowIdReusePolicy: child.workflowIdReusePolicy,
      workflowTaskCompletedEventId: completedId,
    },
  });
  execution.children.set(seq, null);
  server.later(() => {
    if (server.newest(workflowId ?? '') !== undefined) {
      return server.tell(execution, {
        events: () => [
          {
            startChildWorkflowExecutionFailedEventAttributes: {
              ...common,
              workflowId,
              cause: ALREADY_EXISTS,
              initiatedEventId: initiatedId,
              workflowTaskCompletedEventId: completedId,
            },
          },
        ],
        job: {
          resolveChildWorkflowExecutionStart: {
            seq,
            failed: { workflowId, workflowType, cause: ALREADY_EXISTS },
          },
        },
      });
    }
    const started = server.start({
      workflowId: workflowId ?? '',
      type: workflowType ?? '',
      taskQueue: taskQueue ?? '',
      input: input ?? [],
      headers: headers ?? {},
      parent: { execution, seq, initiatedId },
      userMetadata,
    });
    execution.children.set(seq, started);
    tellOfChild({ server, execution, seq, initiatedId, common }, started);
  });
}

interface Childhood {
  server: Ordered['server'];
  execution: Execution;
  seq: number;
  initiatedId: number;
  common: Plain;
}

function tellOfChild(
  { server, execution, seq, initiatedId, common }: Childhood,
  child: Execution,
): void {
  const { workflowId, runId } = child.identity;
  const ids = {
    ...common,
    workflowExecution: { workflowId, runId },
    initiatedEventId: initiatedId,
  };
  let startedId = 0;
  server.tell(execution, {
    events: () => [{ childWorkflowExecutionStartedEventAttributes: ids }],
    job: { resolveChildWorkflowExecutionStart: { seq, succeeded: { runId } } },
    noted: (eventId) => void (startedId = eventId),
  });
  child.onClosed(() => {
    server.later(() => {
      const { event, result } = endOf(child);
      server.tell(execution, {
        events: () => [event({ ...ids, startedEventId: startedId })],
        job: { resolveChildWorkflowExecution: { seq, result } },
      });
    });
  });
}

function endOf(child: Execution): { event: (ids: Plain) => Plain; result: Plain } {
  const last = child.events.at(-1) as Record<string, Plain | undefined> | undefined;
  const { workflowId, runId, type } = child.identity;
  const workflowExecution = { workflowId, runId };
  const info = { namespace: 'default', workflowExecution, workflowType: { name: type } };
  if (child.status === 'completed') {
    const result = last?.['workflowExecutionCompletedEventAttributes']?.['result'] as
      { payloads: unknown[] } | null | undefined;
    return {
      event: (ids) => ({ childWorkflowExecutionCompletedEventAttributes: { ...ids, result } }),
      result: { completed: { result: result?.payloads[0] ?? null } },
    };
  }
  if (child.status === 'canceled') {
    const failure = childFailure(info, { message: 'canceled', canceledFailureInfo: {} });
    return {
      event: (ids) => ({ childWorkflowExecutionCanceledEventAttributes: ids }),
      result: { cancelled: { failure } },
    };
  }
  if (child.status === 'terminated') {
    const failure = childFailure(info, { message: 'terminated', terminatedFailureInfo: {} });
    return {
      event: (ids) => ({ childWorkflowExecutionTerminatedEventAttributes: ids }),
      result: { failed: { failure } },
    };
  }
  const cause = last?.['workflowExecutionFailedEventAttributes']?.['failure'] as Plain;
  return {
    event: (ids) => ({ childWorkflowExecutionFailedEventAttributes: { ...ids, failure: cause } }),
    result: { failed: { failure: childFailure(info, cause) } },
  };
}

function childFailure(info: Plain, cause: Plain): Plain {
  return {
    message: 'Child Workflow execution failed',
    cause,
    childWorkflowExecutionFailureInfo: info,
  };
}

export function signalOther(
  { server, execution, completedId }: Ordered,
  signal: Of<'signalExternalWorkflowExecution'>,
): void {
  const seq = signal.seq ?? 0;
  const { workflowId: other, runId: run } = signal.workflowExecution ?? {};
  // What the wire leaves out is empty.
  const workflowId = [signal.childWorkflowId, other].find(Boolean) ?? '';
  const runId = run ?? '';
  const workflowExecution = { workflowId, ...(runId !== '' && { runId }) };
  const common = { namespace: 'default', workflowExecution };
  const { signalName, args, headers } = signal;
  const initiatedId = execution.note({
    signalExternalWorkflowExecutionInitiatedEventAttributes: {
      ...common,
      signalName,
      input: payloadsOf(args),
      header: { fields: headers },
      childWorkflowOnly: Boolean(signal.childWorkflowId),
      workflowTaskCompletedEventId: completedId,
    },
  });
  const by = execution.identity;
  server.later(() => {
    const target = server.find(workflowId, runId);
    const isTaken = target?.isOpen === true;
    if (isTaken) {
      server.tell(target, {
        events: () => [
          {
            workflowExecutionSignaledEventAttributes: {
              signalName,
              input: payloadsOf(args),
              externalWorkflowExecution: { workflowId: by.workflowId, runId: by.runId },
            },
          },
        ],
        job: { signalWorkflow: { signalName, input: args, headers } },
      });
    }
    const ids = { ...common, initiatedEventId: initiatedId };
    server.tell(execution, {
      events: () => [
        isTaken
          ? { externalWorkflowExecutionSignaledEventAttributes: ids }
          : {
              signalExternalWorkflowExecutionFailedEventAttributes: {
                ...ids,
                cause: NOT_FOUND,
                workflowTaskCompletedEventId: completedId,
              },
            },
      ],
      job: { resolveSignalExternalWorkflow: { seq, ...(!isTaken && { failure: UNKNOWN }) } },
    });
  });
}

const UNKNOWN = {
  message: 'Unable to signal external workflow because it was not found',
  applicationFailureInfo: {
    type: 'SignalExternalWorkflowExecutionFailedCauseExternalWorkflowExecutionNotFound',
  },
};

export function cancelOther(
  { server, execution, completedId }: Ordered,
  asked: Of<'requestCancelExternalWorkflowExecution'>,
): void {
  const seq = asked.seq ?? 0;
  const { workflowId = '', runId = '' } = asked.workflowExecution ?? {};
  const common = { namespace: 'default', workflowExecution: { workflowId, runId } };
  const initiatedId = execution.note({
    requestCancelExternalWorkflowExecutionInitiatedEventAttributes: {
      ...common,
      workflowTaskCompletedEventId: completedId,
    },
  });
  server.later(() => {
    const target = server.find(workflowId ?? '', runId);
    if (target?.isOpen === true) requestCancel(server, target);
    server.tell(execution, {
      events: () => [
        {
          externalWorkflowExecutionCancelRequestedEventAttributes: {
            ...common,
            initiatedEventId: initiatedId,
          },
        },
      ],
      job: { resolveRequestCancelExternalWorkflow: { seq } },
    });
  });
}

export function requestCancel(server: Ordered['server'], target: Execution): void {
  server.tell(target, {
    events: () => [{ workflowExecutionCancelRequestedEventAttributes: {} }],
    job: { cancelWorkflow: { reason: '' } },
  });
}
