/** Answers to a gate: which count, which are refused, and what a person is told meanwhile. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { decide, decideBySignal } from '../../workflows/messages.js';
import type { AnyDecision } from '../../workflows/domain/gates/any-decision.js';
import {
  checkCodeOf,
  publicKeyOf,
  shownOf,
  type Decision,
  type Said,
} from '../../workflows/domain/gates/decision.js';
import { signFormerDecision } from '../../workflows/domain/gates/former-decision.js';
import type { GateRequest } from '../../workflows/domain/gates/gate.js';
import { verifyRecord } from '../../workflows/domain/gates/proof/verify-record.js';
import type { RecoveryRecord } from '../../workflows/domain/record.js';
import { APPROVERS, DEAN, OLGA, RITA, sign } from './fakes/people.js';
import { quickPolicy } from './fakes/policy.js';
import * as troubles from './fakes/troubles.js';
import { eventually } from './fakes/waiting.js';
import { openWorld, type World } from './fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const QUORUM_2 = quickPolicy({ gates: { quorum: 2 } });
const NOBODY = { ...OLGA, name: 'nobody' };

/** As a command line of the former version signs. */
function formerOf({ gateId, attempt, evidenceHash }: GateRequest): AnyDecision {
  const said = { answer: 'approve', reason: 'seen', approver: 'olga', decidedAtMs: Date.now() };
  const content = { gateId, attempt, evidenceHash, ...said } as const;
  return signFormerDecision({ ...content, answer: 'approve' }, OLGA.privateKey);
}

