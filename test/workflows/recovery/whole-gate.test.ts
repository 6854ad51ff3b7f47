/**
 * The whole gate over seeded nights: two engines in trouble at once, gates in a row, and every order of decisions
 * (right, wrong, late, early, stale, foreign, doubled, of one's own request), escalations, clocks, moved figures,
 * withdrawals and restarts. Nothing passes without its rules; expiry never approves; what has moved is asked again.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import * as fc from 'fast-check';
import { verifyRecord } from '../../../workflows/domain/gates/proof/verify-record.js';
import { situationOf } from '../../../workflows/domain/gates/situation.js';
import type { GateRecord } from '../../../workflows/domain/record.js';
import type { Person } from '../fakes/people.js';
import { coveredBy, createEngineGates, LIMIT, type EngineGates } from './engine-gates.js';
import {
  ALL,
  EXPIRE_MS,
  lifeOf,
  live,
  nights,
  T0,
  type Handled,
  type Night,
} from './gate-night.js';

const RUNS = { numRuns: 160, seed: 20_261_130 };
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
