/**
 * What is signed is all that was shown: evidence that differs to a reader differs in its hash, times
 * are judged by the clock in every form, and no person counts twice by any road.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '../../workflows/domain/content/canonical.js';
import { refusalOfAny } from '../../workflows/domain/gates/any-decision.js';
import type { Approver } from '../../workflows/domain/gates/approver.js';
import {
  checkCodeOf,
  publicKeyOf,
  shownHashOf,
  signDecision,
  type Said,
} from '../../workflows/domain/gates/decision.js';
import type { GateRequest } from '../../workflows/domain/gates/gate.js';
import { exposureGate, OPENED_AT_MS } from '../workflows/domain/gates/gate-shown.js';

const KEY = '41'.repeat(32);
const SECOND = '42'.repeat(32);
const NOW = OPENED_AT_MS + 60_000;
const GATE = exposureGate();
const SAID: Said = {
  answer: 'approve',
  reason: 'seen',
  approver: 'mei',
  decidedAtMs: OPENED_AT_MS + 1_000,
};
const MEI: Approver = {
  name: 'mei',
  roles: ['risk'],
  keys: [{ ed25519: publicKeyOf(KEY) }, { ed25519: publicKeyOf(SECOND) }],
};
const SIGNED = signDecision(GATE, SAID, KEY);

function why(
  given: unknown,
  change: { gate?: GateRequest; nowMs?: number; people?: Approver[] } = {},
) {
  const { gate = GATE, nowMs = NOW, people = [MEI] } = change;
  return refusalOfAny(given, { gate, approvers: people, nowMs, former: false })?.why ?? 'counts';
}

test('the decision that the others are made from counts', () =>
  assert.equal(why(SIGNED), 'counts'));

const DIFFERENT: readonly [what: string, one: unknown, other: unknown][] = [
  ['a figure as text and as a number', { total: '1' }, { total: 1 }],
  ['a name in two Unicode forms', { venue: 'caf\u00e9' }, { venue: 'cafe\u0301' }],
  ['a blank and a no-break blank', { at: 'a b' }, { at: 'a\u00a0b' }],
  ['an empty list and none', { orders: [] }, {}],
  ['null and none', { orders: null }, {}],
  ['an empty text and null', { orders: '' }, { orders: null }],
  ['two orders of a list', { orders: ['a', 'b'] }, { orders: ['b', 'a'] }],
  ['one list and two', { a: ['x', 'y'] }, { a: ['x'], b: ['y'] }],
  ['a list in a list', { a: [['x'], 'y'] }, { a: ['x', ['y']] }],
  ['digits behind the point', { total: '1.10' }, { total: '1.1' }],
  ['a key that holds a point', { 'a.b': 1 }, { a: { b: 1 } }],
  ['a key of no letters', { '': 1 }, { ' ': 1 }],
  ['a minus that is a dash', { total: '-1' }, { total: '\u22121' }],
  ['true and its word', { hedged: true }, { hedged: 'true' }],
];

for (const [what, one, other] of DIFFERENT) {
  test(`evidence that differs by ${what} has another hash`, () => {
    assert.notEqual(digestOf(one), digestOf(other));
  });
}

test('evidence under a name that every object has is evidence', () => {
  const parsed = (text: string): unknown => JSON.parse(text);
  const none = digestOf({});
  for (const name of ['__proto__', 'constructor', 'toString', 'toJSON', 'length']) {
    const one = digestOf(parsed(`{"${name}":{"total":"1"}}`));
    const other = digestOf(parsed(`{"${name}":{"total":"2"}}`));
    assert.equal(new Set([none, one, other]).size, 3, name);
  }
});

test('the order in which fields were written changes nothing that is signed', () => {
  const turned = Object.fromEntries(Object.entries(GATE).toReversed()) as unknown as GateRequest;
  assert.equal(shownHashOf(turned), shownHashOf(GATE));
  assert.equal(why(SIGNED, { gate: turned }), 'counts');
});

const OTHER: readonly [what: string, gate: Partial<GateRequest>][] = [
  ['a blank behind the question', { question: `${GATE.question} ` }],
  ['roles in one word', { roles: ['ops,risk'] }],
  ['one role more', { roles: [...GATE.roles, 'dev'] }],
  ['a role twice', { roles: ['ops', 'risk', 'risk'] }],
  ['no deadline', { expiresAtMs: null }],
  ['consequences the other way around', { onApprove: GATE.onReject, onReject: GATE.onApprove }],
  ['the state in capital letters', { stateDigest: 'AB'.repeat(32) }],
  ['a reason for no state beside a state', { noStateBecause: 'none yet' }],
  [
    'a part of the question in the consequence',
    { question: 'Resume', onApprove: '?trading resumes' },
  ],
];

for (const [what, change] of OTHER) {
  test(`a decision on a gate with ${what} is a decision on that gate alone`, () => {
    const gate = { ...GATE, ...change };
    assert.notEqual(shownHashOf(gate), shownHashOf(GATE));
    assert.notEqual(checkCodeOf(gate), checkCodeOf(GATE));
    assert.notEqual(why(signDecision(gate, SAID, KEY)), 'counts');
    assert.notEqual(why(SIGNED, { gate }), 'counts');
  });
}

for (const at of [
  NaN,
  Infinity,
  -Infinity,
  -1,
  0,
  1.5,
  2 ** 53,
  8.64e15 + 1,
  '1700000001000',
  null,
]) {
  test(`a decision made at ${String(at)} (${typeof at}) is refused, and breaks nothing`, () => {
    const said = { ...SAID, decidedAtMs: at as number };
    assert.notEqual(why({ ...SIGNED, said }), 'counts');
    const sent: unknown = JSON.parse(JSON.stringify({ ...SIGNED, said }));
    assert.notEqual(why(sent), 'counts');
  });
}

test('a decision without a time, an answer or a person is refused', () => {
  for (const field of Object.keys(SAID)) {
    const said = Object.fromEntries(Object.entries(SAID).filter(([name]) => name !== field));
    assert.notEqual(why({ ...SIGNED, said }), 'counts', field);
  }
});

for (const answer of [
  'Approve',
  'APPROVE',
  'approve ',
  'approved',
  'yes',
  '',
  true,
  null,
  ['approve'],
]) {
  test(`${JSON.stringify(answer)} is no answer`, () => {
    assert.notEqual(why({ ...SIGNED, said: { ...SAID, answer } }), 'counts');
  });
}

for (const approver of [
  'Mei',
  'mei ',
  ' mei',
  'MEI',
  'm\u0435i',
  'mei\u200b',
  '',
  'mei\0',
  '__proto__',
]) {
  test(`${JSON.stringify(approver)} is not mei, even with her key`, () => {
    const said = { ...SAID, approver };
    let given: unknown = { ...SIGNED, said };
    try {
      given = signDecision(GATE, said, KEY);
    } catch {
      // Not even signed; as sent by hand.
    }
    assert.notEqual(why(given), 'counts');
  });
}

test('a gate whose roles nobody has, or whose person has none, lets nobody through', () => {
  const gate = { ...GATE, roles: ['RISK'] };
  assert.notEqual(why(signDecision(gate, SAID, KEY), { gate }), 'counts');
  assert.notEqual(why(SIGNED, { people: [{ ...MEI, roles: [] }] }), 'counts');
  assert.notEqual(why(SIGNED, { people: [{ ...MEI, roles: ['risk,ops'] }] }), 'counts');
  assert.notEqual(why(SIGNED, { people: [] }), 'counts');
});

test('a proof by a key that was taken from its person counts no more', () => {
  const left = { ...MEI, keys: [{ ed25519: publicKeyOf(SECOND) }] };
  assert.notEqual(why(SIGNED, { people: [left] }), 'counts');
  assert.equal(why(signDecision(GATE, SAID, SECOND), { people: [left] }), 'counts');
});

/** The bytes in the other order. */
function turned(hex: string): string {
  return Buffer.from(Buffer.from(hex, 'hex').toReversed()).toString('hex');
}

test('a signature in capital letters, with blanks or with its group order added is refused', () => {
  const { proof } = SIGNED;
  assert.equal(proof.kind, 'ed25519');
  const { signature } = proof as { signature: string };
  const order = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
  const s = BigInt(`0x${turned(signature.slice(64))}`);
  const more = turned((s + order).toString(16).padStart(64, '0'));
  const forged = [
    signature.slice(0, 64) + more,
    signature.toUpperCase(),
    ` ${signature}`,
    `${signature}00`,
    `0x${signature.slice(2)}`,
    signature.slice(0, 64),
  ];
  for (const other of forged) {
    assert.notEqual(why({ ...SIGNED, proof: { ...proof, signature: other } }), 'counts', other);
  }
});
