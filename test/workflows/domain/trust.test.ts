/** Who may send what, for whom a message is, and that none is taken twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  misdirected,
  withEnvelope,
  envelopeOf,
  withoutEnvelope,
} from '../../../workflows/domain/trust/envelope.js';
import {
  heardBefore,
  heardNothing,
  withHeard,
  type Heard,
} from '../../../workflows/domain/trust/heard.js';
import type { Mark, Role } from '../../../workflows/domain/trust/marks.js';
import { notAllowed, type Guarded } from '../../../workflows/domain/trust/senders.js';

const NOW_MS = 1_700_000_000_000;

function by(role: Role, host: string | null = null): Mark {
  return { by: { role, host, keyId: `${role}-key` } };
}

const EVERYBODY: Record<string, Mark> = {
  control: by('control'),
  operator: by('operator'),
  itself: by('host', 'desk-1'),
  'another host': by('host', 'desk-2'),
  stranger: { unsigned: true },
  forger: { refused: 'signed for something else' },
};

/** As the table of the design has it, written once more. */
const MAY: Record<Guarded, string[]> = {
  reportCrash: ['itself'],
  instruct: Object.keys(EVERYBODY),
  abortRecovery: ['control'],
  crashedAgain: ['control'],
  moreSeen: ['control'],
  recoveryProgress: ['control'],
  handDownContainment: ['itself'],
  versionChanged: ['control'],
  holdEngine: ['operator'],
  releaseHold: ['operator'],
  engageKillSwitch: ['operator'],
  releaseKillSwitch: ['operator'],
  killSwitchEngaged: ['control'],
  decide: Object.keys(EVERYBODY),
  decideBySignal: Object.keys(EVERYBODY),
  steerRecovery: Object.keys(EVERYBODY),
  freshGuardian: ['control', 'operator', 'itself', 'another host'],
  continuedGuardian: ['control'],
  recoverEngine: ['control'],
  recoveryResult: ['control'],
  activityInput: ['control'],
  controlPlaneResult: ['control'],
  hostResult: ['itself'],
  queryAnswer: ['control'],
  updateAnswer: ['control'],
};

for (const [name, who] of Object.entries(MAY)) {
  test(`${name}: ${who.join(', ')}, and nobody else`, () => {
    const may = Object.entries(EVERYBODY).filter(
      ([, mark]) => notAllowed(name as Guarded, mark, 'desk-1') === null,
    );
    assert.deepEqual(may.map(([whoever]) => whoever).toSorted(), who.toSorted());
  });
}

test('a host that speaks of no host is not believed', () => {
  assert.notEqual(notAllowed('reportCrash', by('host', 'desk-1'), null), null);
});

test('a message is for one receiver, of one name, of one run', () => {
  const sent = { to: 'engine/a', name: 'holdEngine', id: '1', atMs: NOW_MS, run: 'r' };
  const here = { to: 'engine/a', name: 'holdEngine', run: 'r' };
  assert.equal(misdirected(sent, here), null);
  assert.equal(misdirected(sent, { ...here, run: null }), null);
  for (const change of [{ to: 'engine/b' }, { name: 'releaseHold' }, { run: 's' }]) {
    assert.notEqual(misdirected(sent, { ...here, ...change }), null);
  }
  assert.notEqual(misdirected(null, here), null);
});

test('the envelope comes off as it was put on', () => {
  const sent = { to: 'engine/a', name: 'holdEngine', id: '1', atMs: NOW_MS };
  const message = { reason: 'r' };
  const whole = withEnvelope(message, sent);
  assert.deepEqual(envelopeOf(whole), sent);
  assert.deepEqual(withoutEnvelope(whole), message);
  for (const odd of [undefined, null, 1, 'text', [], {}, { sent: 1 }]) {
    assert.equal(envelopeOf(odd), null);
  }
});

test('no message is taken twice, however many come and whatever their clocks say', () => {
  const message = fc.record({
    id: fc.nat({ max: 900 }).map(String),
    lagMs: fc.integer({ min: -400_000, max: 400_000 }),
  });
  fc.assert(
    fc.property(fc.array(message, { minLength: 700, maxLength: 1_200 }), (all) => {
      const taken = new Map<string, number>();
      const signedAtMs = new Map<string, number>();
      let heard: Heard = heardNothing(NOW_MS);
      for (const [index, { id, lagMs }] of all.entries()) {
        const nowMs = NOW_MS + index * 1_000;
        // A repeat carries what its sender signed: the same time.
        const atMs = signedAtMs.get(id) ?? nowMs + lagMs;
        signedAtMs.set(id, atMs);
        const sent = { to: 'x', name: 'y', id, atMs };
        if (heardBefore(heard, sent, nowMs) !== null) continue;
        taken.set(id, (taken.get(id) ?? 0) + 1);
        heard = withHeard(heard, sent);
        if (heard.messages.length > 500) return false;
      }
      return [...taken.values()].every((times) => times === 1);
    }),
    { numRuns: 40, endOnFailure: true },
  );
});

test('a right clock is never refused, beside a flood of one that runs ahead', () => {
  let heard = heardNothing(NOW_MS);
  for (let n = 0; n < 600; n += 1) {
    const sent = { to: 'x', name: 'y', id: `fast-${n}`, atMs: NOW_MS * 2 };
    assert.match(heardBefore(heard, sent, NOW_MS) ?? '', /of the future/);
  }
  for (let n = 0; n < 400; n += 1) {
    const sent = { to: 'x', name: 'y', id: `right-${n}`, atMs: NOW_MS + n };
    assert.equal(heardBefore(heard, sent, NOW_MS + n), null);
    heard = withHeard(heard, sent);
  }
  const old = { to: 'x', name: 'y', id: 'old', atMs: NOW_MS - 400_000 };
  assert.match(heardBefore(heard, old, NOW_MS) ?? '', /too old/);
});
