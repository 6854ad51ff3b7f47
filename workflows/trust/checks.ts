/** Whether a message, a start or a result is taken: who signed it, for what, whether it is new and whole. */
import { workflowInfo } from '@temporalio/workflow';
import { misshapen } from '../contract/schemas.js';
import { canonicalJson } from '../domain/content/canonical.js';
import { answerOf, besides } from '../domain/trust/answers.js';
import { envelopeOf, misdirected, withoutEnvelope, type Sent } from '../domain/trust/envelope.js';
import { heardBefore } from '../domain/trust/heard.js';
import { senderOf } from '../domain/trust/marks.js';
import {
  isGuarded,
  mayRepeat,
  notAllowed,
  provesItself,
  type Guarded,
} from '../domain/trust/senders.js';
import { decisionUpdateId, engineOfGuardian, hostOfTaskQueue, isCrashUpdateId } from '../ids.js';
import * as messages from '../messages.js';
import { bytesOf, markOf } from './converter.js';
import { heard, mustBeSigned } from './inbox.js';
import { beginning, strangeStart, type Start } from './starts.js';

/** Why a signal or an update is not taken, as the end of a sentence; null where it is. */
export function messageFault(name: string, message: unknown): string | null {
  if (!isGuarded(name)) return 'is a message that is not known';
  const content = withoutEnvelope(message);
  const open = provesItself(name) || !mustBeSigned('message');
  return (
    (open ? null : foreignMessage(name, message, content)) ??
    misshapen(name, content, bytesOf(message))
  );
}

/** Updates that people sign. */
const UNDER_THEIR_DIGEST: ReadonlySet<string> = new Set([
  messages.decide.name,
  messages.instruct.name,
  messages.steerRecovery.name,
]);

/**
 * Why an update may not have this id, which Temporal takes once: what a message of another kept for
 * itself under the id of one that is to come, that one would never be heard.
 */
export function foreignId(name: string, message: unknown, updateId: string): string | null {
  const content = withoutEnvelope(message);
  if (name === messages.reportCrash.name) {
    const { report } = content as messages.CrashNotice;
    return isCrashUpdateId(updateId, report) ? null : 'came under the id of another death';
  }
  if (!UNDER_THEIR_DIGEST.has(name)) return null;
  return updateId === decisionUpdateId(content) ? null : 'came under the id of another one';
}

function foreignMessage(name: Guarded, message: unknown, content: unknown): string | null {
  const { workflowId } = workflowInfo();
  const sent = envelopeOf(message);
  return (
    notAllowed(name, markOf(message), hostIn(content)) ??
    misdirected(sent, { to: workflowId, name, run: null }) ??
    (sent === null || mayRepeat(name) ? null : heardBefore(heard(), sent, Date.now()))
  );
}

/** Of whom a crash report, or a host that asks, speaks. */
function hostIn(content: unknown): string | null {
  const told = content as { report?: { host?: unknown }; host?: unknown } | undefined;
  const { host } = told?.report ?? told ?? {};
  return typeof host === 'string' ? host : null;
}

/** Why this run must not go on: its input is not from somebody who may start it. */
export function startFault(input: unknown): string | null {
  const { workflowType, workflowId } = workflowInfo();
  const content = withoutMemory(withoutEnvelope(input));
  const start = startOf(input);
  const isFirst = beginning(start)?.name === 'freshGuardian';
  return (
    strangeStart(start) ??
    (isFirst && !isFresh(content, workflowId) ? 'begins with a memory' : null) ??
    misshapen(workflowType, content, bytesOf(input))
  );
}

function startOf(input: unknown): Start {
  const { workflowType, workflowId, taskQueue, parent, continuedFromExecutionRunId, runStartTime } =
    workflowInfo();
  return {
    workflowId,
    type: workflowType,
    taskQueue,
    parentRun: parent?.runId ?? null,
    continuedFrom: continuedFromExecutionRunId ?? null,
    startedAtMs: runStartTime.getTime(),
    input,
  };
}

function isFresh(content: unknown, workflowId: string): boolean {
  const engineId = engineOfGuardian(workflowId);
  return (
    engineId !== null &&
    canonicalJson(content ?? null) === canonicalJson(messages.newGuardian(engineId))
  );
}

/** What a run hands to the next besides its state. */
export const MEMORY = 'heard';

export function withoutMemory(content: unknown): unknown {
  if (typeof content !== 'object' || content === null) return content;
  const { [MEMORY]: _heard, ...rest } = content as Record<string, unknown>;
  return rest;
}

/** Why what an activity is said to have answered is not taken. */
export function resultFault(
  result: unknown,
  { taskQueue, sent }: { taskQueue: string; sent: Sent },
): string | null {
  if (!mustBeSigned('result')) return null;
  const host = hostOfTaskQueue(taskQueue);
  const name = host === null ? 'controlPlaneResult' : 'hostResult';
  const answer = answerOf(result);
  return (
    notAllowed(name, markOf(result), host) ??
    (answer === null ? 'answers nothing' : besides(answer, sent))
  );
}

/** Why the end of a recovery is not believed. */
export function childFault(result: unknown): string | null {
  if (!mustBeSigned('message') && senderOf(markOf(result)) === null) return null;
  return (
    notAllowed('recoveryResult', markOf(result), null) ??
    (envelopeOf(result) === null ? null : 'is a message, and no result') ??
    misshapen('recoveryResult', result, bytesOf(result))
  );
}
