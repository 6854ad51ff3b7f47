/** An engine that never came up: recovered by a word of people, or by its agent's report, and never beside another. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openGateOf, sendDecision, sendInstruction } from '../../../clients/temporal/recoveries.js';
import type { EngineLook } from '../../../workflows/contract/index.js';
import type { CrashReport } from '../../../workflows/domain/crash/report.js';
import { neverCameUp } from '../../../workflows/domain/crash/unseen.js';
import type { Command } from '../../../workflows/domain/steering/table.js';
import { failure } from '../../../workflows/failure.js';
import { incidentIdOf, recoveryWorkflowId } from '../../../workflows/ids.js';
import { rulesOf } from '../fakes/activities.js';
import type { Engine, Fakes } from '../fakes/engine.js';
import { OLGA, RITA, sign, tell } from '../fakes/people.js';
import { quickPolicy } from '../fakes/policy.js';
import * as troubles from '../fakes/troubles.js';
import { eventually } from '../fakes/waiting.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

function openNever(fakes: Fakes = {}) {
  const book = { ...rulesOf({ policy: quickPolicy() }), host: world.host };
  const engine = world.engine({ fakes: { loadRules: async () => book, ...fakes } });
  const { engineId } = engine;
  const report = neverCameUp(
    { engineId, host: world.host, sinceMs: 1_700_000_000_000 },
    Date.now(),
  );
  const incidentId = incidentIdOf(engineId, report.instance.instanceId);
  engine.replace('lookAtEngine', async () => ({ kind: 'dead', report }));
  return { engine, report, incidentId };
}

async function say({ engineId }: Engine, command: Command): Promise<string> {
  const answer = await sendInstruction(world.client, tell(engineId, command, OLGA));
  return answer.accepted ? answer.receipt.done : `refused: ${answer.reason}`;
}

const isClosed = (engine: Engine, incidents = 1) =>
  eventually(`${incidents} incidents are closed`, async () => {
    const { openIncident, past } = await engine.status();
    return openIncident === null && past.length === incidents && past;
  });

const deathsProven = (engine: Engine) =>
  engine.callsOf('confirmDeath').map(({ input }) => (input['report'] as CrashReport).instance.pid);

test('by a word of people it is recovered, proven again right before its start', async () => {
  const { engine, incidentId } = openNever();
  assert.match(await say(engine, 'recover'), new RegExp(`recovery of ${incidentId} begun`));
  const [past] = await isClosed(engine);
  assert.deepEqual([past?.incidentId, past?.outcome], [incidentId, 'recovered']);
  assert.deepEqual(deathsProven(engine), [null, null]);
  const names = engine.names();
  assert.ok(names.lastIndexOf('confirmDeath') < names.indexOf('startEngine'));
  const { crashes } = await engine.record(incidentId);
  assert.equal(crashes[0]?.suspicion, 'never_came_up');
  assert.match(crashes[0]?.detail ?? '', /olga had it recovered .* no process of it was ever seen/);
  assert.match(
    await say(engine, 'recover'),
    /The death of never-came-up-\S+ is known: relight retry/,
  );
});

test('it is not recovered where it lives, may live, or cannot be looked at', async () => {
  const { engine } = openNever();
  const looks: [EngineLook, RegExp][] = [
    [{ kind: 'alive', detail: 'its unit names pid 7' }, /lives on .*: its unit names pid 7/],
    [
      { kind: 'dead', report: null, why: 'of a doubt' },
      /never heard of an instance of .*: of a doubt/,
    ],
    [{ kind: 'dead', report: null }, /never heard of .*: nothing says what died/],
  ];
  for (const [look, refusal] of looks) {
    engine.replace('lookAtEngine', async () => look);
    assert.match(await say(engine, 'recover'), refusal);
  }
  const unclear = async () => Promise.reject(failure('ProcessesUnreadable', 'for the test'));
  engine.replace('lookAtEngine', unclear);
  assert.match(await say(engine, 'recover'), /refused: Whether .* lives could not be seen/);
  assert.deepEqual([engine.callsOf('confirmDeath'), (await engine.status()).past], [[], []]);
});

test('by its agent it is recovered once, and not where its home is not known', async () => {
  const { engine, report, incidentId } = openNever();
  const homeless = async () => rulesOf({ policy: quickPolicy() });
  const usual = { ...(await homeless()), host: world.host };
  engine.replace('loadRules', homeless);
  const refused = await engine.reportAs(report);
  assert.match(refused.disposition === 'refused' ? refused.reason : '', /may live elsewhere/);
  engine.replace('loadRules', async () => usual);
  assert.equal((await engine.reportAs(report)).disposition, 'opened');
  await isClosed(engine);
  const again = await engine.reportAs({ ...report, detectedAtMs: Date.now() + 1 });
  assert.deepEqual(
    [again.disposition, 'incidentId' in again && again.incidentId],
    ['duplicate', incidentId],
  );
  assert.equal(engine.callsOf('startEngine').length, 1);
});

test('beside an open incident it is no second crash, and ends with it', async () => {
  const { engine, report } = openNever(troubles.volatile);
  await engine.crash();
  await engine.gate('volatility');
  const receipt = await engine.reportAs(report);
  assert.deepEqual(
    [receipt.disposition, 'incidentId' in receipt && receipt.incidentId],
    ['duplicate', engine.incidentId],
  );
  assert.equal((await engine.status()).crashTimesMs.length, 1);
  await engine.approve('volatility');
  await engine.ended();
  assert.equal((await engine.record()).crashes.length, 1);
});

test('on hold it waits, and its release takes it up only where nothing was heard since', async () => {
  const { engine, report } = openNever();
  await say(engine, 'hold');
  assert.equal((await engine.reportAs(report)).disposition, 'held');
  const { report: since } = engine.noticeOf(3);
  engine.replace('lookAtEngine', async () => ({ kind: 'dead', report: since }));
  assert.match(
    await say(engine, 'release'),
    /is not taken up: that the engine never came up is not so/,
  );
  const unheard = openNever();
  await say(unheard.engine, 'hold');
  await unheard.engine.reportAs(unheard.report);
  assert.match(await say(unheard.engine, 'release'), /recovered from: \S+never-came-up/);
  await isClosed(unheard.engine);
  assert.deepEqual([(await engine.status()).past, engine.callsOf('confirmDeath')], [[], []]);
});

test('one that somebody has started while people were asked is not started again', async () => {
  const { engine, report, incidentId } = openNever(troubles.crashCause('never_came_up'));
  await engine.reportAs(report);
  const workflowId = recoveryWorkflowId(incidentId);
  const gate = (kind: string) =>
    eventually(`the question ${kind}`, async () => {
      const open = await openGateOf(world.client, workflowId);
      return open?.kind === kind && open;
    });
  const asked = await gate('automatic_recovery');
  const lives = async () => Promise.reject(failure('AnotherEngineAlive', 'its surface answers'));
  engine.replace('confirmDeath', lives);
  await sendDecision(world.client, workflowId, sign(asked, 'approve', OLGA));
  const { question } = await gate('manual_recovery');
  assert.match(question, /AnotherEngineAlive: its surface answers/);
  assert.equal(engine.callsOf('startEngine').length, 0);
  await sendDecision(world.client, workflowId, sign(await gate('manual_recovery'), 'reject', RITA));
  await isClosed(engine);
});
