/**
 * A gate: one question to people, and the decisions that answer it.
 *
 * Invariants: a decision counts only if its proof holds over all that was shown; reject wins; one
 * person, and one key, counts once; a gate that has expired never approves, whatever the order in
 * which messages come; a decision made in time that is handled late has the question asked again.
 */
import { utcText } from '../content/utc-text.js';
import { rolesAt, situationOf } from './situation.js';
import { keyInvalid, sharedBetween, type Approver } from './approver.js';
import {
  decisionBytes,
  keyOfProof,
  malformedProof,
  proofRefusal,
  shownHashOf,
  signedBy,
  signerOf,
  type Answer,
  type Decision,
  type Said,
  type Shown,
} from './decision.js';

/** Clocks of people and workers may differ by so much. */
export const CLOCKS_DIFFER_MS = 120_000;

export interface GateRequest extends Shown {
  evidence: Record<string, unknown>;
  /** Decisions that count by now, as it is told of an open gate; not signed. Missing of earlier versions. */
  answered?: Pick<Said, 'approver' | 'answer' | 'decidedAtMs'>[];
}

/** A decision that was not refused, by the key that proves it. */
export interface Vote {
  approver: string;
  answer: Answer;
  signer: string;
}

export type GateState =
  | { status: 'open'; approvals: Vote[] }
  | { status: 'approved'; approvals: Vote[] }
  | { status: 'rejected'; by: Vote }
  | { status: 'expired' }
  /** Somebody answered in time, and was heard too late. */
  | { status: 'asked_again' };

/** `askAgain`: refused for its lateness alone, by somebody who had decided in time. */
export interface Refusal {
  why: string;
  askAgain: boolean;
}

export interface Judging {
  gate: GateRequest | null;
  approvers: readonly Approver[];
  /** Of the workflow. */
  nowMs: number;
}

/** Why a decision is refused, for the person who sent it; null where it counts. */
export function refusalOf(decision: Decision, judging: Judging): Refusal | null {
  const { gate, approvers, nowMs } = judging;
  if (gate === null) {
    return refused(`No open gate "${decision.gateId}": it is answered, expired or never was`);
  }
  const why =
    mismatchOf(decision, gate) ??
    timeFault(decision.said, gate, nowMs) ??
    personFault(decision.said, { gate, nowMs }, approvers) ??
    otherShown(decision, gate) ??
    proofFault(decision, gate, { approvers, nowMs });
  if (why !== null) return refused(why);
  const late = latenessOf(gate, nowMs);
  return late === null ? null : { why: late, askAgain: true };
}

function refused(why: string): Refusal {
  return { why, askAgain: false };
}

/** Why a decision is not for this gate and attempt; null where it is. */
export function mismatchOf(
  { gateId, attempt }: Pick<Decision, 'gateId' | 'attempt'>,
  gate: GateRequest,
): string | null {
  if (gateId !== gate.gateId) return `The open gate is "${gate.gateId}", not "${gateId}"`;
  return attempt === gate.attempt
    ? null
    : `Gate "${gateId}" is at attempt ${gate.attempt}; the decision is for ${attempt}`;
}

/**
 * By the clock, and not by what has been handled: null before the deadline; after it, in words for a
 * person who decided in time and was heard too late.
 */
export function latenessOf({ gateId, expiresAtMs }: GateRequest, nowMs: number): string | null {
  if (expiresAtMs === null || nowMs < expiresAtMs) return null;
  return (
    `Gate "${gateId}" expired at ${utcText(expiresAtMs)}, and the decision was handled at ` +
    `${utcText(nowMs)}: it does not count. The question is asked again: look, then decide`
  );
}

