/**
 * The whole gate over seeded nights: two engines in trouble at once, gates in a row, and every order of decisions
 * (right, wrong, late, early, stale, foreign, doubled, of one's own request), escalations, clocks, moved figures,
 * withdrawals and restarts. Nothing passes without its rules; expiry never approves; what has moved is asked again.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import type { Approver } from '../../../workflows/domain/gates/approver.js';
import { publicKeyOf, type Decision } from '../../../workflows/domain/gates/decision.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import { verifyRecord } from '../../../workflows/domain/gates/proof/verify-record.js';
import { situationOf } from '../../../workflows/domain/gates/screen/situation.js';
import type { GateRecord } from '../../../workflows/domain/record.js';
import { APPROVERS, DEAN, OLGA, RITA, sign, type Person } from '../fakes/people.js';
import {
  coveredBy,
  createEngineGates,
  LIMIT,
  type EngineGates,
  type EngineLife,
  type Handed,
} from './engine-gates.js';

const RUNS = { numRuns: 160, seed: 20_261_130 };
const T0 = 1_700_000_000_000;
const EXPIRE_MS = 1_000;
const HANA: Person = { name: 'hana', roles: ['head'], privateKey: '04'.repeat(32) };
const MEI: Person = { name: 'mei', roles: ['risk', 'ops'], privateKey: '05'.repeat(32) };
const ALL: Approver[] = [
  ...APPROVERS,
  ...[HANA, MEI].map(({ name, roles, privateKey }) => ({
    name,
    roles,
    keys: [{ ed25519: publicKeyOf(privateKey) }],
  })),
];

interface Move {
  afterMs: number;
  /** To whom it is sent, and of whose gate it is. */
  to: 0 | 1;
  of: 'open' | 'stale' | 'other';
  person: Person;
  answer: 'approve' | 'reject';
  forged: 'no' | 'key' | 'answer';
  skewMs: number;
  underWayMs: number;
  doubled: boolean;
}

interface Night {
  quorum: number;
  mayAnswer: boolean;
  figures: [string[], string[]];
  askedBy: string | null;
  moves: Move[];
  withdrawAt: number | null;
}

const usually = <T>(value: T, ...others: T[]) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(value) }, fc.constantFrom(...others));

/** Small moves within the band, and jumps beyond it, up and down. */
const figures = fc
  .array(fc.constantFrom(1, 1.01, 1.015, 1.05, 1.3, 0.8), { minLength: 2, maxLength: 4 })
  .map((factors) => {
    let figure = 1_100;
    return factors.map((factor) => (figure *= factor).toFixed(2));
  });

const nights: fc.Arbitrary<Night> = fc.record({
  quorum: fc.constantFrom(1, 1, 2),
  mayAnswer: fc.boolean(),
  figures: fc.tuple(figures, figures),
  askedBy: fc.constantFrom(null, null, 'rita'),
  moves: fc.array(
    fc.record({
      afterMs: fc.integer({ min: 1, max: 260 }),
      to: fc.constantFrom(0 as const, 1 as const),
      of: usually<Move['of']>('open', 'stale', 'other'),
      person: fc.constantFrom(OLGA, RITA, MEI, HANA, MEI, RITA, DEAN),
      answer: usually<Move['answer']>('approve', 'reject'),
      forged: usually<Move['forged']>('no', 'key', 'answer'),
      skewMs: usually(0, -130_000, 130_000, 500, -500),
      underWayMs: usually(1, 300, 1_200),
      doubled: fc.boolean(),
    }),
    { minLength: 6, maxLength: 22 },
  ),
  withdrawAt: usually<number | null>(null, 3, 7),
});

function lifeOf(night: Night, at: 0 | 1): EngineLife {
  const { quorum, mayAnswer, figures: both, askedBy } = night;
  const expires = { expiresAfterMs: EXPIRE_MS };
  const exposure = (figure: string) => ({ kind: 'exposure' as const, figure });
  return {
    engineId: at === 0 ? 'alpha' : 'beta',
    gates: {
      quorum,
      remindAfterMs: 300,
      ...expires,
      escalateAfterMs: 500,
      escalateTo: ['head'],
      escalatedMayAnswer: mayAnswer,
      kinds: { manual_recovery: { ...expires, quorum: 1 } },
    },
    approvers: ALL,
    stages: [
      ...both[at].map(exposure),
      { kind: 'risk_limits', figure: '1' },
      { kind: 'volatility', figure: '2' },
      ...both[at].slice(-1).map(exposure),
    ],
    askedBy,
  };
}

interface Sent {
  decision: Decision;
  gate: GateRequest;
  person: Person;
  to: 0 | 1;
  arrivesMs: number;
  isTrue: boolean;
}

type Handled = Sent & { atMs: number; refused: boolean };

