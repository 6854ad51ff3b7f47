/** From when until when a key counts, and that no time that a signer tells changes it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { Approver, approversFault } from '../../../../workflows/domain/gates/approver.js';
import { publicKeyOf, signDecision } from '../../../../workflows/domain/gates/decision.js';
import { refusalOf } from '../../../../workflows/domain/gates/gate.js';
import { invalidAt, writingFault } from '../../../../workflows/domain/gates/keys/validity.js';
import { instructionBytes } from '../../../../workflows/domain/steering/instruction.js';
import { signerRefusal } from '../../../../workflows/domain/steering/signer.js';
import { edwardsProof } from '../../../../workflows/domain/gates/decision.js';
import { exposureGate } from './gate-shown.js';

const SEED = '11'.repeat(32);
const HEX = publicKeyOf(SEED);
const at = (text: string) => Date.parse(text);
const DECEMBER = { from: '2026-12-01', until: '2026-12-31' };
const RUNS = { numRuns: 200, seed: 20_261_130 };

test('a day is meant whole, in UTC', () => {
  for (const [time, counts] of [
    ['2026-11-30T23:59:59.999Z', false],
    ['2026-12-01T00:00:00Z', true],
    ['2026-12-31T23:59:59.999Z', true],
    ['2027-01-01T00:00:00Z', false],
  ] as const) {
    assert.equal(invalidAt(DECEMBER, at(time)) === null, counts, time);
  }
});

test('a moment is meant to the millisecond, in its own zone', () => {
  const until = { until: '2026-12-31T18:00:00+02:00' };
  assert.equal(invalidAt(until, at('2026-12-31T15:59:59.999Z')), null);
  assert.match(
    invalidAt(until, at('2026-12-31T16:00:00Z')) ?? '',
    /counted until 2026-12-31T16:00/,
  );
});

test('each moment is the one that a clock has, leap days included', () => {
  const moment = fc.date({
    min: new Date('1971-01-01'),
    max: new Date('2400-01-01'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(moment, (time) => {
      const text = `${time.toISOString().slice(0, 19)}Z`;
      assert.notEqual(invalidAt({ until: text }, Date.parse(text)), null);
      assert.equal(invalidAt({ until: text }, Date.parse(text) - 1), null);
      const day = text.slice(0, 10);
      assert.equal(invalidAt({ from: day }, Date.parse(day)), null);
      assert.notEqual(invalidAt({ from: day }, Date.parse(day) - 1), null);
    }),
    RUNS,
  );
});

test('what is revoked says so first, whatever else it says', () => {
  const revoked = { ...DECEMBER, revoked: '2026-12-10' };
  assert.equal(invalidAt(revoked, at('2026-12-09T23:59:59Z')), null);
  for (const time of ['2026-12-10T00:00:00Z', '2027-06-01T00:00:00Z']) {
    assert.match(invalidAt(revoked, at(time)) ?? '', /^is revoked since 2026-12-10T00/);
  }
});

for (const [what, validity, said] of [
  ['words', { until: 'soon' }, /until is "soon": write a day, such as 2026-12-31/],
  ['a day that is none', { from: '2026-02-30' }, /from is "2026-02-30"/],
  ['a month that is none', { from: '2026-13-01' }, /from is/],
  ['an hour that is none', { revoked: '2026-12-01T25:00Z' }, /revoked is/],
  ['no zone', { until: '2026-12-31T18:00:00' }, /with its zone/],
  ['an end before its begin', { from: '2026-12-31', until: '2026-12-30' }, /until is not after/],
] as const) {
  test(`${what}: refused when it is written, and closed where it were read`, () => {
    assert.match(writingFault(validity) ?? 'taken', said);
    assert.notEqual(invalidAt(validity, at('2026-12-15T00:00:00Z')), null);
    for (const where of [{ ...validity }, { keys: [{ ed25519: HEX, ...validity }] }]) {
      const person = { name: 'anna', roles: ['ops'], keys: [{ ed25519: HEX }], ...where };
      assert.match(approversFault([Approver.parse(person)]) ?? 'taken', said);
    }
  });
}

test('a key that is written with its validity is taken, and is one key with and without', () => {
  const person = (keys: object[]) => Approver.parse({ name: 'anna', roles: ['ops'], keys });
  assert.equal(approversFault([person([{ ed25519: HEX, ...DECEMBER }])]), null);
  const twice = person([{ ed25519: HEX }, { ed25519: HEX, ...DECEMBER }]);
  assert.match(approversFault([twice]) ?? 'taken', /same key twice/);
});

/** Signed at `decidedAtMs`, judged at `nowMs`. */
function refusal(person: object, times: { decidedAtMs: number; nowMs: number }): string | null {
  const gate = exposureGate({ openedAtMs: times.decidedAtMs - 1_000, expiresAtMs: null });
  const said = { answer: 'approve', reason: 'seen', approver: 'anna' } as const;
  const { decidedAtMs, nowMs } = times;
  const signed = signDecision(gate, { ...said, decidedAtMs }, SEED);
  const keys = [{ ed25519: HEX }];
  const approvers = [Approver.parse({ name: 'anna', roles: ['ops'], keys, ...person })];
  return refusalOf(signed, { gate, approvers, nowMs })?.why ?? null;
}

