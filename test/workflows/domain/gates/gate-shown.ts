/** A gate as people are shown it, for tests that need one. */
import { digestOf } from '../../../../workflows/domain/content/canonical.js';
import type { GateRequest } from '../../../../workflows/domain/gates/gate.js';

export const OPENED_AT_MS = 1_700_000_000_000;

export function exposureGate(change: Partial<GateRequest> = {}): GateRequest {
  const evidence = { exposure: '1200000' };
  return {
    version: 2,
    namespace: 'default',
    workflowId: 'recovery/maker/maker-e3',
    runId: 'run-1',
    gateId: 'maker/maker-e3/exposure',
    kind: 'exposure',
    attempt: 1,
    question: 'Resume?',
    onApprove: 'trading resumes',
    onReject: 'the engine stays stopped',
    evidence,
    evidenceHash: digestOf(evidence),
    stateDigest: 'ab'.repeat(32),
    noStateBecause: null,
    roles: ['ops', 'risk'],
    quorum: 1,
    openedAtMs: OPENED_AT_MS,
    expiresAtMs: OPENED_AT_MS + 1_800_000,
    rulesDigest: 'cd'.repeat(32),
    ...change,
  };
}
