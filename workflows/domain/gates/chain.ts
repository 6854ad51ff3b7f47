/**
 * The chain of an incident's decisions: each is bound to all before it, so that one taken out, put
 * in or moved is found.
 */
import { digestOf } from '../content/canonical.js';
import { saidOf, type Proof, type Said } from './decision.js';
import type { ApproverKey } from './keys/key.js';

/** A decision as the record keeps it: whole. `shown` is the gate's. */
export interface KeptDecision extends Said {
  proof: Proof;
  /** The approver's own, as it was configured when the decision was judged. */
  key: ApproverKey;
  roles: string[];
  shownHash: string;
  /** Hash of the decision before it, and of this one. */
  previous: string;
  hash: string;
}

export interface ChainHead {
  count: number;
  hash: string;
}

export function chainStart(incident: { incidentId: string; workflowId: string }): string {
  const { incidentId, workflowId } = incident;
  return digestOf({ incidentId, workflowId });
}

/** `previous`: hash of the decision before it, or the start. */
export function linked(
  previous: string,
  decision: Omit<KeptDecision, 'previous' | 'hash'>,
): KeptDecision {
  const { proof, key, roles, shownHash } = decision;
  const bound = { previous, ...saidOf(decision), proof, key, roles, shownHash };
  return { ...bound, hash: digestOf(bound) };
}
