/**
 * Decisions of the former version, which count in recoveries begun by it and nowhere else: they
 * cover gate, attempt, evidence, answer, reason and time, not all that was shown.
 */
import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { canonicalJson } from '../content/canonical.js';
import { edwardsHolds } from './keys/sshsig.js';

const Content = z.object({
  gateId: z.string().min(1),
  attempt: z.number().int().positive(),
  evidenceHash: z.string().regex(/^[0-9a-f]{64}$/),
  answer: z.enum(['approve', 'reject']),
  reason: z.string().trim().min(1, 'a reason is required, for approving and for rejecting'),
  approver: z.string().min(1),
  decidedAtMs: z.number().int().positive(),
});
export type FormerContent = z.infer<typeof Content>;

export const FormerDecision = Content.extend({
  signature: z.string().regex(/^[0-9a-f]{128}$/, 'must be an Ed25519 signature: 128 hex digits'),
});
export type FormerDecision = z.infer<typeof FormerDecision>;

function formerBytes(content: FormerContent): Uint8Array {
  return utf8ToBytes(`relight-decision-v1\n${canonicalJson(Content.parse(content))}`);
}

export function signFormerDecision(content: FormerContent, privateKeyHex: string): FormerDecision {
  const signature = ed25519.sign(formerBytes(content), hexToBytes(privateKeyHex));
  return { ...content, signature: bytesToHex(signature) };
}

export function formerHolds(decision: FormerDecision, publicKeyHex: string): boolean {
  const { signature, ...content } = decision;
  try {
    return edwardsHolds(hexToBytes(publicKeyHex), hexToBytes(signature), formerBytes(content));
  } catch {
    return false; // a malformed point is a signature that does not hold
  }
}
