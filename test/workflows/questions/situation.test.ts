/** What stands round a question on a real server: it is signed, handed on, escalated, and never in the way. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { engageKillSwitch } from '../../../clients/temporal/recoveries.js';
import type { Approver } from '../../../workflows/domain/gates/approver.js';
import type { GateRequest } from '../../../workflows/domain/gates/gate.js';
import { situationOf } from '../../../workflows/domain/gates/situation.js';
import { never, rulesOf } from '../fakes/activities.js';
import { APPROVERS, OLGA } from '../fakes/people.js';
import { quickPolicy } from '../fakes/policy.js';
import * as troubles from '../fakes/troubles.js';
import { eventually } from '../fakes/waiting.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

function roundOf(gate: GateRequest) {
  return situationOf(gate) ?? assert.fail('nothing stands round it');
}

describe('what stands round a question', { concurrency: 8 }, () => {
  test('says what died, what is in the market, what answers do and who may answer', async () => {
    const engine = world.engine({ fakes: troubles.exposureHigh });
    await engine.crash();
    const {
      happened,
      engine: now,
      market,
      answers,
      people,
    } = roundOf(await engine.gate('exposure'));
    assert.equal(happened.engineId, engine.engineId);
    assert.match(happened.cause ?? '', /segfault \(certain\)/);
    assert.match(now, /-e1 runs, and does not trade$/);
    assert.deepEqual([market.positions.count, market.orders?.ours], [1, 2]);
    assert.match(answers.reject.engine, /^is stopped/);
    assert.deepEqual(
      people.names.map(({ name }) => name),
      ['olga', 'rita'],
    );
    const [asked] = engine.callsOf('surveyMarket');
    assert.match(JSON.stringify(asked?.input['snapshot']), /"kind":"venue-snapshot"/);
  });

  test('names nobody whose key counts no more as one who may answer', async () => {
    const [olga, ...others] = APPROVERS;
    const revoked = { ...(olga as Approver), revoked: '2020-01-01' };
    const loadRules = async () =>
      rulesOf({ policy: quickPolicy(), approvers: [revoked, ...others] });
    const engine = world.engine({ fakes: { ...troubles.exposureHigh, loadRules } });
    await engine.crash();
    const { people } = roundOf(await engine.gate('exposure'));
    assert.deepEqual(
      people.names.map(({ name }) => name),
      ['rita'],
    );
  });

  test('an expired question hands its evidence on to the manual gate', async () => {
    const gates = { remindAfterMs: 100, expiresAfterMs: 400 };
    const policy = quickPolicy({ gates });
    const engine = world.engine({ fakes: troubles.exposureHigh, policy });
    await engine.crash();
    const manual = await engine.gate('manual_recovery');
    const [before] = roundOf(manual).earlier ?? [];
    const [closed] = (await engine.record()).gates;
    assert.deepEqual([before?.kind, before?.outcome], ['exposure', 'expired']);
    assert.equal(before?.evidenceHash, closed?.evidenceHash);
    assert.deepEqual(before?.evidence, { exposure: closed?.evidence?.['exposure'] });
    assert.equal(manual.expiresAtMs, null);
  });

  test('further roles are told where nobody answers, and may answer only where the rules say so', async () => {
    const gates = { remindAfterMs: 60_000, expiresAfterMs: 120_000, roles: ['risk'] };
    const escalation = { escalateAfterMs: 300, escalateTo: ['ops'] };
    for (const escalatedMayAnswer of [false, true]) {
      const policy = quickPolicy({ gates: { ...gates, ...escalation, escalatedMayAnswer } });
      const engine = world.engine({ fakes: troubles.exposureHigh, policy });
      await engine.crash();
      await engine.gate('exposure');
      await eventually('further roles are told', async () => {
        const titles = engine.callsOf('notify').map(({ input }) => String(input['title']));
        return titles.some((title) => / ESCALATED: exposure/.test(title));
      });
      const { accepted } = await engine.approve('exposure', { person: OLGA });
      assert.equal(accepted, escalatedMayAnswer);
    }
  });

  test('a look that fails leaves the market unknown, and the question is asked', async () => {
    const surveyMarket = async () => Promise.reject(new Error('no venue'));
    const engine = world.engine({ fakes: { ...troubles.exposureHigh, surveyMarket } });
    await engine.crash();
    const { market } = roundOf(await engine.gate('exposure'));
    assert.deepEqual([market.readAtMs, market.orders], [null, null]);
    assert.match(market.unknown.join(), /^all that is in the market: /);
  });

  test('the kill switch waits for no look at the market', async () => {
    const engine = world.engine({ fakes: { ...troubles.exposureHigh, surveyMarket: never } });
    await engine.crash();
    await engine.called('surveyMarket');
    const order = { reason: 'for the test', by: 'olga', keepOrders: true, host: world.host };
    await engageKillSwitch(world.operator, engine.engineId, order);
    assert.equal((await engine.ended()).outcome, 'halted');
    assert.deepEqual((await engine.record()).gates, []);
  });
});