/** Whether a decision was made while the gate was open, by what its sender says. */
export function timeFault({ decidedAtMs }: Said, gate: Shown, nowMs: number): string | null {
  const at = utcText(decidedAtMs);
  if (decidedAtMs < gate.openedAtMs - CLOCKS_DIFFER_MS) {
    return `Decided at ${at}, before the gate was opened at ${utcText(gate.openedAtMs)}`;
  }
  if (gate.expiresAtMs !== null && decidedAtMs >= gate.expiresAtMs) {
    return `Decided at ${at}; the gate expired at ${utcText(gate.expiresAtMs)}`;
  }
  return decidedAtMs > nowMs + CLOCKS_DIFFER_MS
    ? `Decided at ${at}, but it is ${utcText(nowMs)}: set the clock of your machine`
    : null;
}

function personFault(
  said: Pick<Said, 'approver' | 'answer'>,
  { gate, nowMs }: { gate: GateRequest; nowMs: number },
  approvers: readonly Approver[],
): string | null {
  const person = approvers.find(({ name }) => name === said.approver);
  if (person === undefined) return `"${said.approver}" is not among the configured approvers`;
  const roles = rolesAt(gate, nowMs);
  if (!person.roles.some((role) => roles.includes(role))) {
    return `"${person.name}" has roles ${person.roles.join(', ')}; the gate asks for ${roles.join(' or ')}`;
  }
  if (approvesOwnRequest(said, gate)) {
    return `"${person.name}" asked for this: somebody else has to approve it`;
  }
  const shared = sharedBetween(
    person,
    approvers.filter((other) => other !== person),
  );
  return shared === null ? null : `The approvers are configured wrongly: ${shared}`;
}

/** Whoever asked for what is decided may say no to it, and not yes. */
export function approvesOwnRequest(
  { approver, answer }: Pick<Said, 'approver' | 'answer'>,
  gate: Pick<GateRequest, 'evidence'>,
): boolean {
  return answer === 'approve' && situationOf(gate)?.people.notByThemselves === approver;
}

function otherShown({ shownHash }: Decision, gate: GateRequest): string | null {
  return shownHash === shownHashOf(gate)
    ? null
    : `Something else was shown than the open question (check code ${shownHashOf(gate).slice(0, 8)}): ` +
        'the evidence, or what is asked, has changed. Look again, then decide';
}

function proofFault(
  { said, proof }: Decision,
  gate: GateRequest,
  { approvers, nowMs }: Pick<Judging, 'approvers' | 'nowMs'>,
): string | null {
  const malformed = malformedProof(proof);
  if (malformed !== null) return malformed;
  const person = approvers.find(({ name }) => name === said.approver);
  const key = person === undefined ? null : keyOfProof(person, proof);
  if (person === undefined || key === null) {
    return `The signature is by a key that is none of "${said.approver}" (${signedBy(proof)})`;
  }
  const invalid = keyInvalid(person, key, nowMs);
  if (invalid !== null) return invalid;
  const why = proofRefusal(key, proof, decisionBytes(gate, said));
  return why === null ? null : `Refused for the key of "${said.approver}": ${why}`;
}

/** The vote of a decision that was not refused. */
export function voteOf({ said, proof }: Decision, approvers: readonly Approver[]): Vote {
  const { approver, answer } = said;
  const person = approvers.find(({ name }) => name === approver);
  const key = person === undefined ? null : keyOfProof(person, proof);
  return { approver, answer, signer: key === null ? `name:${approver}` : signerOf(key) };
}

/** The state after one more decision that was not refused. */
export function afterDecision(state: GateState, vote: Vote, quorum: number): GateState {
  if (state.status !== 'open') return state;
  if (vote.answer === 'reject') return { status: 'rejected', by: vote };
  const others = state.approvals.filter(
    ({ approver, signer }) => approver !== vote.approver && signer !== vote.signer,
  );
  const approvals = [...others, vote];
  return { status: approvals.length >= quorum ? 'approved' : 'open', approvals };
}

export function afterExpiry(state: GateState): GateState {
  return state.status === 'open' ? { status: 'expired' } : state;
}

/** After a decision that was refused for its lateness alone. */
export function afterLateAnswer(state: GateState): GateState {
  return state.status === 'open' ? { status: 'asked_again' } : state;
}
