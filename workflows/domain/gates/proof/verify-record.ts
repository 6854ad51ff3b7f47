/**
 * Proves the decisions in a recovery's record, without any server: that each was signed over what
 * the record says was shown, that the rules of its gate were kept, and that none is missing.
 *
 * Invariants: what was compared with nothing is called unverified, never verified; whoever rewrites
 * the whole file with keys of their own is found by the configured approvers, and by the hash of the
 * chain that people were told at the end.
 */
import { digestOf } from '../../content/canonical.js';
import type { Approver } from '../approver.js';
import { chainStart, linked } from '../chain.js';
import { signerOf } from '../decision.js';
import { CLOCKS_DIFFER_MS } from '../gate.js';
import { KeptRecord, type Kept, type KeptGate } from './kept-record.js';
import { verifyFormer, verifyKept, type Found } from './verify-decision.js';
import { verifyTold } from './verify-told.js';

interface GateProof {
  gateId: string;
  attempt: number;
  outcome: KeptGate['outcome'];
  status: Found['status'];
  says: string[];
}

export interface RecordProof {
  status: Found['status'];
  incidentId: string;
  gates: GateProof[];
  /** Of all decisions together. */
  chain: Found;
  /** Ticks of the checklist and orders to the ramp; missing where there were none. */
  told?: Found;
}

/** `approvers`: as configured, or null to take the keys that stand in the record. Throws `ZodError`. */
export function verifyRecord(given: unknown, approvers: readonly Approver[] | null): RecordProof {
  const record = KeptRecord.parse(given);
  const gates = record.gates.map((gate) => verifyGate(gate, record, approvers));
  const chain = verifyChain(record);
  const told = record.told === undefined ? null : verifyTold(record, record.told, approvers);
  const status = worstOf([chain, ...gates, ...(told === null ? [] : [told])]);
  const { incidentId } = record;
  return { status, incidentId, gates, chain, ...(told !== null && { told }) };
}

function worstOf(found: readonly { status: Found['status'] }[]): Found['status'] {
  const all = found.map(({ status }) => status);
  if (all.includes('failed')) return 'failed';
  return all.includes('unverified') ? 'unverified' : 'verified';
}

function verifyGate(
  gate: KeptGate,
  record: KeptRecord,
  approvers: readonly Approver[] | null,
): GateProof {
  const decisions = gate.decisions.map((kept) =>
    gate.shown === undefined || kept.proof === undefined
      ? verifyFormer(gate, kept, approvers)
      : verifyKept(gate, kept, approvers),
  );
  const found = [...verifyShown(gate, record), ...decisions, verifyOutcome(gate)];
  const { gateId, attempt, outcome } = gate;
  const said = found.flatMap((one) => one.says);
  return { gateId, attempt, outcome, status: worstOf(found), says: said };
}

function verifyShown(gate: KeptGate, record: KeptRecord): Found[] {
  const { shown, evidence } = gate;
  if (shown === undefined) {
    return [{ status: 'unverified', says: ['what was shown is not in the record'] }];
  }
  const of = (about: KeptGate | typeof shown) => {
    const { gateId, kind, attempt, question, openedAtMs } = about;
    return digestOf({ gateId, kind, attempt, question, openedAtMs });
  };
  const isOther = of(gate) !== of(shown) || record.workflowId !== shown.workflowId;
  const hash = evidence === undefined ? null : digestOf(evidence);
  return [
    ...(isOther ? [failed('its own fields are not those that were shown')] : []),
    hash === null
      ? { status: 'unverified', says: ['the evidence is not in the record'] }
      : hash === shown.evidenceHash && (gate.evidenceHash ?? hash) === hash
        ? { status: 'verified', says: ['evidence as it was shown'] }
        : failed('the evidence is not what was shown'),
  ];
}

function failed(says: string): Found {
  return { status: 'failed', says: [says] };
}

