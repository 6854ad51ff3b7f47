/**
 * Gates in a workflow: opens one at a time, verifies each decision, reminds, escalates, expires.
 *
 * Invariants: a refused decision changes nothing and is told why; a decision is verified once, when
 * it comes, and what is counted has been verified; the first decision
 * that closes a gate closes it; an expired gate never approves, whatever the
 * order in which messages and timers are handled; a gate that its recovery leaves behind (the engine
 * crashed again) is withdrawn, so that a late answer meets a clear refusal.
 */
import { isCancellation, patched } from '@temporalio/workflow';
import {
  isDecision,
  refusalOfAny,
  misplacedOf,
  voteOfAny,
  type AnyDecision,
} from '../domain/gates/any-decision.js';
import {
  afterDecision,
  afterExpiry,
  afterLateAnswer,
  latenessOf,
  type GateRequest,
  type GateState,
} from '../domain/gates/gate.js';
import { nextNotice, rulesFor, type GateNotice, type GateRules } from '../domain/gates/rules.js';
import type { Approver } from '../domain/gates/approver.js';
import type { Situation } from '../domain/gates/situation.js';
import type { RecoveryPolicy } from '../domain/policy/policy.js';
import type { GateRecord, RecoveryRecord } from '../domain/record.js';
import { failure } from '../failure.js';
import type { DecisionReceipt } from '../messages.js';
import { waitingSummary } from '../shown/summaries.js';
import { keepDecision, keepLate, recordOfGate } from './gates/gate-record.js';
import {
  gather,
  refuseWithdrawn,
  Withdrawn,
  type Gathered,
  type Gathering,
  type Withdrawal,
} from './gates/gathering.js';
import {
  requestFor,
  type Opening,
  type Question,
  type Surroundings,
} from './gates/gate-request.js';

export type Answer = 'approved' | 'rejected' | 'expired';

export interface GateKeeper {
  ask(question: Question): Promise<Answer>;
  /** Throws, synchronously, why a decision does not count: for update validators. */
  verify(decision: unknown): void;
  /**
   * Of a decision that `verify` has let pass; its proof is not looked at again. Throws where the
   * gate was answered meanwhile, or the decision is late: then the question is asked again.
   */
  count(decision: AnyDecision): DecisionReceipt;
  open(): GateRequest | null;
  /** For good: the question that is open ends without an answer, and no other is asked. */
  withdraw(why: string): void;
}

export type GateChange =
  'opened' | 'asked_again' | 'reminder' | 'escalated' | 'answered' | 'expired' | 'closed';

export interface GateOptions extends Surroundings, Gathering {
  record: RecoveryRecord;
  policy: RecoveryPolicy['gates'];
  /** What is shown round a question, and signed with it. */
  situate(opening: Opening): Situation;
  /** The recovery was begun by the former version: its decisions count too. */
  former: boolean;
  /** Called when a gate opens, waits for long, is answered in part, expires, and closes. */
  onChange(change: GateChange, gate: GateRequest): void;
}

interface OpenGate {
  question: Question;
  request: GateRequest;
  rules: GateRules;
  record: GateRecord;
  state: GateState;
  approvers: readonly Approver[];
}

export function createGateKeeper(options: GateOptions): GateKeeper {
  const { former } = options;
  let current: OpenGate | null = null;
  const over: Withdrawal = { why: null };
  /** False in the replay of what was handled when a gate expired in the order of events. */
  const byClock = () => !former || patched('gates-by-clock');

  function verify(decision: unknown): void {
    const gate = current?.request ?? null;
    const [approvers, nowMs] = [current?.approvers ?? [], Date.now()];
    const refusal = refusalOfAny(decision, { gate, approvers, nowMs, former });
    if (refusal !== null && !refusal.askAgain) throw failure('DecisionRefused', refusal.why);
    if (current !== null) refuseBeside(current, decision, former && !isDecision(decision));
  }

  function count(decision: AnyDecision): DecisionReceipt {
    const gate = current;
    if (gate === null || isMisplaced(gate, decision, over)) throw notOpen(decision);
    refuseIfAnswered(gate, former && !isDecision(decision));
    if (byClock()) refuseIfLate(gate, decision);
    const { approvers } = gate;
    gate.state = afterDecision(gate.state, voteOfAny(decision, approvers), gate.request.quorum);
    keepDecision(options.record, gate.record, decision, approvers);
    options.onChange('answered', gate.request);
    return receiptOf(gate);
  }

  async function askOnce(question: Question, change: GateChange): Promise<Answer | 'asked_again'> {
    const gathered = gather(options, over);
    const mine = gateFor(
      question,
      options,
      gathered instanceof Promise ? await gathered : gathered,
    );
    const { request, record } = mine;
    options.record.gates.push(record);
    current = mine;
    options.onChange(change, request);
    try {
      await settled(mine, byClock, { ...options, over });
      if (answerOf(mine.state) === null) refuseWithdrawn(over);
      return endOf(mine);
    } catch (error) {
      if (isOver(error)) record.outcome = answerOf(mine.state) ?? 'withdrawn';
      throw error;
    } finally {
      record.closedAtMs = Date.now();
      current = null;
      options.onChange('closed', request);
    }
  }

  async function ask(question: Question): Promise<Answer> {
    let answer = await askOnce(question, 'opened');
    while (answer === 'asked_again') answer = await askOnce(question, 'asked_again');
    return answer;
  }
  const withdraw = (why: string) => void (over.why = why);
  return { ask, verify, count, open: () => asTold(current), withdraw };
}

