/** How answers, a quorum and an expiry settle a gate, in any order. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import {
  afterDecision,
  afterExpiry,
  type GateState,
  type Vote,
} from '../../../../workflows/domain/gates/gate.js';

const RUNS = { numRuns: 1000, seed: 20_261_126 };
const OPEN: GateState = { status: 'open', approvals: [] };

/** Whether a decision counts was judged before: here only who said what, by which key, matters. */
function says(approver: string, answer: Vote['answer'], signer = approver): Vote {
  return { approver, answer, signer };
}

type Step = Vote | 'expiry';

function afterSteps(steps: readonly Step[], quorum: number): GateState {
  return steps.reduce<GateState>(
    (state, step) => (step === 'expiry' ? afterExpiry(state) : afterDecision(state, step, quorum)),
    OPEN,
  );
}

const decisions = fc
  .record({
    approver: fc.constantFrom('anna', 'boris', 'carl', 'dora'),
    answer: fc.constantFrom('approve', 'approve', 'approve', 'reject'),
  })
  .map(({ approver, answer }) => says(approver, answer));
const quorums = fc.integer({ min: 1, max: 4 });
const sequences = fc.array(decisions, { maxLength: 10 });

/** The plain reading of the rule, over the whole history. */
function expectedStatus(steps: readonly Step[], quorum: number): GateState['status'] {
  const people = new Set<string>();
  for (const step of steps) {
    if (step === 'expiry') return 'expired';
    if (step.answer === 'reject') return 'rejected';
    people.add(step.approver);
    if (people.size === quorum) return 'approved';
  }
  return 'open';
}

test('one approval is enough for a quorum of one', () => {
  assert.equal(afterSteps([says('anna', 'approve')], 1).status, 'approved');
});

test('one person approving twice is one person', () => {
  const state = afterSteps([says('anna', 'approve'), says('anna', 'approve')], 2);
  assert.equal(state.status, 'open');
  assert.equal(state.status === 'open' && state.approvals.length, 1);
});

test('one key is one person, under whatever names', () => {
  const steps = [says('mei', 'approve', 'key-1'), says('Mei', 'approve', 'key-1')];
  assert.equal(afterSteps(steps, 2).status, 'open');
});

test('one person with two keys is one person', () => {
  const steps = [says('mei', 'approve', 'key-1'), says('mei', 'approve', 'key-2')];
  assert.equal(afterSteps(steps, 2).status, 'open');
});

test('two people make a quorum of two', () => {
  const steps = [says('anna', 'approve'), says('anna', 'approve'), says('boris', 'approve')];
  assert.equal(afterSteps(steps, 2).status, 'approved');
});

test('a rejection wins over any number of approvals short of the quorum, in any order', () => {
  const approvals = ['anna', 'boris', 'carl'].map((name) => says(name, 'approve'));
  fc.assert(
    fc.property(fc.shuffledSubarray(approvals), fc.nat({ max: 3 }), (some, at) => {
      const steps = some.toSpliced(at, 0, says('dora', 'reject'));
      assert.equal(afterSteps(steps, 4).status, 'rejected');
    }),
    RUNS,
  );
});

test('who approved may still reject', () => {
  const steps = [says('anna', 'approve'), says('anna', 'reject'), says('boris', 'approve')];
  assert.equal(afterSteps(steps, 2).status, 'rejected');
});

test('the first of rejection, quorum and expiry decides', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(decisions, fc.constant('expiry' as const))),
      quorums,
      (steps, quorum) => {
        assert.equal(afterSteps(steps, quorum).status, expectedStatus(steps, quorum));
      },
    ),
    RUNS,
  );
});

test('what expired is never approved, whatever comes before or after', () => {
  fc.assert(
    fc.property(sequences, sequences, quorums, (before, after, quorum) => {
      const whenExpired = afterSteps([...before, 'expiry'], quorum);
      const later = afterSteps([...before, 'expiry', ...after], quorum);
      assert.deepEqual(later, whenExpired);
      assert.notEqual(later.status, 'open');
      const answered = ['approved', 'rejected'].includes(afterSteps(before, quorum).status);
      assert.equal(later.status === 'expired', !answered);
    }),
    RUNS,
  );
});

test('after an answer nothing changes it, an expiry neither', () => {
  fc.assert(
    fc.property(sequences, sequences, quorums, (before, after, quorum) => {
      const state = afterSteps(before, quorum);
      fc.pre(state.status !== 'open');
      assert.deepEqual(afterSteps([...before, ...after, 'expiry'], quorum), state);
    }),
    RUNS,
  );
});

test('an approved gate holds the approvals of a whole quorum, each person once', () => {
  fc.assert(
    fc.property(sequences, quorums, (steps, quorum) => {
      const state = afterSteps(steps, quorum);
      if (state.status !== 'approved') return;
      assert.equal(new Set(state.approvals.map(({ approver }) => approver)).size, quorum);
      assert.equal(state.approvals.length, quorum);
    }),
    RUNS,
  );
});
