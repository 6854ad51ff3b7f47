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
  notice(recovery, { ...message, key: `gate:${gate.kind}:${gate.attempt}:${message.state}` });
}

type Ended = Omit<Extract<Message, { text: string }>, 'key'>;

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