function endOf({ state: { status }, record }: OpenGate): Answer | 'asked_again' {
  record.outcome = status === 'asked_again' ? 'expired' : status;
  return status === 'open' ? 'expired' : status;
}

/** With who has answered by now. */
function asTold(gate: OpenGate | null): GateRequest | null {
  if (gate === null) return null;
  const { request, record } = gate;
  const answered = record.decisions.map(({ approver, answer, decidedAtMs }) => {
    return { approver, answer, decidedAtMs };
  });
  return { ...request, answered };
}

function isOver(error: unknown): boolean {
  return isCancellation(error) || error instanceof Withdrawn;
}

function isMisplaced({ request }: OpenGate, decision: AnyDecision, over: Withdrawal): boolean {
  return over.why !== null || misplacedOf(decision, request) !== null;
}

function notOpen({ gateId }: AnyDecision): Error {
  return failure('DecisionRefused', `Gate "${gateId}" is not open any more`);
}

/** `asEver`: one of the former version changes nothing, and is told what was answered. */
function refuseIfAnswered({ request, state }: OpenGate, asEver: boolean): void {
  if (asEver || state.status === 'open') return;
  const why = `Gate "${request.gateId}" is answered already: ${state.status.replace('_', ' ')}`;
  throw failure('DecisionRefused', why);
}

/** One that is over, or what is said beside yes or no and does not count. */
function refuseBeside(gate: OpenGate, decision: unknown, asEver: boolean): void {
  refuseIfAnswered(gate, asEver);
  if (!isDecision(decision)) return;
  const { said } = decision;
  const { question, request } = gate;
  const { refusalOf } = question;
  const why =
    refusalOf === undefined && said.resume !== undefined
      ? `Nothing is resumed by "${request.gateId}": it is answered by yes or no`
      : (refusalOf?.(said) ?? null);
  if (why !== null) throw failure('DecisionRefused', why);
}

/** An answer that came with the crash that ends the question was an answer. */
function answerOf({ status }: GateState): 'approved' | 'rejected' | null {
  return status === 'approved' || status === 'rejected' ? status : null;
}

function refuseIfLate(gate: OpenGate, decision: AnyDecision): void {
  const why = latenessOf(gate.request, Date.now());
  if (why === null) return;
  gate.state = afterLateAnswer(gate.state);
  keepLate(gate.record, decision, why);
  throw failure('DecisionRefused', why);
}

function receiptOf({ request, state }: OpenGate): DecisionReceipt {
  const { gateId, quorum } = request;
  const answer = answerOf(state);
  if (answer !== null) return { status: answer, gateId };
  const approvals = state.status === 'open' ? state.approvals.length : 0;
  return { status: 'counted', gateId, approvals, quorum };
}

function gateFor(
  question: Question,
  options: GateOptions,
  { approvers, market }: Gathered,
): OpenGate {
  const { kind } = question;
  const rules = rulesFor(kind, options.policy);
  const opening = { kind, rules, approvers, openedAtMs: Date.now() };
  const situation = market === null ? {} : { situation: options.situate({ ...opening, market }) };
  const evidence = { ...question.evidence, ...situation };
  const request = requestFor({ ...question, evidence }, rules, options);
  const state: GateState = { status: 'open', approvals: [] };
  return { question, request, rules, record: recordOfGate(request), state, approvers };
}

/** Waits for the answer, or until the gate has expired. */
async function settled(
  gate: OpenGate,
  byClock: () => boolean,
  options: Pick<GateOptions, 'condition' | 'onChange' | 'former'> & { over: Withdrawal },
): Promise<void> {
  const { request } = gate;
  const answered = () => gate.state.status !== 'open' || options.over.why !== null;
  for (let told = 0; ; told += 1) {
    const next = nextNotice(gate.rules, told);
    if (next === null) return options.condition(answered);
    const summary = waitingSummary(request);
    const afterMs = Math.max(1, waitMs(next, request, { byClock, former: options.former }));
    if (await options.condition(answered, afterMs, { summary })) return;
    if (next.kind === 'expiry') break;
    options.onChange(next.kind === 'escalation' ? 'escalated' : 'reminder', request);
  }
  options.onChange('expired', request);
  gate.state = afterExpiry(gate.state);
}

/** A worker that was away at the reminder makes the gate live no longer, whatever is still to be told. */
function waitMs(
  { kind, afterMs }: GateNotice,
  { expiresAtMs }: GateRequest,
  { byClock, former }: { byClock: () => boolean; former: boolean },
): number {
  if (expiresAtMs === null) return afterMs;
  const leftMs = expiresAtMs - Date.now();
  if (kind === 'expiry') return byClock() ? leftMs : afterMs;
  return former ? afterMs : Math.min(afterMs, leftMs);
}