describe('decisions', { concurrency: 8 }, () => {
  test('are refused with a reason, and the open gate stays as it was', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await engine.crash();
    const gate = await engine.gate('volatility');
    const good = sign(gate, 'approve');
    const cut: Decision = { ...good, proof: { ...good.proof, signature: '0'.repeat(128) } };
    const flipped = sign(gate, 'reject');
    const otherSaid = (said: Partial<Said>) => sign(gate, 'approve', OLGA, { said });
    const otherShown = (shown: Partial<GateRequest>) => sign(gate, 'approve', OLGA, { shown });
    const refused: [AnyDecision, RegExp][] = [
      [cut, /signature does not hold/],
      [{ ...flipped, said: { ...flipped.said, answer: 'approve' } }, /signature does not hold/],
      [sign(gate, 'approve', { ...RITA, name: 'olga' }), /by a key that is none of "olga"/],
      [sign(gate, 'approve', NOBODY), /"nobody" is not among the configured approvers/],
      [sign(gate, 'approve', DEAN), /"dean" has roles dev; the gate asks for ops or risk/],
      [otherShown({ attempt: 2 }), /at attempt 1; the decision is for 2/],
      [otherShown({ evidenceHash: '0'.repeat(64) }), /evidence, or what is asked, has changed/],
      [otherShown({ gateId: 'another' }), /not "another"/],
      [otherShown({ question: 'Something harmless?' }), /what is asked, has changed/],
      [otherShown({ onReject: 'nothing' }), /what is asked, has changed/],
      [otherShown({ runId: 'of staging' }), /what is asked, has changed/],
      [otherSaid({ decidedAtMs: 1 }), /before the gate was opened/],
      [otherSaid({ decidedAtMs: Date.now() + 600_000 }), /Decided at .*(?:expired|clock)/],
      [formerOf(gate), /This is no decision|does not fit/],
      [{} as Decision, /This is no decision|does not fit/],
    ];
    for (const [decision, why] of refused) {
      const outcome = await engine.send(decision);
      assert.ok(!outcome.accepted, `accepted, although ${why.source}`);
      assert.match(outcome.reason, why);
    }
    assert.deepEqual(await engine.gate('volatility'), gate);
    assert.deepEqual((await engine.record()).gates[0]?.decisions, []);
    assert.equal((await engine.approve('volatility')).accepted, true);
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('are refused where no gate is open, and the recovery goes on', async () => {
    const engine = world.engine({ fakes: { ...troubles.exposureHigh, ...troubles.volatile } });
    await engine.crash();
    const first = await engine.gate('exposure');
    await engine.approve('exposure');
    await engine.gate('volatility');
    const late = await engine.send(sign(first, 'reject', RITA));
    assert.ok(!late.accepted);
    assert.match(late.reason, /The open gate is/);
    await engine.approve('volatility');
    await engine.called('applyStage');
    const afterwards = await engine.send(sign(first, 'reject'));
    assert.equal(afterwards.accepted, false);
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('of one person count once, however often they are sent', async () => {
    const engine = world.engine({ fakes: troubles.volatile, policy: QUORUM_2 });
    await engine.crash();
    const gate = await engine.gate('volatility');
    const decision = sign(gate, 'approve');
    const counted = { status: 'counted', gateId: gate.gateId, approvals: 1, quorum: 2 };
    for (let times = 0; times < 3; times += 1) {
      assert.deepEqual(await engine.send(decision), { accepted: true, receipt: counted });
    }
    // As an update that does not name it, and as a signal.
    await assert.rejects(engine.recovery.executeUpdate(decide, { args: [decision] }));
    await engine.recovery.signal(decideBySignal, decision);
    assert.deepEqual((await engine.send(sign(gate, 'approve'))).accepted, true);
    assert.notEqual(await engine.gate('volatility'), null);
    assert.equal(engine.callsOf('applyStage').length, 0);
  });

  for (const round of [1, 2, 3, 4]) {
    test(`that contradict each other at once: the first closes the gate (${round})`, async () => {
      const engine = world.engine({ fakes: troubles.volatile });
      await engine.crash();
      const gate = await engine.gate('volatility');
      const both = [sign(gate, 'approve', OLGA), sign(gate, 'reject', RITA)];
      const outcomes = await Promise.all(both.map((decision) => engine.send(decision)));
      assert.equal(outcomes.filter(({ accepted }) => accepted).length, 1, JSON.stringify(outcomes));
      await eventually(
        'its end',
        async () => (await engine.record()).gates[0]?.closedAtMs !== null,
      );
      const [closed] = (await engine.record()).gates;
      assert.equal(closed?.decisions.length, 1);
    });
  }

  test('are kept whole, so that anybody can verify them afterwards', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await engine.crash();
    const gate = await engine.gate('volatility');
    const decision = sign(gate, 'approve');
    const more = await engine.send({ ...decision, unsigned: 'came along' } as Decision);
    assert.ok(!more.accepted);
    assert.match(more.reason, /unsigned/);
    await engine.send(decision);
    await engine.ended();
    const record = await engine.record();
    const [closed] = record.gates;
    const [kept] = closed?.decisions ?? [];
    assert.deepEqual(closed?.shown, shownOf(gate));
    assert.deepEqual(closed?.evidence, gate.evidence);
    const { shownHash, proof } = kept ?? {};
    assert.deepEqual(
      { shownHash, proof },
      { shownHash: decision.shownHash, proof: decision.proof },
    );
    assert.deepEqual(kept?.key, { ed25519: publicKeyOf(OLGA.privateKey) });
    assert.deepEqual(record.decisions, { count: 1, hash: kept?.hash });
    const verified = verifyRecord(record, APPROVERS);
    assert.deepEqual([verified.status, verified.gates[0]?.status], ['verified', 'verified']);
    const [report] = engine.callsOf('writeReport');
    const told = report?.input['record'] as RecoveryRecord;
    assert.deepEqual(told.gates[0], closed);
  });

  test('of two people make a quorum of two', async () => {
    const engine = world.engine({ fakes: troubles.volatile, policy: QUORUM_2 });
    await engine.crash();
    await engine.approve('volatility');
    const second = await engine.approve('volatility', { person: RITA });
    assert.ok(second.accepted);
    assert.equal(second.receipt.status, 'approved');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('of one who rejects outweigh a quorum under way', async () => {
    const engine = world.engine({ fakes: troubles.volatile, policy: QUORUM_2 });
    await engine.crash();
    await engine.approve('volatility');
    await engine.reject('volatility', { person: RITA });
    await engine.gate('manual_recovery');
    assert.equal(engine.callsOf('applyStage').length, 0);
  });

  test('come by signal too, and a bad one by signal changes nothing', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await engine.crash();
    const gate = await engine.gate('volatility');
    await engine.recovery.signal(decideBySignal, sign(gate, 'reject', NOBODY));
    const good = sign(gate, 'reject');
    const forged = { ...good, said: { ...good.said, reason: 'forged' } };
    await engine.recovery.signal(decideBySignal, forged);
    for (const nothing of [{}, null, 'x', [], { said: null }]) {
      await engine.recovery.signal(decideBySignal, nothing as unknown as Decision);
    }
    assert.deepEqual(await engine.gate('volatility'), gate);
    await engine.recovery.signal(decideBySignal, sign(gate, 'approve'));
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal((await engine.record()).gates[0]?.decisions.length, 1);
  });

  test('that never come: a reminder is sent, then the gate expires and never approves', async () => {
    const policy = quickPolicy({ gates: { remindAfterMs: 200, expiresAfterMs: 600 } });
    const engine = world.engine({ fakes: troubles.volatile, policy });
    await engine.crash();
    const gate = await engine.gate('manual_recovery');
    assert.match(gate.question, /volatility: expired/);
    assert.equal(gate.expiresAtMs, null);
    assert.equal((await engine.record()).gates[0]?.outcome, 'expired');
    assert.equal(engine.callsOf('applyStage').length, 0);
    assert.equal(engine.callsOf('stopEngine').length, 1);
    // The checklist reminds as well, and is still open long after a gate would have expired.
    const reminders = () =>
      engine
        .callsOf('notify')
        .filter(({ input }) => String(input['title']).includes('STILL WAITS'));
    await eventually('two reminders', async () => reminders().length === 2);
    await engine.approve('manual_recovery');
    await engine.gate('volatility', 2);
  });

  test('are asked for in words: the details of the workflow tell the question', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await engine.crash();
    const gate = await engine.gate('volatility');
    const metadata = await engine.recovery.query<{ currentDetails: string }>(
      '__temporal_workflow_metadata',
    );
    assert.match(metadata.currentDetails, /^## \S+ WAITS FOR YOU: volatility 0\.09 above 0\.05$/m);
    assert.match(metadata.currentDetails, /Volatility is 0\.09, above 0\.05\. Resume trading\?/);
    assert.match(metadata.currentDetails, /waiting for a person/);
    const command = `relight approve ${gate.gateId} --evidence ${gate.evidenceHash}`;
    assert.ok(metadata.currentDetails.includes(command));
    assert.ok(metadata.currentDetails.includes(checkCodeOf(gate)));
    const told = await eventually(
      'the question is told',
      async () => engine.callsOf('notify').find(({ input }) => input['state'] === 'asked') ?? false,
    );
    assert.equal(told?.input['severity'], 'warning');
    assert.match(String(told?.input['title']), /WAITS FOR YOU: volatility 0\.09 above 0\.05$/);
    assert.match(String(told.input['text']), new RegExp(`--evidence ${gate.evidenceHash}`));
    assert.ok(String(told.input['text']).includes(checkCodeOf(gate)));
    const query = `RelightEngine = '${engine.engineId}' AND RelightGate = 'volatility'`;
    const listed = () => world.client.workflow.count(query);
    await eventually(query, async () => (await listed()).count === 1);
    await engine.approve('volatility');
    await engine.ended();
    await eventually(`none of ${query}`, async () => (await listed()).count === 0);
  });
});