function signedBy(move: Move, gate: GateRequest, nowMs: number): Decision {
  const { person, answer, forged, skewMs } = move;
  const key = forged === 'key' ? { ...person, privateKey: '0a'.repeat(32) } : person;
  const decision = sign(gate, answer, key, { said: { decidedAtMs: nowMs + skewMs } });
  if (forged !== 'answer') return decision;
  const other = answer === 'approve' ? 'reject' : 'approve';
  return { ...decision, said: { ...decision.said, answer: other } };
}

/** The gate whose question a person signs: what is open, what was before, or what another engine asks. */
function shownTo(move: Move, engines: [EngineGates, EngineGates], seen: GateRequest[]) {
  const own = engines[move.to].open();
  if (move.of === 'open') return own;
  if (move.of === 'other') return engines[move.to === 0 ? 1 : 0].open();
  return (
    seen.findLast((gate) => gate.attempt !== own?.attempt || gate.gateId !== own.gateId) ?? own
  );
}

async function live(night: Night, setNow: (ms: number) => void) {
  const engines: [EngineGates, EngineGates] = [
    createEngineGates(lifeOf(night, 0), setNow),
    createEngineGates(lifeOf(night, 1), setNow),
  ];
  const histories: [Handed[], Handed[]] = [[], []];
  const handled: Handled[] = [];
  const seen: GateRequest[] = [];
  let underWay: Sent[] = [];
  for (const engine of engines) await engine.begin(T0);

  async function until(endMs: number): Promise<void> {
    for (;;) {
      const timers = engines.map((engine) => engine.nextTimerMs());
      const next = Math.min(...timers, ...underWay.map(({ arrivesMs }) => arrivesMs));
      if (next > endMs) return;
      for (const at of [0, 1] as const) await handTo(at, next);
    }
  }

  async function handTo(at: 0 | 1, atMs: number, withdraw?: true): Promise<void> {
    const engine = engines[at];
    const mine = underWay.filter((sent) => sent.to === at && sent.arrivesMs <= atMs);
    underWay = underWay.filter((sent) => !mine.includes(sent));
    const given = { atMs, ...(withdraw === true && { withdraw }) };
    const told = await engine.hand({ ...given, messages: mine.map(({ decision }) => decision) });
    handled.push(...mine.map((sent, i) => ({ ...sent, atMs, refused: told[i]?.refused ?? true })));
    const accepted = mine.filter((_, i) => told[i]?.accepted === true);
    histories[at].push({ ...given, messages: accepted.map(({ decision }) => decision) });
    const open = engine.open();
    if (open !== null) seen.push(open);
  }

  let nowMs = T0;
  for (const [index, move] of night.moves.entries()) {
    nowMs += move.afterMs;
    await until(nowMs);
    if (night.withdrawAt === index) await handTo(move.to, nowMs, true);
    const gate = shownTo(move, engines, seen);
    if (gate === null) continue;
    setNow(nowMs);
    const { person, to, forged, underWayMs } = move;
    const decision = signedBy(move, gate, nowMs);
    const arrivesMs = nowMs + underWayMs;
    const sent = { decision, gate, person, to, arrivesMs, isTrue: forged === 'no' };
    underWay.push(sent, ...(move.doubled ? [{ ...sent, arrivesMs: arrivesMs + 3 }] : []));
  }
  await until(nowMs + 8 * EXPIRE_MS);
  return { engines, handled, histories };
}

/** Those whose decisions the plain reading of the rules lets count for this gate. */
function entitled(gate: GateRecord, handled: readonly Handled[], night: Night): Set<string> {
  const people = new Set<string>();
  for (const { decision, gate: shown, person, to, atMs, isTrue } of handled) {
    const { answer, decidedAtMs } = decision.said;
    const isOfIt =
      shown.gateId === gate.gateId &&
      shown.attempt === gate.attempt &&
      gate.gateId.startsWith(to === 0 ? 'alpha/' : 'beta/');
    if (!isTrue || !isOfIt || answer !== 'approve') continue;
    const expiresMs = gate.openedAtMs + EXPIRE_MS;
    if (atMs >= expiresMs || decidedAtMs >= expiresMs) continue;
    const roles = gate.kind === 'manual_recovery' ? ['risk'] : ['ops', 'risk'];
    const isLate = atMs >= gate.openedAtMs + 500 && night.mayAnswer;
    if (!person.roles.some((role) => roles.includes(role) || (isLate && role === 'head'))) continue;
    if (isOwnRequest(gate, person, night)) continue;
    people.add(person.name);
  }
  return people;
}

/** Until people have said so once, the one who had it begun may not. */
function isOwnRequest(gate: GateRecord, person: Person, night: Night): boolean {
  return (
    person.name === night.askedBy &&
    gate.kind === 'manual_recovery' &&
    situationOf({ evidence: gate.evidence ?? {} })?.people.notByThemselves !== undefined
  );
}