test('a decision is judged by the clock of the workflow, by key and by person', () => {
  const inTime = at('2026-12-31T23:59:00Z');
  const late = at('2027-01-01T00:01:00Z');
  const ofKey = { keys: [{ ed25519: HEX, ...DECEMBER }] };
  for (const person of [DECEMBER, ofKey]) {
    assert.equal(refusal(person, { decidedAtMs: inTime, nowMs: inTime }), null);
    // Whoever has a stolen key may say any time.
    const why = refusal(person, { decidedAtMs: inTime, nowMs: late });
    assert.match(why ?? 'counts', /"anna" counted until 2027-01-01T00:00/);
  }
});

test('whatever the times, a decision counts exactly where its key does', () => {
  const day = fc
    .integer({ min: 0, max: 400 })
    .map((days) => new Date(Date.UTC(2026, 0, 1 + days)).toISOString().slice(0, 10));
  const validity = fc.record({ from: day, until: day, revoked: day }, { requiredKeys: [] });
  const now = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 2, 1) });
  fc.assert(
    fc.property(validity, validity, now, (person, key, nowMs) => {
      const counts = [person, key].every(({ from, until, revoked }) => {
        const today = new Date(nowMs).toISOString().slice(0, 10);
        const begun = from === undefined || today >= from;
        const goesOn = until === undefined || today <= until;
        return begun && goesOn && (revoked === undefined || today < revoked);
      });
      const keys = [{ ed25519: HEX, ...key }];
      const why = refusal({ ...person, keys }, { decidedAtMs: nowMs, nowMs });
      assert.equal(why === null, counts, why ?? 'it counted');
    }),
    RUNS,
  );
});

test('an instruction is judged so too, and names the key of another', () => {
  const told = {
    version: 1 as const,
    namespace: 'default',
    engineId: 'desk',
    command: 'hold' as const,
    incidentId: null,
    reason: 'look',
    by: 'anna',
    atMs: 1,
    id: 'a',
  };
  const bytes = instructionBytes(told);
  const hold = { command: 'hold', roles: ['ops'] };
  const person = (change: object) =>
    Approver.parse({ name: 'anna', roles: ['ops'], keys: [{ ed25519: HEX }], ...change });
  const judged = (change: object, seed = SEED) =>
    signerRefusal(
      { by: 'anna', proof: edwardsProof(bytes, seed), bytes },
      { approvers: [person(change)], nowMs: at('2026-12-15T00:00:00Z') },
      hold,
    );
  assert.equal(judged({}), null);
  assert.match(judged({ revoked: '2026-12-01' }) ?? '', /"anna" is revoked since/);
  const other = '22'.repeat(32);
  assert.match(judged({}, other) ?? '', new RegExp(`none of "anna" .*${publicKeyOf(other)}`));
});
