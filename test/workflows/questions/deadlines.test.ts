/** A deadline is judged by the clock: with workers away over it, on a real server, nothing passes. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DecisionOutcome } from '../../../clients/temporal/recoveries.js';
import { verifyRecord } from '../../../workflows/domain/gates/proof/verify-record.js';
import { decideBySignal } from '../../../workflows/messages.js';
import { APPROVERS, sign } from '../fakes/people.js';
import { quickPolicy } from '../fakes/policy.js';
import * as troubles from '../fakes/troubles.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const EXPIRE_MS = 3_000;

async function atGate(expiresAfterMs = EXPIRE_MS) {
  const policy = quickPolicy({ gates: { remindAfterMs: 1_000, expiresAfterMs } });
  const engine = world.engine({ fakes: troubles.volatile, policy });
  await engine.crash();
  const gate = await engine.gate('volatility');
  return { engine, gate };
}

async function untilExpired({ expiresAtMs }: { expiresAtMs: number | null }): Promise<void> {
  await sleep(Math.max(0, (expiresAtMs ?? 0) - Date.now() + 500));
}

test('an approval signed after the deadline opens nothing, by signal or by update', async () => {
  const { engine, gate } = await atGate();
  let outcome: Promise<DecisionOutcome> | null = null;
  await world.withoutWorkers(async () => {
    await untilExpired(gate);
    const late = sign(gate, 'approve');
    await engine.recovery.signal(decideBySignal, late);
    outcome = engine.send(late);
  });
  const told = await (outcome as Promise<DecisionOutcome> | null);
  assert.equal(told?.accepted, false);
  await engine.gate('manual_recovery');
  assert.equal((await engine.record()).gates[0]?.outcome, 'expired');
  assert.equal(engine.callsOf('applyStage').length, 0);
});

test('an approval made in time that is handled too late is refused, told, and asked again', async () => {
  const { engine, gate } = await atGate();
  await world.withoutWorkers(async () => {
    await engine.recovery.signal(decideBySignal, sign(gate, 'approve'));
    await untilExpired(gate);
  });
  const again = await engine.gate('volatility', 2);
  const { gates } = await engine.record();
  assert.deepEqual([gates[0]?.outcome, gates[0]?.late?.[0]?.approver], ['expired', 'olga']);
  assert.equal(engine.callsOf('applyStage').length, 0);
  const titles = engine.callsOf('notify').map(({ input }) => String(input['title']));
  assert.ok(titles.some((title) => title.includes('ASKS AGAIN')));
  const told = engine.callsOf('notify').map(({ input }) => input);
  assert.deepEqual(
    told.flatMap(({ question, inPlaceOf }) => (inPlaceOf ? [[question, inPlaceOf]] : [])),
    [['gate:volatility:2', 'gate:volatility:1']],
    'of which no other end is told',
  );
  assert.equal((await engine.send(sign(again, 'approve'))).accepted, true);
  assert.equal((await engine.ended()).outcome, 'recovered');
  const proof = verifyRecord(await engine.record(), APPROVERS);
  assert.notEqual(proof.status, 'failed', JSON.stringify(proof));
});

test('approve and reject in one workflow task: one closes the gate, the other is refused', async () => {
  const { engine, gate } = await atGate(600_000);
  await world.withoutWorkers(async () => {
    await engine.recovery.signal(decideBySignal, sign(gate, 'reject'));
    await engine.recovery.signal(decideBySignal, sign(gate, 'approve'));
  });
  await engine.gate('manual_recovery');
  const [closed] = (await engine.record()).gates;
  assert.deepEqual(
    closed?.decisions.map(({ answer }) => answer),
    ['reject'],
  );
  assert.equal(closed.outcome, 'rejected');
});
