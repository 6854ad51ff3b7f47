/**
 * An activity runs only if the control plane asks for it, here, in this run of a workflow. Its answer
 * names the question, so that it stands for no other.
 *
 * Invariants: what is refused has done nothing, and is not tried again as it is; what an attempt before
 * is said to have noted counts only if one of us has signed it.
 */
import type { Context } from '@temporalio/activity';
import type { ActivityInterceptors } from '@temporalio/worker';
import { activityFault } from '../../../workflows/contract/activity-schemas.js';
import { asMeantNow } from '../../../workflows/contract/earlier.js';
import { answerTo } from '../../../workflows/domain/trust/answers.js';
import {
  envelopeOf,
  misdirected,
  withoutEnvelope,
} from '../../../workflows/domain/trust/envelope.js';
import { senderOf, type Mark } from '../../../workflows/domain/trust/marks.js';
import { notAllowed } from '../../../workflows/domain/trust/senders.js';
import { failure } from '../../../workflows/failure.js';
import { hostOfTaskQueue } from '../../../workflows/ids.js';
import { markOf } from '../../../workflows/trust/converter.js';

export function authenticate(context: Context): ActivityInterceptors {
  return {
    inbound: {
      async execute(input, next) {
        const [question] = input.args;
        const { activityType: name } = context.info;
        const why = foreign(context, question);
        if (why !== null) throw failure('Unauthenticated', `the request for ${name} ${why}`);
        const content = asMeantNow(name, withoutEnvelope(question), Date.now());
        const fault = activityFault(name, content);
        if (fault !== null) throw failure('MessageInvalid', `the request for ${name} ${fault}`);
        forgetForeignNotes(context);
        const value = await next({ ...input, args: [content] });
        return answerTo({ name, id: envelopeOf(question)?.id ?? null }, value);
      },
    },
  };
}

/** Why it must not be done, as the end of a sentence; null where it may. */
function foreign({ info }: Context, question: unknown): string | null {
  const { taskQueue, activityType: name, workflowExecution } = info;
  const mark = markOf(question);
  if (workflowExecution !== undefined && isOlderThanKeys(info.scheduledTimestampMs, mark))
    return null;
  const run = workflowExecution?.runId ?? 'of no workflow';
  return (
    notAllowed('activityInput', mark, null) ??
    misdirected(envelopeOf(question), { to: taskQueue, name, run })
  );
}

/** Asked for by a version of before there were keys; the time is the server's. */
function isOlderThanKeys(scheduledAtMs: number, mark: Mark): boolean {
  const since = 'unsigned' in mark ? mark.signedSinceMs : undefined;
  return since !== undefined && scheduledAtMs < since;
}

/** Whoever holds the token of a task can note anything for the attempt after it. */
function forgetForeignNotes({ info }: Context): void {
  const writer = senderOf(markOf(info.heartbeatDetails));
  const host = hostOfTaskQueue(info.taskQueue);
  const isOurs = host === null ? writer?.role === 'control' : writer?.host === host;
  if (!isOurs) (info as { heartbeatDetails: unknown }).heartbeatDetails = undefined;
}