function checkEngine(engine: EngineGates, handled: readonly Handled[], night: Night): void {
  const { record, passed, engineId } = engine;
  for (const gate of record.gates) {
    assert.ok(gate.gateId.startsWith(`${engineId}/`));
    const quorum = gate.kind === 'manual_recovery' ? 1 : night.quorum;
    if (gate.outcome === 'approved') {
      const people = entitled(gate, handled, night);
      assert.ok(people.size >= quorum, `${gate.kind} passed with ${people.size} of ${quorum}`);
      assert.ok((gate.closedAtMs ?? 0) < gate.openedAtMs + EXPIRE_MS, 'approved after its expiry');
      for (const { approver } of gate.decisions) assert.ok(people.has(approver), approver);
    }
    if (gate.outcome === 'expired') assert.ok(gate.decisions.length < quorum);
  }
  if (night.askedBy !== null && engine.ended() !== null) {
    const [first] = record.gates;
    const own = situationOf({ evidence: first?.evidence ?? {} })?.people.notByThemselves;
    assert.equal(own, night.askedBy);
  }
  for (const { stage, gates } of passed) {
    const before = record.gates.slice(0, gates);
    const since = before.findLastIndex(({ kind }) => kind === 'manual_recovery') + 1;
    const approved = before
      .slice(since)
      .filter(({ kind, outcome }) => kind === stage.kind && outcome === 'approved');
    const isWithin = stage.kind === 'exposure' && Number(stage.figure) <= Number(LIMIT);
    const covering = approved.filter(
      ({ evidence }) =>
        stage.kind !== 'exposure' || coveredBy(totalIn(evidence)) >= Number(stage.figure),
    );
    assert.ok(isWithin || covering.length > 0, `${stage.kind} at ${stage.figure} passed uncovered`);
  }
  assert.notEqual(verifyRecord(record, ALL).status, 'failed');
}

function totalIn(evidence: Record<string, unknown> | undefined): string {
  return (evidence as { exposure: { total: string } }).exposure.total;
}

/** Attempts after an approval of the same kind: what was approved had moved. */
function reopened({ record }: EngineGates): number {
  return record.gates.filter(
    ({ kind, attempt }, at) =>
      kind === 'exposure' &&
      record.gates.slice(0, at).some((g) => g.kind === kind && g.outcome === 'approved') &&
      attempt > 1,
  ).length;
}

test('no gate of two engines passes without its rules, whatever comes in whatever order', async (t) => {
  const setNow = clockOf(t);
  const cases = {
    nights: 0,
    gates: 0,
    approved: 0,
    rejected: 0,
    expired: 0,
    withdrawn: 0,
    through: 0,
    decisions: 0,
    refused: 0,
    foreign: 0,
    escalated: 0,
    byEscalation: 0,
    movedAndAskedAgain: 0,
    ownRequests: 0,
  };
  await fc.assert(
    fc.asyncProperty(nights, async (night) => {
      const { engines, handled, histories } = await live(night, setNow);
      cases.nights += 1;
      cases.decisions += handled.length;
      cases.refused += handled.filter(({ refused }) => refused).length;
      const foreign = handled.filter(
        ({ gate, to }) => !gate.gateId.startsWith(to === 0 ? 'a' : 'b'),
      );
      assert.ok(
        foreign.every(({ refused }) => refused),
        'a decision of another engine counted',
      );
      cases.foreign += foreign.length;
      for (const at of [0, 1] as const) {
        const engine = engines[at];
        checkEngine(engine, handled, night);
        for (const { outcome } of engine.record.gates) if (outcome !== 'open') cases[outcome] += 1;
        cases.gates += engine.record.gates.length;
        cases.through += Number(engine.ended() === 'through');
        cases.escalated += engine.changes.filter((change) => change === 'escalated').length;
        cases.movedAndAskedAgain += reopened(engine);
        const all = engine.record.gates.flatMap(({ decisions }) => decisions);
        cases.byEscalation += all.filter(({ approver }) => approver === 'hana').length;
        cases.ownRequests += Number(night.askedBy !== null);
        // A restart replays what was let in, verifies nothing again, and comes to the same record.
        const again = createEngineGates(lifeOf(night, at), setNow);
        await again.begin(T0);
        for (const handed of histories[at]) await again.hand(handed, true);
        assert.deepEqual(again.record, engine.record);
        assert.deepEqual([again.passed, again.ended()], [engine.passed, engine.ended()]);
      }
    }),
    RUNS,
  );
  t.diagnostic(JSON.stringify(cases));
  for (const [what, count] of Object.entries(cases)) assert.ok(count > 5, `too few: ${what}`);
});

function clockOf(t: TestContext) {
  t.mock.timers.enable({ apis: ['Date'], now: T0 });
  return (ms: number) => t.mock.timers.setTime(ms);
}
