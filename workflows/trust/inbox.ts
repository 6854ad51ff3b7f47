/**
 * What this run of a workflow knows of the messages that reach it: whether they must be signed, which it
 * has taken, which it has refused.
 *
 * Invariant: nothing is judged twice. A refusal leaves a marker in the history, and a replay goes by the
 * markers, whatever keys there are by then.
 */
import { log, patched, workflowInfo } from '@temporalio/workflow';
import type { Sent } from '../domain/trust/envelope.js';
import { heardNothing, withHeard, type Heard } from '../domain/trust/heard.js';
import { senderOf, type Mark } from '../domain/trust/marks.js';
import type { Refusals } from '../domain/trust/refusals.js';
import { isOlderThanKeys } from './starts.js';

type Refusal = Refusals['last'];

const state = {
  /** Results of activities; those of a run that began before keys were there stay as they are. */
  begunSigned: false,
  messagesSigned: false,
  heard: null as Heard | null,
  judged: {} as Record<string, number>,
  sent: 0,
  noted: 0,
  tell: null as ((refusal: Refusal) => void) | null,
};

/** `start`: of the input of this run. A run that is older than our keys may be unsigned. */
export function beginInbox(start: Mark): void {
  const isOlder = isOlderThanKeys(start, workflowInfo().runStartTime.getTime());
  state.begunSigned = !isOlder && patched('signed-messages');
  state.messagesSigned = state.begunSigned;
}

export function mustBeSigned(what: 'message' | 'result'): boolean {
  return what === 'result' ? state.begunSigned : state.messagesSigned;
}

/** A run that began unsigned and has met a sender with a key wants keys of all from then on. */
export function noteSender(mark: Mark): void {
  if (state.messagesSigned) return;
  state.noted += 1;
  const { isReplaying } = workflowInfo().unsafe;
  if (!isReplaying && senderOf(mark) === null) return;
  state.messagesSigned = patched(`signed-from-message-${state.noted}`);
}

export function heard(): Heard {
  return (state.heard ??= heardNothing(workflowInfo().runStartTime.getTime()));
}

/** From the run before. */
export function takeOver(before: Heard): void {
  state.heard = before;
}

export function hear(sent: Sent | null): void {
  if (sent !== null) state.heard = withHeard(heard(), sent);
}

/** The envelope of the next message of this run. */
export function envelopeTo(to: string, name: string): Sent {
  const { runId } = workflowInfo();
  state.sent += 1;
  return { to, name, id: `${runId}/${state.sent}`, atMs: Date.now(), run: runId };
}

/** One that is called at each refusal; what was refused before is lost to it. */
export function onRefusal(tell: (refusal: Refusal) => void): void {
  state.tell = tell;
}

/** `fault`: why it is not taken, as it looks now. Gives what holds: in a replay, what held then. */
export function settle(
  what: {
    kind: 'start' | 'signal' | 'decision' | 'instruction' | 'result' | 'child';
    name: string;
  },
  fault: string | null,
): string | null {
  const nth = (state.judged[what.kind] ?? 0) + 1;
  state.judged[what.kind] = nth;
  const why = settled(`refused-${what.kind}-${nth}`, fault);
  if (why !== null) {
    log.warn('a message was refused', { kind: what.kind, message: what.name, why });
    state.tell?.({ name: what.name, why, atMs: Date.now() });
  }
  return why;
}

function settled(marker: string, fault: string | null): string | null {
  if (workflowInfo().unsafe.isReplaying) {
    return patched(marker) ? (fault ?? 'was refused when it came') : null;
  }
  if (fault !== null) patched(marker);
  return fault;
}
