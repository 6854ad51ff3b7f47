/** What a record proves by itself, and every way in which somebody may have changed it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signFormerDecision } from '../../../../workflows/domain/gates/former-decision.js';
import { digestOf } from '../../../../workflows/domain/content/canonical.js';
import type { GateRequest } from '../../../../workflows/domain/gates/gate.js';
import { verifyRecord } from '../../../../workflows/domain/gates/proof/verify-record.js';
import type { GateRecord, RecoveryRecord } from '../../../../workflows/domain/record.js';
import { keepDecision, recordOfGate } from '../../../../workflows/recovery/gates/gate-record.js';
import { APPROVERS, DEAN, OLGA, RITA, sign, type Person } from '../../fakes/people.js';
import { exposureGate, OPENED_AT_MS } from './gate-shown.js';

type Kept = Pick<RecoveryRecord, 'incidentId' | 'workflowId' | 'gates' | 'decisions'>;

const IDS = { incidentId: 'maker/maker-e3', workflowId: 'recovery/maker/maker-e3' };

function answered(
  record: Kept,
  change: Partial<GateRequest>,
  outcome: GateRecord['outcome'],
  ...answers: ['approve' | 'reject', Person][]
): void {
  const gate = exposureGate({ quorum: 2, ...change });
  const kept: GateRecord = { ...recordOfGate(gate), outcome, closedAtMs: OPENED_AT_MS + 90_000 };
  record.gates.push(kept);
  for (const [at, [answer, person]] of answers.entries()) {
    const said = { decidedAtMs: OPENED_AT_MS + 1_000 * (at + 1) };
    const decision = sign(gate, answer, person, { said });
    keepDecision(record as RecoveryRecord, kept, decision, APPROVERS);
  }
}

const VOLATILITY: Partial<GateRequest> = {
  gateId: 'maker/maker-e3/volatility',
  kind: 'volatility',
};

/** Two gates: one approved by two, one rejected. As it comes out of a file. */
function written(): Kept {
  const record: Kept = { ...IDS, gates: [] };
  answered(record, {}, 'approved', ['approve', OLGA], ['approve', RITA]);
  answered(record, VOLATILITY, 'rejected', ['approve', OLGA], ['reject', RITA]);
  return JSON.parse(JSON.stringify(record)) as Kept;
}

function statusOf(record: unknown, approvers: typeof APPROVERS | null = APPROVERS) {
  return verifyRecord(record, approvers).status;
}

test('an honest record is verified, with the configured approvers and without', () => {
  const proof = verifyRecord(written(), APPROVERS);
  assert.deepEqual(
    proof.gates.map(({ status }) => status),
    ['verified', 'verified'],
  );
  assert.equal(proof.chain.status, 'verified');
  assert.match(
    proof.gates[0]?.says.join('\n') ?? '',
    /"olga": signature of a Ed25519 key over all/,
  );
  assert.match(proof.gates[0]?.says.join('\n') ?? '', /2 of 2 approvals/);
  assert.equal(statusOf(written()), 'verified');
  assert.equal(statusOf(written(), null), 'verified');
});

const at = (record: Kept, gate = 0) => record.gates[gate] as GateRecord;
const decisionAt = (record: Kept, gate = 0, decision = 0) =>
  at(record, gate).decisions[decision] as Record<string, unknown>;

