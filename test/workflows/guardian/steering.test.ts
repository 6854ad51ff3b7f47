/** Hold, release, abort, retry, recover: signed by people who may, and what becomes of crashes meanwhile. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sendInstruction } from '../../../clients/temporal/recoveries.js';
import { instanceIdOf } from '../../../workflows/ids.js';
import { happyHost, rulesOf } from '../fakes/activities.js';
import type { Engine } from '../fakes/engine.js';
import { DEAN, OLGA, RITA, tell, type Person } from '../fakes/people.js';
import { quickPolicy } from '../fakes/policy.js';
import * as troubles from '../fakes/troubles.js';
import { eventually } from '../fakes/waiting.js';
import { openWorld, type World } from '../fakes/world.js';
import type { Command } from '../../../workflows/domain/steering/table.js';
import type { Told } from '../../../workflows/domain/steering/instruction.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

async function say(
  { engineId }: Engine,
  command: Command,
  by: Person = OLGA,
  told: Partial<Told> = {},
): Promise<string> {
  const answer = await sendInstruction(world.client, tell(engineId, command, by, told));
  return answer.accepted ? answer.receipt.done : `refused: ${answer.reason}`;
}

async function closed(engine: Engine, incidents: number) {
  return eventually(`${incidents} incidents of ${engine.engineId}, all closed`, async () => {
    const status = await engine.status();
    return status.openIncident === null && status.past.length === incidents && status;
  });
}

function titles(engine: Engine, severity?: string): string[] {
  return engine
    .callsOf('notify')
    .filter(({ input }) => severity === undefined || input['severity'] === severity)
    .map(({ input }) => String(input['title']));
}

describe('a hold', { concurrency: 8 }, () => {
  test('is told, and so is a crash during it, which its release takes up', async () => {
    const engine = world.engine();
    assert.equal(await say(engine, 'hold'), `${engine.engineId} is on hold`);
    assert.equal((await engine.crash()).disposition, 'held');
    await eventually('both are told', async () => titles(engine).length === 2);
    assert.match(titles(engine, 'critical')[0] ?? '', /has crashed on hold: NOBODY RECOVERS IT/);
    assert.equal(engine.callsOf('confirmDeath').length, 0);
    assert.match(await say(engine, 'release'), /died during the hold, and is recovered from/);
    const { held, hold } = await closed(engine, 1);
    assert.deepEqual([held, hold], [undefined, null]);
    assert.equal((await engine.record()).outcome, 'recovered');
    const known = { disposition: 'duplicate', incidentId: engine.incidentId };
    assert.deepEqual(
      { ...(await engine.reportAnew()), workflowId: 0 },
      { ...known, workflowId: 0 },
    );
  });

  test("that an operator's key releases has its crashes taken up too, the newest for all", async () => {
    const engine = world.engine();
    await engine.warmUp();
    await engine.hold({ reason: 'deployment', by: 'olga' });
    await engine.crash(0);
    await engine.crash(1);
    await engine.release({ reason: 'done', by: 'olga' });
    const { past, epoch } = await closed(engine, 1);
    assert.equal(past[0]?.incidentId, `${engine.engineId}/${instanceIdOf(engine.engineId, 1)}`);
    assert.equal(epoch, 2);
    const receipt = await engine.reportAnew(0);
    assert.equal('incidentId' in receipt && receipt.incidentId, past[0]?.incidentId);
  });

  test('that comes while a crash is being judged keeps that one too', async () => {
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const loadRules = async () => held.then(() => rulesOf({ policy: quickPolicy() }));
    const engine = world.engine({ fakes: { loadRules } });
    const crashing = engine.crash();
    await eventually('it is judged', async () => engine.callsOf('loadRules').length > 0);
    await engine.hold({ reason: 'deployment', by: 'olga' });
    await eventually('it is on hold', async () => (await engine.status()).hold !== null);
    goOn();
    assert.equal((await crashing).disposition, 'held');
    await engine.release({ reason: 'done', by: 'olga' });
    assert.equal((await closed(engine, 1)).held, undefined);
  });

  test('whose engine lives again at the release opens nothing', async () => {
    const lookAtEngine = async () => ({ kind: 'alive', detail: 'e9 runs as pid 7' }) as const;
    const engine = world.engine({ fakes: { lookAtEngine } });
    await say(engine, 'hold');
    await engine.crash();
    assert.match(await say(engine, 'release'), /the engine lives again: e9 runs as pid 7/);
    assert.deepEqual((await engine.status()).past, []);
  });

  test('keeps what a recovery leaves behind, as the question had said', async () => {
    const engine = world.engine({ fakes: troubles.windows(troubles.hardFailure, troubles.pass) });
    await engine.crash();
    await engine.gate('manual_recovery');
    await engine.crash(9);
    await engine.gate('manual_recovery', 2);
    assert.match(await say(engine, 'hold'), /the recovery of .* goes on: relight abort/);
    await engine.reject('manual_recovery', { attempt: 2 });
    const { held, past } = await closed(engine, 1);
    assert.deepEqual([held?.map(({ instance }) => instance.epoch), past.length], [[9], 1]);
  });

  test('is not to be had by whoever may not, twice, late, or for another engine', async () => {
    const engine = world.engine();
    const refused = async (by: Person, told: Partial<Told> = {}) => say(engine, 'hold', by, told);
    assert.match(await refused(DEAN), /"dean" has roles dev; hold asks for ops or risk/);
    assert.match(await refused({ ...OLGA, privateKey: RITA.privateKey }), /none of "olga"/);
    assert.match(await refused({ ...OLGA, name: 'mallory' }), /not among the configured/);
    assert.match(await refused(OLGA, { namespace: 'staging' }), /signed for the namespace/);
    assert.match(await refused(OLGA, { atMs: Date.now() - 3_600_000 }), /counts for 10 minutes/);
    assert.match(await refused(OLGA, { incidentId: engine.incidentId }), /name an incident/);
    const other = tell(`${engine.engineId}0`, 'hold', OLGA);
    other.told.engineId = engine.engineId;
    const forged = await sendInstruction(world.client, other);
    assert.match(forged.accepted ? '' : forged.reason, /does not hold/);
    assert.equal((await engine.status()).hold, null);
    const id = '00000000-0000-4000-8000-000000000000';
    await refused(OLGA, { id });
    await say(engine, 'release');
    assert.match(await refused(OLGA, { id }), /taken already/);
    assert.equal((await engine.status()).hold, null);
  });
});

describe('a recovery that people end', { concurrency: 8 }, () => {
  const abort = (engine: Engine, by = OLGA) =>
    say(engine, 'abort', by, { incidentId: engine.incidentId, reason: 'by hand' });

  test('at a question stops its engine, is halted and told', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await engine.crash();
    await engine.gate('volatility');
    assert.match(await abort(engine), /has ended: halted/);
    const { outcome, outcomeDetail, gates } = await engine.record();
    assert.equal(outcome, 'halted');
    assert.match(
      outcomeDetail,
      /ended by olga: by hand; engine: asked to stop; gone; orders: left/,
    );
    assert.equal(gates[0]?.outcome, 'withdrawn');
    assert.equal(engine.callsOf('stopEngine').length, 1);
    assert.match(titles(engine, 'critical').at(-1) ?? '', /halted after/);
    assert.match(await abort(engine), /refused: The recovery of .* has ended: halted/);
  });

  test('while it trades leaves no orders of its own', async () => {
    const stages = [{ percent: 50, strategies: 'low', soakMs: 0, monitorMs: 60_000 }];
    const engine = world.engine({ policy: quickPolicy({ ramp: { stages } }) });
    await engine.crash();
    await engine.called('watchEngine');
    await abort(engine);
    await engine.ended();
    assert.equal(engine.callsOf('containRisk').at(-1)?.input['action'], 'cancel_own_orders');
    assert.match((await engine.record()).outcomeDetail, /orders: alpha: 2 cancelled/);
  });

  test('that has died again as its report is late ends as they said, and as nothing else', async () => {
    const engine = world.engine();
    let said = Promise.resolve('');
    engine.replaceOnce('writeReport', async () => {
      await engine.crash(1);
      said = abort(engine);
      await engine.called('writeReport', 2);
      return { pdf: 'recovery.pdf', json: 'recovery.json' };
    });
    await engine.crash();
    await engine.called('writeReport', 2);
    assert.match(await said, /has ended: halted/);
    const { outcome, outcomeDetail } = await engine.record();
    assert.equal(outcome, 'halted');
    assert.match(outcomeDetail, /ended by olga: by hand/);
    assert.equal((await engine.status()).past[0]?.outcome, 'halted');
  });

  test('at the manual question ends there, and begins anew when people say so', async () => {
    const engine = world.engine({ fakes: troubles.crashCause('unknown') });
    await engine.crash();
    await engine.reject('automatic_recovery');
    await engine.gate('manual_recovery');
    await abort(engine);
    await closed(engine, 1);
    engine.replace('collectEvidence', happyHost().collectEvidence);
    const retry = (by: Person, incidentId = engine.incidentId) =>
      say(engine, 'retry', by, { incidentId });
    assert.match(await retry(OLGA), /retry asks for risk/);
    assert.match(await retry(RITA, `${engine.engineId}/x`), /The last incident is/);
    assert.match(await retry(RITA), new RegExp(`recovery of ${engine.incidentId}~2 begun`));
    const { past } = await closed(engine, 2);
    assert.equal(past[1]?.outcome, 'recovered');
    engine.replace('lookAtEngine', async () => ({ kind: 'alive', detail: 'it runs as pid 7' }));
    assert.match(await retry(RITA, `${engine.incidentId}~2`), /lives on .*: it runs as pid 7/);
  });
});

describe('an engine that nobody had reported', () => {
  test('is recovered by a word of people, and not where it lives or is known', async () => {
    const engine = world.engine();
    const { report } = engine.noticeOf(3);
    const book = rulesOf({ policy: quickPolicy() });
    assert.match(await say(engine, 'recover'), /On which host .* lives is not known/);
    engine.replace('loadRules', async () => ({ ...book, host: 'host-1' }));
    engine.replace('lookAtEngine', async () => ({ kind: 'alive', detail: 'it runs as pid 7' }));
    assert.match(await say(engine, 'recover'), /refused: .* lives on "host-1": it runs as pid 7/);
    engine.replace('lookAtEngine', async () => ({ kind: 'dead', report: null }));
    assert.match(await say(engine, 'recover'), /has never heard of an instance/);
    engine.replace('lookAtEngine', async () => ({ kind: 'dead', report }));
    assert.match(await say(engine, 'recover'), /recovery of .*-e3 begun/);
    await closed(engine, 1);
    assert.deepEqual(
      engine.callsOf('startEngine').map(({ input }) => input['epoch']),
      [4],
    );
    assert.match(await say(engine, 'recover'), /The death of .*-e3 is known: relight retry/);
  });
});
