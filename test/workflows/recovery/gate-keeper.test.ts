/**
 * The gate keeper over thousands of seeded lives of a gate: orders of messages, clocks that differ,
 * expiries, workers that are away, and replays. None passes without its rules, and every valid
 * quorum in time passes.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import type { Decision } from '../../../workflows/domain/gates/decision.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import { verifyRecord } from '../../../workflows/domain/gates/proof/verify-record.js';
import { APPROVERS, DEAN, OLGA, RITA, sign, type Person } from '../fakes/people.js';
import { createGateWorld, EXPIRE_MS, type Activation } from './gate-world.js';

const RUNS = { numRuns: 2_500, seed: 20_261_128 };
const T0 = 1_700_000_000_000;
const CLOCKS_MS = 120_000;

interface Message {
  /** When the person looks at the open gate and signs, and how long the message is under way. */
  signedMs: number;
  underWayMs: number;
  /** Of the person's clock. */
  skewMs: number;
  person: Person;
  answer: 'approve' | 'reject';
  forged: 'no' | 'answer' | 'key' | 'shown';
  /** Sent once more at the end. */
  again: boolean;
}

interface Life {
  quorum: number;
  messages: Message[];
  /** The worker is away in these times. */
  away: { fromMs: number; forMs: number }[];
}

const ms = fc.integer({ min: 0, max: 1_600 });
const lives: fc.Arbitrary<Life> = fc.record({
  quorum: fc.constantFrom(1, 1, 2),
  messages: fc.array(
    fc.record({
      signedMs: ms,
      underWayMs: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 900 })),
      skewMs: fc.oneof(
        { weight: 6, arbitrary: fc.constant(0) },
        fc.integer({ min: -900, max: 900 }),
        fc.constantFrom(-CLOCKS_MS - 2_000, CLOCKS_MS + 2_000, 1 - T0),
      ),
      person: fc.constantFrom(OLGA, RITA, OLGA, RITA, DEAN),
      answer: fc.constantFrom('approve', 'approve', 'approve', 'approve', 'reject'),
      forged: fc.constantFrom('no', 'no', 'no', 'no', 'no', 'answer', 'key', 'shown'),
      again: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  away: fc.array(fc.record({ fromMs: ms, forMs: fc.integer({ min: 10, max: 1_400 }) }), {
    maxLength: 2,
  }),
});

interface Sent {
  message: Message;
  decision: Decision;
  /** What the person was shown. */
  gate: GateRequest;
  arrivesMs: number;
}

function signedBy(message: Message, gate: GateRequest, nowMs: number): Decision {
  const { person, answer, forged, skewMs } = message;
  const key = forged === 'key' ? { ...person, privateKey: '0a'.repeat(32) } : person;
  const shown = forged === 'shown' ? { question: 'Something else?' } : {};
  const decision = sign(gate, answer, key, { said: { decidedAtMs: nowMs + skewMs }, shown });
  if (forged !== 'answer') return decision;
  const other = answer === 'approve' ? 'reject' : 'approve';
  return { ...decision, said: { ...decision.said, answer: other } };
}

/** When a message that is there at this time is handled. */
function handledMs({ away }: Life, atMs: number): number {
  const off = away.find(({ fromMs, forMs }) => atMs >= fromMs && atMs < fromMs + forMs);
  return off === undefined
    ? atMs
    : handledMs({ away, quorum: 0, messages: [] }, off.fromMs + off.forMs);
}

/** Lives one life; gives what was handled when, in which order. */
async function live(life: Life, setNow: (ms: number) => void) {
  const world = createGateWorld(life.quorum, setNow);
  const handled: (Sent & { atMs: number; refused: boolean })[] = [];
  const history: Activation[] = [];
  const toSign = life.messages.toSorted((a, b) => a.signedMs - b.signedMs);
  let underWay: Sent[] = [];
  await world.begin(T0);
  for (let steps = 0; steps < 60 && world.answer() === null; steps += 1) {
    const signing = toSign[0] === undefined ? Infinity : T0 + toSign[0].signedMs;
    const next = Math.min(...underWay.map(({ arrivesMs }) => arrivesMs), world.nextTimerMs());
    if (signing <= next && signing !== Infinity) {
      const message = toSign.shift();
      const gate = world.open();
      if (message === undefined || gate === null) continue;
      setNow(signing);
      const decision = signedBy(message, gate, signing);
      const sent = { message, decision, gate, arrivesMs: signing + message.underWayMs };
      underWay.push(sent, ...(message.again ? [{ ...sent, arrivesMs: sent.arrivesMs + 5 }] : []));
      continue;
    }
    if (next === Infinity) break;
    const atMs = T0 + handledMs(life, next - T0);
    // People go on signing while the worker is away, and look at what they were shown before.
    if (signing < atMs) {
      const message = toSign.shift();
      const gate = world.open();
      if (message === undefined || gate === null) continue;
      const decision = signedBy(message, gate, signing);
      underWay.push({ message, decision, gate, arrivesMs: signing + message.underWayMs });
      continue;
    }
    const now = underWay.filter(({ arrivesMs }) => arrivesMs <= atMs);
    underWay = underWay.filter(({ arrivesMs }) => arrivesMs > atMs);
    const told = await world.activate({ atMs, messages: now.map(({ decision }) => decision) });
    const accepted = told.filter((one) => one.accepted).map(({ message }) => message);
    history.push({ atMs, messages: accepted });
    handled.push(...now.map((sent, at) => ({ ...sent, atMs, refused: told[at]?.refused ?? true })));
  }
  return { world, handled, history };
}

type Handled = Awaited<ReturnType<typeof live>>['handled'];

