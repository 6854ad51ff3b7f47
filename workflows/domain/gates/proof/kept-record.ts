/**
 * What of a recovery's record proves its decisions, as a file has it: of any version, by anybody.
 *
 * Invariant: where the form is not this one, nothing is verified.
 */
import { z } from 'zod';
import { Resume } from '../resume.js';
import { ApproverKey } from '../keys/key.js';
import { Answer, Proof } from '../decision.js';
import { Told } from '../../steering/instruction.js';
import { GateKind } from '../../content/gate-kind.js';

const Hex64 = z.string().regex(/^[0-9a-f]{64}$/);
const Text = z.string();
const Ms = z.number().int();

const Shown = z.strictObject({
  version: z.literal(2),
  namespace: Text,
  workflowId: Text,
  runId: Text,
  gateId: Text,
  kind: GateKind,
  attempt: z.number().int().positive(),
  question: Text,
  onApprove: Text,
  onReject: Text,
  evidenceHash: Hex64,
  stateDigest: Text.nullable(),
  noStateBecause: Text.nullable(),
  roles: z.array(Text),
  quorum: z.number().int().positive(),
  openedAtMs: Ms,
  expiresAtMs: Ms.nullable(),
  rulesDigest: Text,
});

const Kept = z.object({
  answer: Answer,
  reason: Text,
  approver: Text,
  decidedAtMs: Ms,
  resume: Resume.optional(),
  proof: Proof.optional(),
  key: ApproverKey.optional(),
  roles: z.array(Text).optional(),
  shownHash: Hex64.optional(),
  previous: Hex64.optional(),
  hash: Hex64.optional(),
  // Of the former version.
  gateId: Text.optional(),
  attempt: Ms.optional(),
  evidenceHash: Hex64.optional(),
  signature: Text.optional(),
});
export type Kept = z.infer<typeof Kept>;

const Gate = z.object({
  gateId: Text,
  kind: GateKind,
  attempt: z.number().int().positive(),
  question: Text,
  openedAtMs: Ms,
  closedAtMs: Ms.nullable(),
  outcome: z.enum(['open', 'approved', 'rejected', 'expired', 'withdrawn']),
  evidenceHash: Hex64.optional(),
  shown: Shown.optional(),
  evidence: z.record(z.string(), z.unknown()).optional(),
  decisions: z.array(Kept),
});
export type KeptGate = z.infer<typeof Gate>;

export const KeptRecord = z.object({
  incidentId: Text,
  workflowId: Text,
  gates: z.array(Gate),
  decisions: z.object({ count: z.number().int().positive(), hash: Hex64 }).optional(),
  told: z
    .object({
      kept: z.array(
        z.object({
          told: Told,
          proof: Proof,
          key: ApproverKey,
          roles: z.array(Text),
          previous: Hex64,
          hash: Hex64,
        }),
      ),
      hash: Hex64,
    })
    .optional(),
});
export type KeptRecord = z.infer<typeof KeptRecord>;