const CHANGES: Record<string, (record: Kept) => unknown> = {
  'the answer': (r) => (decisionAt(r, 1, 1)['answer'] = 'approve'),
  'the reason': (r) => (decisionAt(r)['reason'] = 'other'),
  'the person': (r) => (decisionAt(r)['approver'] = 'rita'),
  'the time': (r) => (decisionAt(r)['decidedAtMs'] = OPENED_AT_MS + 5),
  'the roles': (r) => (decisionAt(r)['roles'] = ['dev']),
  'the key': (r) => (decisionAt(r)['key'] = decisionAt(r, 0, 1)['key']),
  'the proof': (r) => (decisionAt(r)['proof'] = decisionAt(r, 0, 1)['proof']),
  'the proof, taken away': (r) => delete decisionAt(r)['proof'],
  'the key, taken away': (r) => delete decisionAt(r)['key'],
  'the question': (r) => (at(r).question = 'Another?'),
  'the question, in both places': (r) => {
    at(r).question = 'Another?';
    if (at(r).shown) Object.assign(at(r).shown as object, { question: 'Another?' });
  },
  'what approving leads to': (r) => Object.assign(at(r).shown as object, { onApprove: 'nothing' }),
  'the quorum': (r) => Object.assign(at(r).shown as object, { quorum: 1 }),
  'the state': (r) => Object.assign(at(r).shown as object, { stateDigest: null }),
  'the evidence': (r) => (at(r).evidence = { exposure: '1' }),
  'the evidence and its hash': (r) => {
    at(r).evidence = { exposure: '1' };
    at(r).evidenceHash = digestOf({ exposure: '1' });
    Object.assign(at(r).shown as object, { evidenceHash: digestOf({ exposure: '1' }) });
  },
  'the outcome to approved': (r) => (at(r, 1).outcome = 'approved'),
  'the outcome to expired': (r) => (at(r).outcome = 'expired'),
  'the closing to after the deadline': (r) => (at(r).closedAtMs = OPENED_AT_MS + 1_800_000),
  'a decision, taken out': (r) => at(r).decisions.pop(),
  'the last decision, taken out': (r) => at(r, 1).decisions.pop(),
  'an approval that changed nothing, taken out': (r) => at(r, 1).decisions.shift(),
  'decisions, put in another order': (r) => at(r).decisions.push(at(r).decisions.shift() as never),
  'a decision, put in twice': (r) => at(r).decisions.push(at(r).decisions[0] as never),
  'a decision, moved to another gate': (r) =>
    at(r, 1).decisions.unshift(at(r).decisions.pop() as never),
  'a gate, taken out': (r) => r.gates.shift(),
  'gates, put in another order': (r) => r.gates.push(r.gates.shift() as GateRecord),
  'the attempt': (r) => (at(r).attempt = 2),
  'the workflow': (r) => (r.workflowId = 'recovery/other'),
  'the head of the chain': (r) => delete r.decisions,
  'the number of decisions': (r) => (r.decisions = { count: 3, hash: r.decisions?.hash ?? '' }),
};

for (const [what, change] of Object.entries(CHANGES)) {
  test(`a record in which somebody changed ${what} fails`, () => {
    const record = written();
    change(record);
    assert.equal(statusOf(record), 'failed');
    assert.equal(statusOf(record, null), 'failed');
  });
}

test('a gate that nobody answered cannot be taken out before its next attempt', () => {
  const record: Kept = { ...IDS, gates: [] };
  answered(record, {}, 'expired');
  answered(record, { attempt: 2 }, 'approved', ['approve', OLGA], ['approve', RITA]);
  assert.equal(statusOf(record), 'unverified');
  record.gates.shift();
  assert.equal(statusOf(record), 'failed');
});

test('a gate that was approved by fewer than its quorum fails', () => {
  const record: Kept = { ...IDS, gates: [] };
  answered(record, {}, 'approved', ['approve', OLGA]);
  assert.equal(statusOf(record), 'failed');
});

test('one who had not the role does not count', () => {
  const record: Kept = { ...IDS, gates: [] };
  answered(record, {}, 'approved', ['approve', OLGA], ['approve', DEAN]);
  assert.equal(statusOf(record), 'failed');
});

