/**
 * What people are told beside the questions themselves: how one ended, and, while nobody is asked, that
 * nothing is needed of them.
 *
 * Invariant: none of it changes what a recovery does; recoveries that began before tell as they did.
 */
import { patched } from '@temporalio/workflow';
import type { AnswerWanted } from '../../contract/index.js';
import { answerCommand } from '../../domain/gates/answer-command.js';
import type { GateRequest } from '../../domain/gates/gate.js';
import type { GateRecord } from '../../domain/record.js';
import type { Recovery } from '../context.js';
import type { GateChange } from '../gate-keeper.js';
import { notice, type Message } from '../notices.js';

/** False in the replay of what ran when questions alone were told. */
function tellsTheWhole(): boolean {
  return patched('tells-the-whole-conversation');
}

export function answerWanted(gate: GateRequest): AnswerWanted {
  const { gateId, expiresAtMs } = gate;
  const [approve, reject] = [answerCommand(gate, 'approve'), answerCommand(gate, 'reject')];
  return { gateId, approve, reject, expiresAtMs };
}

/** Each attempt is one more question: it is shown, signed and rung for anew. */
export function questionOf({ kind, attempt }: Pick<GateRequest, 'kind' | 'attempt'>): string {
  return `gate:${kind}:${attempt}`;
}

/** One that is asked again at once stands in the place of the attempt before it, of which no end is told. */
export function questionAsked(
  gate: GateRequest,
  change: GateChange,
): Pick<Message, 'question' | 'inPlaceOf'> {
  const { kind, attempt } = gate;
  const question = questionOf(gate);
  if (change !== 'asked_again') return { question };
  return { question, inPlaceOf: questionOf({ kind, attempt: attempt - 1 }) };
}

/** Once no question stands between the crash and the recovery. */
export function tellOfWork(recovery: Recovery): void {
  if (!tellsTheWhole()) return;
  const { engineId, epoch, crashCount, classification, gates } = recovery.record;
  const cause = classification?.cause ?? 'unknown';
  notice(recovery, {
    severity: 'info',
    state: 'working',
    title: `${engineId}: recovering, nothing needed (${cause}, crash ${crashCount})`,
    text: [
      `Cause: ${cause}${classification === null ? '' : `: ${classification.because}`}.`,
      'Relight goes on by itself: state, positions, orders, start, checks, and the limits step by step.',
      'Should a person have to decide, you are asked here. relight status --watch shows it.',
    ].join('\n'),
    key: `working:e${epoch}:${gates.length}`,
  });
}

/** `gate`: closed, with its outcome in the record. */
export function tellOfEnd(recovery: Recovery, gate: GateRequest): void {
  const closed = recovery.record.gates.findLast(
    ({ gateId, attempt }) => gateId === gate.gateId && attempt === gate.attempt,
  );
  if (closed === undefined || !tellsTheWhole()) return;
  const message = endOf(recovery.record.engineId, gate, closed);
  if (message === null) return;
  const question = questionOf(gate);
  notice(recovery, { ...message, question, key: `${question}:${message.state}` });
}

type Ended = Omit<Extract<Message, { text: string }>, 'key' | 'question'>;

function endOf(engineId: string, gate: GateRequest, closed: GateRecord): Ended | null {
  const { question, onApprove, onReject } = gate;
  const { outcome, decisions, kind } = closed;
  const which = kind.replaceAll('_', ' ');
  const asked = `Asked was: ${question}`;
  switch (outcome) {
    case 'approved':
    case 'rejected': {
      const by = decisions.filter(
        ({ answer }) => answer === (outcome === 'approved' ? 'approve' : 'reject'),
      );
      const names = by.map(({ approver }) => approver).join(', ');
      const reasons = by.map(({ approver, reason }) => `${approver}: ${reason}`);
      const then = outcome === 'approved' ? onApprove : onReject;
      return {
        severity: 'info',
        state: 'answered',
        title: `${engineId}: ${which} ${outcome} by ${names}`,
        text: [...reasons, asked, `Now: ${then}.`].join('\n'),
      };
    }
    case 'expired':
      // Somebody answered in time and was heard too late: it is asked again at once.
      if (closed.late !== undefined) return null;
      return {
        severity: 'critical',
        state: 'expired',
        title: `${engineId}: nobody answered in time: ${which} expired`,
        text: `${asked}\nA question that expires never approves: what a person must do now is asked anew.`,
      };
    case 'withdrawn':
      return {
        severity: 'info',
        state: 'withdrawn',
        title: `${engineId}: ${which} needs no answer any more`,
        text: `${asked}\nIt was withdrawn before anybody answered.`,
      };
    case 'open':
      return null;
  }
}
