/**
 * What a client sends and is answered: each message says for whom it is, and an answer is believed only
 * if the control plane signed it for this very question.
 */
import { randomUUID } from 'node:crypto';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { answerOf, besides, type Answer } from '../../../workflows/domain/trust/answers.js';
import { withEnvelope, type Sent } from '../../../workflows/domain/trust/envelope.js';
import { notAllowed, type Guarded } from '../../../workflows/domain/trust/senders.js';
import { markOf } from '../../../workflows/trust/converter.js';

/** An answer that proves nothing. Nobody may act on it, and nobody sign what it shows. */
export class UnverifiedAnswer extends Error {
  override name = 'UnverifiedAnswer';
}

export const signedCalls: WorkflowClientInterceptor = {
  async startWithDetails(input, next) {
    const { workflowType, options } = input;
    return next({
      ...input,
      options: { ...options, args: sentTo(options.workflowId, workflowType, options.args) },
    });
  },

  async signal(input, next) {
    const { workflowExecution, signalName, args } = input;
    return next({ ...input, args: sentTo(idOf(workflowExecution), signalName, args) });
  },

  async query(input, next) {
    const { workflowExecution, queryType: name, args } = input;
    if (name.startsWith('__')) return next(input); // of Temporal's own
    const to = idOf(workflowExecution);
    const sent = envelope(to, name);
    const answer = await next({ ...input, args: [withEnvelope(args[0], sent)] });
    return believed('queryAnswer', to, { name, id: sent.id }, answer);
  },

  async startUpdate(input, next) {
    const { workflowExecution, updateName: name, args } = input;
    const to = idOf(workflowExecution);
    const id = input.options.updateId ?? randomUUID();
    return next({
      ...input,
      args: sentTo(to, name, args),
      options: { ...input.options, updateId: id },
      typeInfo: { ...input.typeInfo, outputType: believing(to, { name, id }) },
    });
  },

  async startUpdateWithStart(input, next) {
    const { workflowType, workflowStartOptions: start, updateName: name, updateArgs } = input;
    const to = start.workflowId;
    const id = input.updateOptions.updateId ?? randomUUID();
    return next({
      ...input,
      workflowStartOptions: { ...start, args: sentTo(to, workflowType, start.args) },
      updateArgs: sentTo(to, name, updateArgs),
      updateOptions: { ...input.updateOptions, updateId: id },
      updateTypeInfo: { ...input.updateTypeInfo, outputType: believing(to, { name, id }) },
    });
  },
};

function envelope(to: string, name: string): Sent {
  return { to, name, id: randomUUID(), atMs: Date.now() };
}

function sentTo(to: string, name: string, args: readonly unknown[]): unknown[] {
  return [withEnvelope(args[0], envelope(to, name)), ...args.slice(1)];
}

function idOf({ workflowId }: { workflowId?: string | null }): string {
  return workflowId ?? '';
}

/** The answer to an update comes later, and is looked at when it is decoded. */
function believing(workflowId: string, question: Answer['answers']) {
  return {
    transferTypeConverter: {
      fromTransferType: (answer: unknown) => believed('updateAnswer', workflowId, question, answer),
      toTransferType: (value: unknown) => value,
    },
  };
}

function believed(
  kind: Extract<Guarded, 'queryAnswer' | 'updateAnswer'>,
  workflowId: string,
  question: Answer['answers'],
  value: unknown,
): unknown {
  const answer = answerOf(value);
  const why =
    notAllowed(kind, markOf(value), null) ??
    (answer === null ? 'is no answer of ours' : besides(answer, question));
  if (why === null && answer !== null) return answer.value;
  throw new UnverifiedAnswer(
    `The answer of ${workflowId} to ${question.name} ${why}: do not act on it. Is another worker ` +
      'on its queue, an older one, or is the ring of message keys here not that of the control plane?',
  );
}