/** The outcome must be what the decisions make of the rules that were shown. */
function verifyOutcome(gate: KeptGate): Found {
  const { decisions, shown } = gate;
  if (shown === undefined) {
    return { status: 'unverified', says: ['its rules are not in the record'] };
  }
  const rejected = decisions.some(({ answer }) => answer === 'reject');
  const approvals = peopleOf(decisions.filter(({ answer }) => answer === 'approve'));
  const approved = !rejected && approvals >= shown.quorum;
  const fault = outcomeFault(gate, shown, { rejected, approved });
  const counted = `${approvals} of ${shown.quorum} approvals, of role ${shown.roles.join(' or ')}`;
  if (fault !== null) return failed(`${fault}: ${counted}`);
  if (decisions.length === 0) {
    return { status: 'unverified', says: ['nobody answered: nothing was signed'] };
  }
  return { status: 'verified', says: [rejected ? 'rejected by one' : counted] };
}

function outcomeFault(
  { outcome, closedAtMs, decisions }: KeptGate,
  { openedAtMs, expiresAtMs }: NonNullable<KeptGate['shown']>,
  { rejected, approved }: { rejected: boolean; approved: boolean },
): string | null {
  if ((outcome === 'rejected') !== rejected || (outcome === 'approved') !== approved) {
    return `${outcome}, against the decisions`;
  }
  const closedMs = closedAtMs ?? Infinity;
  if (closedMs < openedAtMs) return 'closed before it was opened';
  const latestMs = closedMs + CLOCKS_DIFFER_MS;
  if (decisions.some(({ decidedAtMs }) => decidedAtMs > latestMs)) return 'closed before an answer';
  const wasLate = expiresAtMs !== null && closedMs >= expiresAtMs;
  return wasLate && (rejected || approved) ? `${outcome} after it had expired` : null;
}

/** Different people with different keys. */
function peopleOf(approvals: readonly Kept[]): number {
  const names = new Set<string>();
  const keys = new Set<string>();
  let people = 0;
  for (const { approver, key } of approvals) {
    const signer = key === undefined ? `name:${approver}` : signerOf(key);
    if (!names.has(approver) && !keys.has(signer)) people += 1;
    names.add(approver);
    keys.add(signer);
  }
  return people;
}

function verifyChain(record: KeptRecord): Found {
  const kept = record.gates.flatMap(({ decisions }) => decisions);
  const chained = kept.filter(({ proof }) => proof !== undefined);
  let previous = chainStart(record);
  for (const decision of chained) {
    const next = hashAfter(previous, decision);
    if (next === null) {
      return failed(`the decision of "${decision.approver}" does not follow the one before it`);
    }
    previous = next;
  }
  const head = record.decisions ?? { count: 0, hash: chainStart(record) };
  const missing = missingAttempt(record.gates);
  if (missing !== null) return failed(missing);
  if (head.count !== chained.length || head.hash !== previous) {
    return failed(`the record speaks of ${head.count} decisions, and has ${chained.length}`);
  }
  return chained.length === 0
    ? { status: 'unverified', says: ['no decision is in the record: nothing was compared'] }
    : { status: 'verified', says: [`${chained.length} decisions, chain ${previous}`] };
}

/** Null where the decision is not whole, or not the next in the chain. */
function hashAfter(previous: string, decision: Kept): string | null {
  const { proof, key, roles, shownHash } = decision;
  if (!proof || !key || !roles || !shownHash) return null;
  const { hash } = linked(previous, { ...decision, proof, key, roles, shownHash });
  return decision.previous === previous && decision.hash === hash ? hash : null;
}

function missingAttempt(gates: readonly KeptGate[]): string | null {
  const seen = new Map<string, number>();
  for (const { gateId, attempt } of gates) {
    if (attempt !== (seen.get(gateId) ?? 0) + 1) {
      return `attempt ${attempt} of "${gateId}" does not follow the one before it`;
    }
    seen.set(gateId, attempt);
  }
  return null;
}
