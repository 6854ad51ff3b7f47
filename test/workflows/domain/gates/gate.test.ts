/** Which decisions count for a gate, and which are refused: all that was shown is signed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { digestOf } from '../../../../workflows/domain/content/canonical.js';
import {
  checkCodeOf,
  Decision,
  publicKeyOf,
  shownHashOf,
  signDecision,
  type Said,
} from '../../../../workflows/domain/gates/decision.js';
import { refusalOfAny } from '../../../../workflows/domain/gates/any-decision.js';
import { signFormerDecision } from '../../../../workflows/domain/gates/former-decision.js';
import { refusalOf, type GateRequest } from '../../../../workflows/domain/gates/gate.js';
import type { Approver } from '../../../../workflows/domain/gates/approver.js';
import { exposureGate, OPENED_AT_MS } from './gate-shown.js';

const ANNA_KEY = '11'.repeat(32);
const BORIS_KEY = '22'.repeat(32);
const OPENED = OPENED_AT_MS;
const EXPIRES = OPENED + 1_800_000;
const NOW = OPENED + 60_000;
const RUNS = { numRuns: 100, seed: 20_261_126 };

const APPROVERS: Approver[] = [
  { name: 'anna', roles: ['risk', 'ops'], keys: [{ ed25519: publicKeyOf(ANNA_KEY) }] },
  { name: 'boris', roles: ['audit'], keys: [{ ed25519: publicKeyOf(BORIS_KEY) }] },
];

const GATE = exposureGate({ attempt: 2 });

const SAID: Said = {
  answer: 'approve',
  reason: 'known hedge',
  approver: 'anna',
  decidedAtMs: OPENED + 30_000,
};

function decision(said: Partial<Said> = {}, key = ANNA_KEY, gate: Partial<GateRequest> = {}) {
  return signDecision({ ...GATE, ...gate }, { ...SAID, ...said }, key);
}

const SIGNED = decision();

function refusal(signed: Decision, gate: GateRequest | null = GATE, nowMs = NOW): string {
  return refusalOf(signed, { gate, approvers: APPROVERS, nowMs })?.why ?? 'counts';
}

test('a decision signed over all that was shown counts', () => {
  assert.equal(refusal(SIGNED), 'counts');
  assert.equal(refusal(decision({ answer: 'reject' })), 'counts');
});

test('a signed decision survives the wire', () => {
  assert.equal(refusal(Decision.parse(JSON.parse(JSON.stringify(SIGNED)))), 'counts');
});

test('nothing counts where no gate is open', () => {
  assert.match(refusal(SIGNED, null), /No open gate/);
});

const OTHER_SHOWN: { [Field in keyof GateRequest]?: GateRequest[Field] } = {
  namespace: 'staging',
  workflowId: 'recovery/maker/maker-e4',
  runId: 'run-2',
  gateId: 'maker/maker-e3/volatility',
  kind: 'volatility',
  attempt: 1,
  question: 'Resume, please?',
  onApprove: 'nothing happens',
  onReject: 'all is sold',
  evidenceHash: digestOf({ exposure: '1' }),
  stateDigest: null,
  noStateBecause: 'none',
  roles: ['ops'],
  quorum: 2,
  openedAtMs: OPENED + 1,
  expiresAtMs: EXPIRES + 1,
  rulesDigest: 'ef'.repeat(32),
};

test('every field that is shown is one of these, the evidence by its hash', () => {
  const fields = Object.keys(GATE).filter((field) => !['version', 'evidence'].includes(field));
  assert.deepEqual(Object.keys(OTHER_SHOWN).toSorted(), fields.toSorted());
});

for (const [field, value] of Object.entries(OTHER_SHOWN)) {
  test(`a decision well signed over another ${field} is refused, and so are its parts`, () => {
    const other = decision({}, ANNA_KEY, { [field]: value });
    assert.notEqual(refusal(other), 'counts');
    const { gateId, attempt, shownHash } = SIGNED;
    const dressed = { ...other, gateId, attempt, shownHash };
    assert.match(refusal(dressed), /signature does not hold/);
    assert.notEqual(shownHashOf({ ...GATE, [field]: value }), shownHashOf(GATE));
    assert.notEqual(checkCodeOf({ ...GATE, [field]: value }), checkCodeOf(GATE));
  });
}

test('a decision is not taken to a later attempt or to new evidence', () => {
  assert.match(refusal(SIGNED, { ...GATE, attempt: 3 }), /attempt 3/);
  const evidenceHash = digestOf({ exposure: '1300000' });
  assert.match(refusal(SIGNED, { ...GATE, evidenceHash }), /what is asked, has changed/);
});

test('who is not configured, or has not the role, is refused although the signature holds', () => {
  assert.match(refusal(decision({ approver: 'carl' })), /not among the configured approvers/);
  const signed = decision({ approver: 'boris' }, BORIS_KEY);
  assert.match(refusal(signed), /has roles audit; the gate asks for ops or risk/);
  const audited = { ...GATE, roles: ['audit'] };
  const asAuditor = signDecision(audited, { ...SAID, approver: 'boris' }, BORIS_KEY);
  assert.equal(refusal(asAuditor, audited), 'counts');
});

test("a decision signed with another person's key is refused", () => {
  assert.match(refusal(decision({}, BORIS_KEY)), /by a key that is none of "anna"/);
  const dressed = decision({}, BORIS_KEY);
  const proof = { ...dressed.proof, publicKey: publicKeyOf(ANNA_KEY) };
  assert.match(refusal({ ...dressed, proof }), /signature does not hold/);
});

test('a gate that asks for no role lets nobody through', () => {
  assert.match(refusal(SIGNED, { ...GATE, roles: [] }), /the gate asks for/);
});

const OTHER_SAID: Partial<Said>[] = [
  { answer: 'reject' },
  { reason: 'known hedge!' },
  { decidedAtMs: SAID.decidedAtMs + 1 },
];

for (const change of OTHER_SAID) {
  test(`a decision whose ${Object.keys(change).join()} was changed is refused`, () => {
    const altered = { ...SIGNED, said: { ...SIGNED.said, ...change } };
    assert.match(refusal(altered), /signature does not hold/);
  });
}

test('a signature with any digit changed is refused', () => {
  const { signature: s } = SIGNED.proof;
  fc.assert(
    fc.property(fc.nat({ max: 127 }), fc.integer({ min: 1, max: 15 }), (at, step) => {
      const digit = (Number.parseInt(s[at] ?? '0', 16) + step) % 16;
      const signature = s.slice(0, at) + digit.toString(16) + s.slice(at + 1);
      assert.match(refusal({ ...SIGNED, proof: { ...SIGNED.proof, signature } }), /does not hold/);
    }),
    RUNS,
  );
});

test('one signature that holds for every message under keys of small order holds for none', () => {
  const weak = ['00'.repeat(32), `01${'00'.repeat(31)}`, `ecff${'ff'.repeat(29)}7f`];
  for (const publicKey of weak) {
    const approvers: Approver[] = [
      { name: 'anna', roles: ['ops'], keys: [{ ed25519: publicKey }] },
    ];
    for (const signature of ['00'.repeat(64), `01${'00'.repeat(63)}`]) {
      const proof = { kind: 'ed25519', publicKey, signature } as const;
      const forged = { ...SIGNED, proof };
      const found = refusalOf(forged, { gate: GATE, approvers, nowMs: NOW });
      assert.match(found?.why ?? 'counts', /does not hold/, publicKey);
    }
  }
});

test('one key under two names answers for neither', () => {
  const shared = [...APPROVERS, { ...(APPROVERS[0] as Approver), name: 'anton' }];
  const found = refusalOf(SIGNED, { gate: GATE, approvers: shared, nowMs: NOW });
  assert.match(found?.why ?? 'counts', /"anton" and "anna" have the same key/);
});

test('the former way to write a key is understood', () => {
  const approvers: Approver[] = [
    { name: 'anna', roles: ['ops'], publicKey: publicKeyOf(ANNA_KEY) },
  ];
  assert.equal(refusalOf(SIGNED, { gate: GATE, approvers, nowMs: NOW }), null);
});

const MINUTES = 60_000;

for (const [what, decidedAtMs, nowMs, because] of [
  ['in 1970', 1, NOW, /before the gate was opened/],
  ['in a year that is no date', 9e15, NOW, /the gate expired/],
  ['three minutes before the opening', OPENED - 3 * MINUTES, NOW, /before the gate was opened/],
  ['three minutes from now', NOW + 3 * MINUTES, NOW, /set the clock/],
  ['at the deadline', EXPIRES, EXPIRES - 1, /the gate expired/],
  ['after the deadline', EXPIRES + 1, EXPIRES + 2, /the gate expired/],
] as const) {
  test(`a decision made ${what} is refused, and nothing is asked again for it`, () => {
    const found = refusalOf(decision({ decidedAtMs }), { gate: GATE, approvers: APPROVERS, nowMs });
    assert.match(found?.why ?? 'counts', because);
    assert.equal(found?.askAgain, false);
  });
}

test('clocks may differ by two minutes', () => {
  assert.equal(refusal(decision({ decidedAtMs: OPENED - 2 * MINUTES })), 'counts');
  assert.equal(refusal(decision({ decidedAtMs: NOW + 2 * MINUTES })), 'counts');
});

test('a decision in time that is handled at or after the deadline is refused, and asked again', () => {
  for (const nowMs of [EXPIRES, EXPIRES + 1, EXPIRES + 86_400_000]) {
    const found = refusalOf(SIGNED, { gate: GATE, approvers: APPROVERS, nowMs });
    assert.match(found?.why ?? 'counts', /expired at .* handled at .* asked again/);
    assert.equal(found?.askAgain, true);
  }
  assert.equal(refusal(SIGNED, GATE, EXPIRES - 1), 'counts');
});

test('a forged decision that comes late makes nobody ask again', () => {
  const forged = { ...SIGNED, said: { ...SIGNED.said, answer: 'reject' as const } };
  const found = refusalOf(forged, { gate: GATE, approvers: APPROVERS, nowMs: EXPIRES });
  assert.match(found?.why ?? 'counts', /does not hold/);
  assert.equal(found?.askAgain, false);
});

test('a gate without a deadline has none', () => {
  const gate = { ...GATE, expiresAtMs: null };
  const signed = signDecision(gate, { ...SAID, decidedAtMs: EXPIRES * 2 }, ANNA_KEY);
  assert.equal(refusal(signed, gate, EXPIRES * 2), 'counts');
});

for (const [what, reason] of [
  ['none', ''],
  ['blanks', '   '],
  ['a blank before it', ' known'],
  ['a line break behind it', 'known\n'],
  ['a line break in it', 'known\nhedge'],
  ['an escape', 'known \u001b[2K'],
  ['a control of eight bits', 'known \u009b2K'],
  ['a change of direction', 'known \u202e'],
  ['half a character', 'known \ud800'],
  ['2,001 characters', 'x'.repeat(2_001)],
] as const) {
  test(`a reason with ${what} is neither signed nor taken`, () => {
    assert.throws(() => decision({ reason }));
    assert.throws(() => decision({ reason, answer: 'reject' }));
    const padded = { ...SIGNED, said: { ...SIGNED.said, reason } };
    const judging = { gate: GATE, approvers: APPROVERS, nowMs: NOW, former: false };
    assert.match(refusalOfAny(padded, judging)?.why ?? 'counts', /reason/);
  });
}

test('a reason of one and of 2,000 characters, of any script, counts', () => {
  for (const reason of ['x', 'x'.repeat(2_000), 'подтверждаю, 承認します']) {
    assert.equal(refusal(decision({ reason })), 'counts');
  }
});

test('whatever is sent in place of a decision is refused in a sentence', () => {
  const judging = { gate: GATE, approvers: APPROVERS, nowMs: NOW };
  const wrong: unknown[] = [undefined, null, 0, '', [], {}, { said: {} }, { ...SIGNED, more: 1 }];
  wrong.push({ ...SIGNED, said: { ...SIGNED.said, more: 1 } });
  wrong.push({ ...SIGNED, proof: { kind: 'passkey' } }, { ...SIGNED, proof: null });
  wrong.push({ ...SIGNED, attempt: '2' }, { ...SIGNED, gateId: 'x'.repeat(100_000) });
  for (const given of wrong) {
    const why = refusalOfAny(given, { ...judging, former: false })?.why ?? 'counts';
    assert.match(why, /This is no decision/);
    assert.ok(why.length < 1_000);
    assert.notEqual(refusalOfAny(given, { ...judging, former: true }), null);
  }
});

test('a decision of the former version counts in recoveries begun by it alone', () => {
  const { gateId, attempt, evidenceHash } = GATE;
  const former = signFormerDecision({ gateId, attempt, evidenceHash, ...SAID }, ANNA_KEY);
  const judging = { gate: GATE, approvers: APPROVERS, nowMs: NOW };
  assert.equal(refusalOfAny(former, { ...judging, former: true }), null);
  assert.match(refusalOfAny(former, { ...judging, former: false })?.why ?? '', /no decision/);
  const flipped = { ...former, answer: 'reject' as const };
  assert.match(refusalOfAny(flipped, { ...judging, former: true })?.why ?? '', /does not hold/);
});
