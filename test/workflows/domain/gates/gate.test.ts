/** Which signed decisions count for a gate, and which are refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { digestOf } from '../../../../workflows/domain/content/canonical.js';
import {
  publicKeyOf,
  refusalOf,
  signDecision,
  SignedDecision,
  type DecisionContent,
  type GateRequest,
} from '../../../../workflows/domain/gates/gate.js';
import type { Approver } from '../../../../workflows/domain/gates/approver.js';

const ANNA_KEY = '11'.repeat(32);
const BORIS_KEY = '22'.repeat(32);

const APPROVERS: Approver[] = [
  { name: 'anna', roles: ['risk', 'ops'], publicKey: publicKeyOf(ANNA_KEY) },
  { name: 'boris', roles: ['audit'], publicKey: publicKeyOf(BORIS_KEY) },
];

const GATE: GateRequest = {
  gateId: 'maker/maker-e3/exposure',
  kind: 'exposure',
  attempt: 2,
  question: 'Resume?',
  onApprove: 'trading resumes',
  onReject: 'the engine stays stopped',
  evidence: { exposure: '1200000' },
  evidenceHash: digestOf({ exposure: '1200000' }),
  roles: ['ops', 'risk'],
  quorum: 1,
  openedAtMs: 1000,
  expiresAtMs: null,
};

const CONTENT: DecisionContent = {
  gateId: GATE.gateId,
  attempt: 2,
  evidenceHash: GATE.evidenceHash,
  answer: 'approve',
  reason: 'known hedge',
  approver: 'anna',
  decidedAtMs: 2000,
};

function decision(change: Partial<DecisionContent> = {}, key = ANNA_KEY): SignedDecision {
  return signDecision({ ...CONTENT, ...change }, key);
}

const SIGNED = decision();

function refusal(signed: SignedDecision, gate: GateRequest | null = GATE): string {
  return refusalOf(signed, gate, APPROVERS) ?? 'counts';
}

test('a decision signed over this gate, attempt and evidence counts', () => {
  assert.equal(refusal(SIGNED), 'counts');
  assert.equal(refusal(decision({ answer: 'reject' })), 'counts');
});

test('a signed decision survives the wire', () => {
  const wired = SignedDecision.parse(JSON.parse(JSON.stringify(SIGNED)));
  assert.equal(refusal(wired), 'counts');
});

test('nothing counts where no gate is open', () => {
  assert.match(refusal(SIGNED, null), /No open gate/);
});

const MISMATCHES: readonly [string, Partial<DecisionContent>, RegExp][] = [
  ['another gate', { gateId: 'maker/maker-e3/volatility' }, /The open gate is/],
  ['an earlier attempt', { attempt: 1 }, /at attempt 2; the decision is for 1/],
  ['other evidence', { evidenceHash: digestOf({ exposure: '1' }) }, /evidence has changed/],
  ['nobody we know', { approver: 'carl' }, /not among the configured approvers/],
];

for (const [what, change, because] of MISMATCHES) {
  test(`a decision well signed, but by or for ${what}, is refused`, () => {
    assert.match(refusal(decision(change)), because);
  });
}

test('a decision is not taken to a later attempt or to new evidence', () => {
  assert.match(refusal(SIGNED, { ...GATE, attempt: 3 }), /attempt 3/);
  const evidenceHash = digestOf({ exposure: '1300000' });
  assert.match(refusal(SIGNED, { ...GATE, evidenceHash }), /evidence has changed/);
});

test('a person without the role is refused, although the signature holds', () => {
  const signed = decision({ approver: 'boris' }, BORIS_KEY);
  assert.match(refusal(signed), /has roles audit; the gate asks for ops or risk/);
  assert.equal(refusal(signed, { ...GATE, roles: ['audit'] }), 'counts');
});

test("a decision signed with another person's key is refused", () => {
  assert.match(refusal(decision({}, BORIS_KEY)), /does not hold for the key of "anna"/);
});

test('a gate that asks for no role lets nobody through', () => {
  assert.match(refusal(SIGNED, { ...GATE, roles: [] }), /the gate asks for/);
});

const ALTERED: readonly [keyof DecisionContent, Partial<DecisionContent>][] = [
  ['gateId', { gateId: `${GATE.gateId}x` }],
  ['attempt', { attempt: 3 }],
  ['evidenceHash', { evidenceHash: digestOf('other') }],
  ['answer', { answer: 'reject' }],
  ['reason', { reason: 'known hedge!' }],
  ['approver', { approver: 'boris' }],
  ['decidedAtMs', { decidedAtMs: 2001 }],
];

/** The gate follows the alteration, so that the signature alone can refuse. */
for (const [field, change] of ALTERED) {
  test(`a signed decision whose ${field} was changed is refused by its signature`, () => {
    const altered = { ...SIGNED, ...change };
    const { gateId, attempt, evidenceHash } = altered;
    const gate = { ...GATE, gateId, attempt, evidenceHash, roles: ['ops', 'audit'] };
    assert.match(refusal(altered, gate), /signature does not hold/);
  });
}

test('a text changed anywhere in the reason is refused', () => {
  const reasons = fc.string({ minLength: 1 }).filter((text) => text.trim() !== CONTENT.reason);
  fc.assert(
    fc.property(reasons, (reason) => refusal({ ...SIGNED, reason }) !== 'counts'),
    { numRuns: 100, seed: 20_261_126 },
  );
});

test('a signature with any digit changed is refused', () => {
  fc.assert(
    fc.property(fc.nat({ max: 127 }), fc.integer({ min: 1, max: 15 }), (at, step) => {
      const digit = (Number.parseInt(SIGNED.signature[at] ?? '0', 16) + step) % 16;
      const { signature: s } = SIGNED;
      const signature = s.slice(0, at) + digit.toString(16) + s.slice(at + 1);
      assert.match(refusal({ ...SIGNED, signature }), /does not hold/);
    }),
    { numRuns: 100, seed: 20_261_126 },
  );
});

for (const signature of ['', 'zz', '00'.repeat(64), 'ff'.repeat(64)]) {
  test(`a signature of ${signature.slice(0, 8) || 'nothing'} is refused without a throw`, () => {
    assert.match(refusal({ ...SIGNED, signature }), /does not hold/);
  });
}

test('a malformed key of an approver holds for nothing', () => {
  const broken: Approver[] = [{ name: 'anna', roles: ['ops'], publicKey: 'ff'.repeat(32) }];
  assert.match(refusalOf(SIGNED, GATE, broken) ?? '', /does not hold/);
});

test('a reason is required, for approving and for rejecting', () => {
  for (const reason of ['', '   ']) {
    assert.throws(() => decision({ reason }));
    assert.throws(() => decision({ reason, answer: 'reject' }));
    assert.notEqual(refusal({ ...SIGNED, reason }), 'counts');
  }
});
