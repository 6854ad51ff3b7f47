/**
 * Where messages enter and leave a workflow. Loaded as an interceptor module.
 *
 * Invariants: what does not verify reaches no handler and fails no workflow task; all that leaves says for
 * whom it is; what histories of earlier versions hold is taken as it was then.
 */
import {
  workflowInfo,
  type WorkflowInboundCallsInterceptor,
  type WorkflowInterceptorsFactory,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow';
import { answerOf, answerTo } from '../domain/trust/answers.js';
import { envelopeOf, withEnvelope, withoutEnvelope } from '../domain/trust/envelope.js';
import { Heard } from '../domain/trust/heard.js';
import { isGuarded, mayRepeat, provesItself } from '../domain/trust/senders.js';
import { failure } from '../failure.js';
import {
  childFault,
  foreignId,
  MEMORY,
  messageFault,
  resultFault,
  startFault,
  withoutMemory,
} from './checks.js';
import { markOf } from './converter.js';
import * as inbox from './inbox.js';

const inbound: WorkflowInboundCallsInterceptor = {
  async execute(input, next) {
    const [start] = input.args;
    inbox.beginInbox(markOf(start));
    const { workflowType } = workflowInfo();
    const fault = inbox.mustBeSigned('message') ? startFault(start) : null;
    const why = inbox.settle({ kind: 'start', name: workflowType }, fault);
    if (why !== null) throw failure('Unauthenticated', `the start of ${workflowType} ${why}`);
    const before = Heard.safeParse((start as Record<string, unknown> | undefined)?.[MEMORY]);
    if (before.success) inbox.takeOver(before.data);
    return next({ ...input, args: [withoutMemory(withoutEnvelope(start))] });
  },

  async handleSignal(input, next) {
    const [message] = input.args;
    const { signalName: name } = input;
    if (inbox.settle({ kind: 'signal', name }, messageFault(name, message)) !== null) return;
    take(name, message);
    return next({ ...input, args: [withoutEnvelope(message)] });
  },

  validateUpdate(input, next) {
    const [message] = input.args;
    const { name, updateId } = input;
    const why = messageFault(name, message);
    if (why !== null) throw failure('Unauthenticated', `${name} ${why}`);
    next({ ...input, args: [withoutEnvelope(message)] });
    const other = foreignId(name, message, updateId);
    if (other !== null) throw failure('Unauthenticated', `${name} ${other}`);
  },

  async handleUpdate(input, next) {
    const [message] = input.args;
    const { name, updateId: id } = input;
    take(name, message);
    const value = await next({ ...input, args: [withoutEnvelope(message)] });
    return answerTo({ name, id }, value);
  },

  async handleQuery(input, next) {
    const id = envelopeOf(input.args[0])?.id ?? null;
    const value = await next({ ...input, args: [] });
    return answerTo({ name: input.queryName, id }, value);
  },
};

/** What proves itself is of nobody's key. */
function take(name: string, message: unknown): void {
  if (!isGuarded(name) || provesItself(name)) return;
  if (!mayRepeat(name)) inbox.hear(envelopeOf(message));
  inbox.noteSender(markOf(message));
}

const outbound: WorkflowOutboundCallsInterceptor = {
  async scheduleActivity(input, next) {
    const { activityType: name, options } = input;
    const taskQueue = options.taskQueue ?? workflowInfo().taskQueue;
    const sent = inbox.envelopeTo(taskQueue, name);
    const result = await next({ ...input, args: [withEnvelope(input.args[0], sent)] });
    const why = inbox.settle({ kind: 'result', name }, resultFault(result, { taskQueue, sent }));
    if (why !== null) throw failure('Unauthenticated', `the result of ${name} ${why}`);
    const answer = answerOf(result);
    return answer === null ? result : answer.value;
  },

  async signalWorkflow(input, next) {
    const { target, signalName } = input;
    const to =
      target.type === 'child' ? target.childWorkflowId : target.workflowExecution.workflowId;
    const sent = inbox.envelopeTo(to ?? '', signalName);
    return next({ ...input, args: [withEnvelope(input.args[0], sent)] });
  },

  async startChildWorkflowExecution(input, next) {
    const { workflowType: name, options } = input;
    const sent = inbox.envelopeTo(options.workflowId, name);
    const args = [withEnvelope(options.args[0], sent)];
    const [started, ended] = await next({ ...input, options: { ...options, args } });
    const result = ended.then((value) => believed(name, value));
    result.catch(() => undefined); // whoever waits for it is told; nobody has to wait
    return [started, result];
  },

  async continueAsNew(input, next) {
    const { workflowId, workflowType } = workflowInfo();
    const [state] = input.args;
    const content = { ...(state as object), [MEMORY]: inbox.heard() };
    const sent = inbox.envelopeTo(workflowId, input.options.workflowType ?? workflowType);
    return next({ ...input, args: [withEnvelope(content, sent)] });
  },
};

function believed(name: string, result: unknown): unknown {
  const why = inbox.settle({ kind: 'child', name }, childFault(result));
  if (why !== null) throw failure('Unauthenticated', `the result of ${name} ${why}`);
  return result;
}

export const interceptors: WorkflowInterceptorsFactory = () => ({
  inbound: [inbound],
  outbound: [outbound],
});
