/**
 * A gate: one question to people, and the signed decisions that answer it.
 *
 * Invariants: a decision counts only if its signature holds over this gate, attempt and evidence;
 * reject wins; one person counts once; a gate that expires never approves.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { hexToBytes, bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { canonicalJson } from '../content/canonical.js';
import type { Approver } from './approver.js';

export const GateKind = z.enum([
  'automatic_recovery',
  'venues_unreadable',
  'discrepancies',
  'unknown_orders',
  'foreign_orders',
  'stale_orders',
  'unprotected_positions',
  'risk_limits',
  'exposure',
  'volatility',
  'market_closed',
  'ramp',
  'manual_recovery',
]);
export type GateKind = z.infer<typeof GateKind>;

export interface GateRequest {
  gateId: string;
  kind: GateKind;
  attempt: number;
  question: string;
  /** What approving and rejecting each lead to, in words. */
  onApprove: string;
  onReject: string;
  evidence: Record<string, unknown>;
  evidenceHash: string;
  roles: string[];
  quorum: number;
  openedAtMs: number;
  expiresAtMs: number | null;
}

export const DecisionContent = z.object({
  gateId: z.string().min(1),
  attempt: z.number().int().positive(),
  evidenceHash: z.string().regex(/^[0-9a-f]{64}$/),
  answer: z.enum(['approve', 'reject']),
  reason: z.string().trim().min(1, 'a reason is required, for approving and for rejecting'),
  approver: z.string().min(1),
  decidedAtMs: z.number().int().positive(),
});
export type DecisionContent = z.infer<typeof DecisionContent>;

export const SignedDecision = DecisionContent.extend({
  signature: z.string().regex(/^[0-9a-f]{128}$/, 'must be an Ed25519 signature: 128 hex digits'),
});
export type SignedDecision = z.infer<typeof SignedDecision>;

export type GateState =
  | { status: 'open'; approvals: SignedDecision[] }
  | { status: 'approved'; approvals: SignedDecision[] }
  | { status: 'rejected'; by: SignedDecision }
  | { status: 'expired' };

/** The bytes that are signed: a fixed prefix keeps a signature from meaning anything elsewhere. */
function decisionBytes(content: DecisionContent): Uint8Array {
  return utf8ToBytes(`relight-decision-v1\n${canonicalJson(DecisionContent.parse(content))}`);
}

export function signDecision(content: DecisionContent, privateKeyHex: string): SignedDecision {
  const signature = ed25519.sign(decisionBytes(content), hexToBytes(privateKeyHex));
  return { ...content, signature: bytesToHex(signature) };
}

export function publicKeyOf(privateKeyHex: string): string {
  return bytesToHex(ed25519.getPublicKey(hexToBytes(privateKeyHex)));
}

/** Why a decision is refused, in words for the person who sent it; null where it counts. */
export function refusalOf(
  decision: SignedDecision,
  gate: GateRequest | null,
  approvers: readonly Approver[],
): string | null {
  if (gate === null)
    return `No open gate "${decision.gateId}": it is answered, expired or never was`;
  return mismatchOf(decision, gate) ?? personRefusal(decision, gate, approvers);
}

/** Why a decision is not for this gate as it was shown; null where it is. Looks at no signature. */
export function mismatchOf(decision: SignedDecision, gate: GateRequest): string | null {
  if (decision.gateId !== gate.gateId) {
    return `The open gate is "${gate.gateId}", not "${decision.gateId}"`;
  }
  if (decision.attempt !== gate.attempt) {
    return `Gate "${gate.gateId}" is at attempt ${gate.attempt}; the decision is for ${decision.attempt}`;
  }
  return decision.evidenceHash === gate.evidenceHash
    ? null
    : 'The evidence has changed since it was shown: look again, then decide';
}

function personRefusal(
  decision: SignedDecision,
  gate: GateRequest,
  approvers: readonly Approver[],
): string | null {
  const person = approvers.find(({ name }) => name === decision.approver);
  if (person === undefined) return `"${decision.approver}" is not among the configured approvers`;
  if (!person.roles.some((role) => gate.roles.includes(role))) {
    return `"${person.name}" has roles ${person.roles.join(', ')}; the gate asks for ${gate.roles.join(' or ')}`;
  }
  return signatureHolds(decision, person.publicKey)
    ? null
    : `The signature does not hold for the key of "${person.name}"`;
}

function signatureHolds(decision: SignedDecision, publicKeyHex: string): boolean {
  const { signature, ...content } = decision;
  try {
    return ed25519.verify(hexToBytes(signature), decisionBytes(content), hexToBytes(publicKeyHex));
  } catch {
    return false; // a malformed point is a signature that does not hold
  }
}

/** A decision without what came along with it unsigned: for the record. */
export function signedParts(decision: SignedDecision): SignedDecision {
  const { gateId, attempt, evidenceHash, answer, reason, approver, decidedAtMs } = decision;
  const { signature } = decision;
  return { gateId, attempt, evidenceHash, answer, reason, approver, decidedAtMs, signature };
}

/** The state after one more decision that was not refused. */
export function afterDecision(
  state: GateState,
  decision: SignedDecision,
  quorum: number,
): GateState {
  if (state.status !== 'open') return state;
  if (decision.answer === 'reject') return { status: 'rejected', by: decision };
  const approvals = [
    ...state.approvals.filter(({ approver }) => approver !== decision.approver),
    decision,
  ];
  return { status: approvals.length >= quorum ? 'approved' : 'open', approvals };
}

export function afterExpiry(state: GateState): GateState {
  return state.status === 'open' ? { status: 'expired' } : state;
}
