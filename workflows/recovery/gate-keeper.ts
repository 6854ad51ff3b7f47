/**
 * Gates in a workflow: opens one at a time, verifies each decision, reminds, expires.
 *
 * Invariants: a refused decision changes nothing and is told why; an expired gate never approves;
 * a gate that its recovery leaves behind (the engine crashed again) is withdrawn, so that a late
 * answer meets a clear refusal.
 */
import { condition, isCancellation, log } from '@temporalio/workflow';
import { digestOf } from '../domain/content/canonical.js';
import {
  afterDecision,
  afterExpiry,
  refusalOf,
  type GateKind,
  type GateRequest,
  type GateState,
  type SignedDecision,
} from '../domain/gates/gate.js';
import type { Approver } from '../domain/gates/approver.js';
import type { RecoveryPolicy } from '../domain/policy/policy.js';
import type { GateRecord } from '../domain/record.js';
import { failure } from '../failure.js';
import { gateIdOf } from '../ids.js';
import type { DecisionReceipt } from '../messages.js';

export interface Question {
  kind: GateKind;
  question: string;
  onApprove: string;
  onReject: string;
  evidence: Record<string, unknown>;
  /** A manual checklist waits as long as it takes. */
  expires?: boolean;
}

export type Answer = 'approved' | 'rejected' | 'expired';

export interface GateKeeper {
  ask(question: Question): Promise<Answer>;
  /** Throws, synchronously, why a decision does not count: for update validators. */
  validate(decision: SignedDecision): void;
  decide(decision: SignedDecision): DecisionReceipt;
  open(): GateRequest | null;
}

interface GateOptions {
  incidentId: string;
  approvers: readonly Approver[];
  policy: RecoveryPolicy['gates'];
  records: GateRecord[];
  /** Called when a gate opens, when it waits for long, and when it closes. */
  onChange(change: 'opened' | 'reminder' | 'closed', gate: GateRequest): void;
}

export function createGateKeeper(options: GateOptions): GateKeeper {
  let current: { request: GateRequest; state: GateState; record: GateRecord } | null = null;

  function validate(decision: SignedDecision): void {
    const refusal = refusalOf(decision, current?.request ?? null, options.approvers);
    if (refusal !== null) throw failure('DecisionRefused', refusal);
  }

  function decide(decision: SignedDecision): DecisionReceipt {
    validate(decision);
    if (current === null) throw failure('DecisionRefused', 'No open gate');
    const { request, record } = current;
    current.state = afterDecision(current.state, decision, request.quorum);
    const { approver, answer, reason, decidedAtMs } = decision;
    const told = record.decisions.some(
      (known) => known.approver === approver && known.decidedAtMs === decidedAtMs,
    );
    if (!told) record.decisions.push({ approver, answer, reason, decidedAtMs });
    const { status } = current.state;
    if (status === 'approved' || status === 'rejected') return { status, gateId: request.gateId };
    const approvals = current.state.status === 'open' ? current.state.approvals.length : 0;
    return { status: 'counted', gateId: request.gateId, approvals, quorum: request.quorum };
  }

  async function ask(question: Question): Promise<Answer> {
    const request = requestFor(question, options);
    const record: GateRecord = recordOf(request);
    const mine = { request, record, state: { status: 'open', approvals: [] } as GateState };
    options.records.push(record);
    current = mine;
    options.onChange('opened', request);
    try {
      await settled(mine, () => options.onChange('reminder', request), options.policy);
      record.outcome = mine.state.status;
      return mine.state.status === 'open' ? 'expired' : mine.state.status;
    } catch (error) {
      if (isCancellation(error)) record.outcome = 'withdrawn';
      throw error;
    } finally {
      record.closedAtMs = Date.now();
      current = null;
      options.onChange('closed', request);
    }
  }

  return { ask, validate, decide, open: () => current?.request ?? null };
}

/** Waits for the answer; reminds once; expires where the gate has an expiry. */
async function settled(
  gate: { request: GateRequest; state: GateState },
  remind: () => void,
  policy: RecoveryPolicy['gates'],
): Promise<void> {
  const answered = () => gate.state.status !== 'open';
  const { expiresAtMs, openedAtMs, kind } = gate.request;
  const lifeMs = expiresAtMs === null ? null : expiresAtMs - openedAtMs;
  const untilReminder =
    lifeMs === null ? policy.remindAfterMs : Math.min(policy.remindAfterMs, lifeMs);
  if (await condition(answered, untilReminder, { summary: `${kind}: until the reminder` })) return;
  if (lifeMs === null) {
    remind();
    await condition(answered);
    return;
  }
  if (lifeMs > untilReminder) {
    remind();
    const rest = lifeMs - untilReminder;
    if (await condition(answered, rest, { summary: `${kind}: until it expires` })) return;
  }
  log.warn('gate expired', { gateId: gate.request.gateId });
  gate.state = afterExpiry(gate.state);
}

function requestFor(question: Question, options: GateOptions): GateRequest {
  const { kind, evidence, onApprove, onReject } = question;
  const openedAtMs = Date.now();
  return {
    gateId: gateIdOf(options.incidentId, kind),
    kind,
    attempt: options.records.filter((record) => record.kind === kind).length + 1,
    question: question.question,
    onApprove,
    onReject,
    evidence,
    evidenceHash: digestOf(evidence),
    roles: options.policy.roles,
    quorum: options.policy.quorum,
    openedAtMs,
    expiresAtMs: question.expires === false ? null : openedAtMs + options.policy.expiresAfterMs,
  };
}

function recordOf(request: GateRequest): GateRecord {
  const { gateId, kind, attempt, question, openedAtMs } = request;
  return {
    gateId,
    kind,
    attempt,
    question,
    openedAtMs,
    closedAtMs: null,
    outcome: 'open',
    decisions: [],
  };
}