test('a record that is signed anew with other keys is found by the configured approvers', () => {
  const forged = (person: Person): Person => ({ ...person, privateKey: '0b'.repeat(32) });
  const [olga, rita] = [forged(OLGA), { ...forged(RITA), privateKey: '0c'.repeat(32) }];
  const record: Kept = { ...IDS, gates: [] };
  const gate = exposureGate({ quorum: 1 });
  const kept: GateRecord = {
    ...recordOfGate(gate),
    outcome: 'approved',
    closedAtMs: OPENED_AT_MS + 9,
  };
  record.gates.push(kept);
  const theirs = [olga, rita].map(({ name, roles, privateKey }) => {
    const signed = sign(gate, 'approve', { name, roles, privateKey });
    const publicKey = signed.proof.kind === 'ed25519' ? signed.proof.publicKey : '';
    return { name, roles, keys: [{ ed25519: publicKey }] };
  });
  const said = { decidedAtMs: OPENED_AT_MS + 5 };
  keepDecision(record as RecoveryRecord, kept, sign(gate, 'approve', olga, { said }), theirs);
  assert.equal(statusOf(record, null), 'verified');
  const proof = verifyRecord(record, APPROVERS);
  assert.equal(proof.status, 'unverified');
  assert.match(proof.gates[0]?.says.join() ?? '', /a key that is not theirs in this configuration/);
});

test('where nothing was signed, nothing is verified', () => {
  const record: Kept = { ...IDS, gates: [] };
  assert.equal(statusOf(record), 'unverified');
  answered(record, { quorum: 1 }, 'expired');
  const proof = verifyRecord(record, APPROVERS);
  assert.deepEqual([proof.status, proof.gates[0]?.status], ['unverified', 'unverified']);
  assert.match(proof.gates[0]?.says.join() ?? '', /nobody answered/);
  at(record).outcome = 'approved';
  assert.equal(statusOf(record), 'failed');
});

test('a record of the former version is verified as far as it goes, and never called more', () => {
  const { gateId, attempt, evidenceHash, kind, question, openedAtMs } = exposureGate();
  const said = {
    answer: 'approve',
    reason: 'r',
    approver: 'olga',
    decidedAtMs: OPENED_AT_MS,
  } as const;
  const signed = signFormerDecision({ gateId, attempt, evidenceHash, ...said }, OLGA.privateKey);
  const gate = {
    gateId,
    attempt,
    evidenceHash,
    kind,
    question,
    openedAtMs,
    closedAtMs: OPENED_AT_MS,
  };
  const record = (decision: object) => ({
    ...IDS,
    gates: [{ ...gate, outcome: 'approved', decisions: [decision] }],
  });
  assert.match(verifyRecord(record(signed), APPROVERS).gates[0]?.says.join() ?? '', /configured/);
  assert.equal(statusOf(record(signed)), 'unverified');
  assert.equal(statusOf(record(signed), null), 'unverified');
  assert.equal(statusOf(record({ ...signed, answer: 'reject' })), 'failed');
  const { signature: _, ...bare } = signed;
  assert.equal(statusOf(record(bare)), 'unverified');
});

for (const nothing of [null, [], {}, { incidentId: 1 }, { ...IDS, gates: [{}] }]) {
  test(`${JSON.stringify(nothing)} is no record`, () => {
    assert.throws(() => verifyRecord(nothing, null), { name: 'ZodError' });
  });
}

test('a key that was revoked later proves what was decided before, and nothing after', () => {
  const decidedAtMs = Number(decisionAt(written())['decidedAtMs']);
  const revokedAt = (ms: number) =>
    APPROVERS.map((person) => ({
      ...person,
      revoked: new Date(ms).toISOString().replace(/\.\d+/, ''),
    }));
  assert.equal(statusOf(written(), revokedAt(decidedAtMs + 3_600_000)), 'verified');
  const proof = verifyRecord(written(), revokedAt(decidedAtMs - 3_600_000));
  assert.equal(proof.status, 'unverified');
  assert.match(proof.gates[0]?.says.join('\n') ?? '', /"olga": Approver "olga" is revoked since/);
});
