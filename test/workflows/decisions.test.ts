/** Answers to a gate: which count, which are refused, and what a person is told meanwhile. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { decide, decideBySignal } from '../../workflows/messages.js';
import { refusalOf, SignedDecision } from '../../workflows/domain/gates/gate.js';
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

describe('decisions', { concurrency: 8 }, () => {
  test('are refused with a reason, and the open gate stays as it was', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await engine.crash();
    const gate = await engine.gate('volatility');
    const refused: [SignedDecision, RegExp][] = [
      [{ ...sign(gate, 'approve'), signature: '0'.repeat(128) }, /signature does not hold/],
      [{ ...sign(gate, 'reject'), answer: 'approve' }, /signature does not hold/],
      [sign(gate, 'approve', { ...RITA, name: 'olga' }), /signature does not hold/],
      [sign(gate, 'approve', NOBODY), /"nobody" is not among the configured approvers/],
      [sign(gate, 'approve', DEAN), /"dean" has roles dev; the gate asks for ops or risk/],
      [sign(gate, 'approve', OLGA, { attempt: 2 }), /at attempt 1; the decision is for 2/],
      [sign(gate, 'approve', OLGA, { evidenceHash: '0'.repeat(64) }), /evidence has changed/],
      [sign(gate, 'approve', OLGA, { gateId: 'another' }), /not "another"/],
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
    // The same decision as another update, and as a signal.
    assert.deepEqual(await engine.recovery.executeUpdate(decide, { args: [decision] }), counted);
    await engine.recovery.signal(decideBySignal, decision);
    assert.deepEqual((await engine.send(sign(gate, 'approve'))).accepted, true);
    assert.notEqual(await engine.gate('volatility'), null);
    assert.equal(engine.callsOf('applyStage').length, 0);
  });

  test('are kept as they were signed, so that anybody can verify them afterwards', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await engine.crash();
    const gate = await engine.gate('volatility');
    const decision = sign(gate, 'approve');
    const more = { unsigned: 'came along' };
    await engine.send({ ...decision, ...more });
    await engine.ended();
    const [closed] = (await engine.record()).gates;
    assert.equal(closed?.evidenceHash, gate.evidenceHash);
    assert.deepEqual(closed?.decisions, [decision]);
    const kept = SignedDecision.parse(closed?.decisions[0]);
    assert.equal(refusalOf(kept, gate, APPROVERS), null);
    const forged: SignedDecision = { ...kept, answer: 'reject' };
    assert.match(refusalOf(forged, gate, APPROVERS) ?? '', /signature does not hold/);
    const [report] = engine.callsOf('writeReport');
    const told = report?.input['record'] as RecoveryRecord;
    assert.deepEqual(told.gates[0]?.decisions, [decision]);
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
    await engine.recovery.signal(decideBySignal, { ...sign(gate, 'reject'), reason: 'forged' });
    await engine.recovery.signal(decideBySignal, {} as SignedDecision);
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
      engine.callsOf('notify').filter(({ input }) => String(input['title']).startsWith('Still'));
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
    assert.match(metadata.currentDetails, /Volatility is 0\.09, above 0\.05\. Resume trading\?/);
    assert.match(metadata.currentDetails, /waiting for a person/);
    assert.ok(metadata.currentDetails.includes(`relight approve ${gate.gateId}`));
    await engine.called('notify');
    const [told] = engine.callsOf('notify');
    assert.equal(told?.input['severity'], 'warning');
    assert.equal(told?.input['title'], gate.question);
    const query = `RelightEngine = '${engine.engineId}' AND RelightGate = 'volatility'`;
    const listed = () => world.client.workflow.count(query);
    await eventually(query, async () => (await listed()).count === 1);
    await engine.approve('volatility');
    await engine.ended();
    await eventually(`none of ${query}`, async () => (await listed()).count === 0);
  });
});