/** The plain reading of the rules over everything that was handled, attempt by attempt. */
function expected(handled: Handled, quorum: number): 'approved' | 'rejected' | 'nothing' {
  for (let attempt = 1; ; attempt += 1) {
    const mine = handled.filter(({ gate }) => gate.attempt === attempt);
    if (mine.length === 0) return 'nothing';
    const people = new Set<string>();
    for (const { message, decision, gate, atMs } of mine) {
      const expiresMs = gate.openedAtMs + EXPIRE_MS;
      const { decidedAtMs, answer, approver } = decision.said;
      const isTrue = message.forged === 'no' && message.person !== DEAN;
      const wasOpen = decidedAtMs >= gate.openedAtMs - CLOCKS_MS && decidedAtMs < expiresMs;
      if (!isTrue || !wasOpen || decidedAtMs > atMs + CLOCKS_MS) continue;
      if (atMs >= expiresMs) break; // expired, or asked again: the next attempt counts
      if (answer === 'reject') return 'rejected';
      people.add(approver);
      if (people.size === quorum) return 'approved';
    }
  }
}

function clockOf(t: TestContext) {
  t.mock.timers.enable({ apis: ['Date'], now: T0 });
  return (ms: number) => t.mock.timers.setTime(ms);
}

test('no gate passes without its rules, and every valid quorum in time passes', async (t) => {
  const setNow = clockOf(t);
  const counts = { lives: 0, passed: 0, quorums: 0, late: 0, askedAgain: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(lives, async (life) => {
      const { world, handled, history } = await live(life, setNow);
      const verdict = expected(handled, life.quorum);
      counts.lives += 1;
      if (world.answer() === 'approved') counts.passed += 1;
      if (verdict === 'approved') counts.quorums += 1;
      counts.refused += handled.filter(({ refused }) => refused).length;
      counts.late += handled.filter(({ gate, atMs }) => atMs >= gate.openedAtMs + EXPIRE_MS).length;
      counts.askedAgain += world.record.gates.length - 1;
      const answer = world.answer();
      assert.equal(answer === 'approved', verdict === 'approved', `${answer}, not ${verdict}`);
      assert.equal(answer === 'rejected', verdict === 'rejected', `${answer}, not ${verdict}`);
      assert.notEqual(verifyRecord(world.record, APPROVERS).status, 'failed');
      // A restart replays what was let in, verifies nothing again, and comes to the same record.
      const again = createGateWorld(life.quorum, setNow);
      await again.begin(T0);
      for (const activation of history) await again.activate(activation, true);
      assert.deepEqual(again.record, world.record);
      assert.equal(again.answer(), answer);
    }),
    RUNS,
  );
  t.diagnostic(JSON.stringify(counts));
  assert.equal(counts.passed, counts.quorums);
  assert.ok(counts.passed > RUNS.numRuns / 10, 'too few gates passed');
  assert.ok(counts.askedAgain > RUNS.numRuns / 100, 'too few were asked again');
});

test('approve and reject in one activation: the first closes, the second is refused', async (t) => {
  const setNow = clockOf(t);
  for (const [first, second] of [
    ['approve', 'reject'],
    ['reject', 'approve'],
  ] as const) {
    const world = createGateWorld(1, setNow);
    await world.begin(T0);
    const gate = world.open() ?? assert.fail();
    const messages = [sign(gate, first, OLGA), sign(gate, second, RITA)];
    const told = await world.activate({ atMs: T0 + 10, messages });
    assert.deepEqual(
      told.map(({ refused }) => refused),
      [false, true],
    );
    assert.equal(world.answer(), first === 'approve' ? 'approved' : 'rejected');
    assert.deepEqual(
      world.record.gates[0]?.decisions.map(({ answer }) => answer),
      [first],
    );
  }
});

test('two that were verified before either was counted: the second is refused all the same', async (t) => {
  const world = createGateWorld(1, clockOf(t));
  await world.begin(T0);
  const gate = world.open() ?? assert.fail();
  const messages = [sign(gate, 'approve', OLGA), sign(gate, 'reject', RITA)];
  const told = await world.activate({ atMs: T0 + 10, messages }, true);
  assert.deepEqual(
    told.map(({ refused }) => refused),
    [false, true],
  );
  assert.equal(world.record.gates[0]?.decisions.length, 1);
});

test('a decision in time that is handled after the deadline asks again, once', async (t) => {
  const setNow = clockOf(t);
  const world = createGateWorld(1, setNow);
  await world.begin(T0);
  const gate = world.open() ?? assert.fail();
  const decision = sign(gate, 'approve', OLGA, { said: { decidedAtMs: T0 + 900 } });
  const told = await world.activate({ atMs: T0 + 5_000, messages: [decision, decision] });
  assert.deepEqual(
    told.map(({ refused }) => refused),
    [true, true],
  );
  assert.equal(world.answer(), null);
  assert.equal(world.open()?.attempt, 2);
  const [first] = world.record.gates;
  assert.deepEqual([first?.outcome, first?.decisions], ['expired', []]);
  assert.match(first?.late?.[0]?.why ?? '', /expired at .* handled at .* asked again/);
  const second = world.open() ?? assert.fail();
  await world.activate({ atMs: T0 + 5_100, messages: [sign(second, 'approve', OLGA)] });
  assert.equal(world.answer(), 'approved');
});

test('a worker that was away at the reminder makes the gate live no longer', async (t) => {
  const setNow = clockOf(t);
  const world = createGateWorld(1, setNow);
  await world.begin(T0);
  await world.activate({ atMs: T0 + 900, messages: [] }); // the reminder, half a life late
  assert.equal(world.nextTimerMs(), T0 + EXPIRE_MS);
});
