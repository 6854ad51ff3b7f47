/** Rules of gates by their kind, and what becomes of a gate that nobody answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { GateKind } from '../../../../workflows/domain/content/gate-kind.js';
import { nextNotice, rulesFor, type GateNotice } from '../../../../workflows/domain/gates/rules.js';
import { RecoveryPolicy } from '../../../../workflows/domain/policy/policy.js';

const POLICY = RecoveryPolicy.parse({
  gates: { roles: ['risk'], quorum: 2, remindAfterMs: 300, expiresAfterMs: 1_000 },
}).gates;

/** Until it expires, or until nothing is due any more. */
function unanswered(kind: GateKind, change: Partial<typeof POLICY> = {}): GateNotice[] {
  const rules = rulesFor(kind, { ...POLICY, ...change });
  const notices: GateNotice[] = [];
  for (;;) {
    const next = nextNotice(rules, notices.length);
    if (next === null) return notices;
    notices.push(next);
    if (next.kind === 'expiry') return notices;
  }
}

test('every gate asks for the roles and the quorum of the policy', () => {
  for (const kind of GateKind.options) {
    const { roles, quorum, remindAfterMs } = rulesFor(kind, POLICY);
    assert.deepEqual([roles, quorum, remindAfterMs], [['risk'], 2, 300], kind);
  }
});

const withKinds = (kinds: object) =>
  RecoveryPolicy.parse({ gates: { roles: ['ops'], quorum: 1, expiresAfterMs: 1_000, kinds } })
    .gates;

test('the manual checklist and an unknown breaker ask the risk role, unless the policy names another for it', () => {
  assert.deepEqual(rulesFor('manual_recovery', withKinds({})).roles, ['risk']);
  const other = withKinds({ manual_recovery: { roles: ['head'] } });
  assert.deepEqual(rulesFor('manual_recovery', other).roles, ['head']);
  assert.deepEqual(rulesFor('unknown_breaker', withKinds({})).roles, ['risk']);
  assert.deepEqual(rulesFor('unknown_breaker', other).roles, ['head']);
  const own = withKinds({ manual_recovery: { quorum: 3 }, unknown_breaker: { roles: ['cro'] } });
  const { roles, quorum } = rulesFor('unknown_breaker', own);
  assert.deepEqual([roles, quorum], [['cro'], 3]);
  const ofRisk: readonly GateKind[] = ['manual_recovery', 'unknown_breaker'];
  for (const kind of GateKind.options.filter((each) => !ofRisk.includes(each))) {
    assert.deepEqual(rulesFor(kind, withKinds({})).roles, ['ops'], kind);
  }
});

test('a kind of its own rules has these, and the rest of all gates', () => {
  const policy = withKinds({
    exposure: { quorum: 2 },
    ramp: { roles: ['risk'], expiresAfterMs: 5 },
  });
  const { roles, quorum, expiresAfterMs } = rulesFor('exposure', policy);
  assert.deepEqual([roles, quorum, expiresAfterMs], [['ops'], 2, 1_000]);
  const ramp = rulesFor('ramp', policy);
  assert.deepEqual([ramp.roles, ramp.quorum, ramp.expiresAfterMs], [['risk'], 1, 5]);
  assert.deepEqual(rulesFor('volatility', policy).quorum, 1);
});

test('a kind that does not exist, or a rule that does not, is refused', () => {
  assert.throws(() => withKinds({ exposre: { quorum: 2 } }));
  assert.throws(() => withKinds({ exposure: { quorom: 2 } }));
  assert.throws(() => withKinds({ exposure: { quorum: 0 } }));
  assert.throws(() => withKinds({ exposure: { expiresAfterMs: 0 } }));
});

test('a policy of the former version has the same rules for all kinds', () => {
  const { kinds: _, ...former } = withKinds({});
  assert.deepEqual(rulesFor('manual_recovery', former).roles, ['ops']);
});

test('only what waits for a venue, for entries by hand or for the checklist never expires', () => {
  const endless = GateKind.options.filter((kind) => rulesFor(kind, POLICY).expiresAfterMs === null);
  assert.deepEqual(endless, [
    'venues_unreadable',
    'enter_by_hand',
    'ramp_paused',
    'manual_recovery',
  ]);
});

test('an unanswered gate reminds once, then expires when its life is over', () => {
  assert.deepEqual(unanswered('volatility'), [
    { kind: 'reminder', afterMs: 300 },
    { kind: 'expiry', afterMs: 700 },
  ]);
});

test('a gate that never expires reminds once and waits on', () => {
  assert.deepEqual(unanswered('manual_recovery'), [{ kind: 'reminder', afterMs: 300 }]);
});

test('a gate whose life is over before the reminder expires without one', () => {
  for (const remindAfterMs of [1_000, 5_000]) {
    const notices = unanswered('volatility', { remindAfterMs });
    assert.deepEqual(notices, [{ kind: 'expiry', afterMs: 1_000 }]);
  }
});

test('whatever the policy, the waits add up to the life of the gate', () => {
  const ms = fc.nat({ max: 10_000_000 });
  fc.assert(
    fc.property(ms, ms, (remindAfterMs, expiresAfterMs) => {
      const notices = unanswered('exposure', { remindAfterMs, expiresAfterMs });
      assert.equal(notices.at(-1)?.kind, 'expiry');
      const waits = notices.map(({ afterMs }) => afterMs);
      assert.equal(
        waits.reduce((sum, wait) => sum + wait, 0),
        expiresAfterMs,
      );
    }),
  );
});

test('the escalation comes at its time, before or after the reminder, and never with the expiry or later', () => {
  const due = (afterMs: number | null) =>
    unanswered('exposure', afterMs === null ? {} : { escalateAfterMs: afterMs }).map(
      ({ kind, afterMs }) => [kind, afterMs],
    );
  const [reminder, escalation] = ['reminder', 'escalation'];
  assert.deepEqual(due(null), [
    [reminder, 300],
    ['expiry', 700],
  ]);
  assert.deepEqual(due(500), [
    [reminder, 300],
    [escalation, 200],
    ['expiry', 500],
  ]);
  assert.deepEqual(due(100), [
    [escalation, 100],
    [reminder, 200],
    ['expiry', 700],
  ]);
  assert.deepEqual(due(300), [
    [reminder, 300],
    [escalation, 0],
    ['expiry', 700],
  ]);
  assert.deepEqual(due(1_000), due(null));
  assert.deepEqual(
    unanswered('manual_recovery', { escalateAfterMs: 500 }).map(({ kind }) => kind),
    [reminder, escalation],
  );
});

test('a policy of a version before the escalation has none', () => {
  const { escalateAfterMs: _none, ...former } = POLICY;
  assert.equal(rulesFor('exposure', former).escalation, null);
});
