/** The guardian of an engine: one incident for each death, one recovery at a time, nothing lost. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { signedClient } from '../../../clients/temporal/connect.js';
import {
  ensureGuardian,
  guardianStatusOf,
  reportCrash,
} from '../../../clients/temporal/recoveries.js';
import { recoveryProgress } from '../../../workflows/messages.js';
import type { Engine } from '../fakes/engine.js';
import * as troubles from '../fakes/troubles.js';
import { eventually } from '../fakes/waiting.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const MEGABYTE = 1024 * 1024;

async function idle(engine: Engine, incidents: number) {
  return eventually(`${incidents} incidents of ${engine.engineId}, all closed`, async () => {
    const status = await engine.status();
    return status.openIncident === null && status.past.length === incidents && status;
  });
}

/** As anybody can who reaches the server. */
async function takeId(workflowId: string): Promise<void> {
  await world.client.workflow.start('recoverEngine', {
    workflowId,
    taskQueue: 'of-nobody',
    args: [],
  });
}

describe('the guardian', { concurrency: 8 }, () => {
  test('is started by the first report, and opens one recovery', async () => {
    const engine = world.engine();
    assert.equal(await guardianStatusOf(world.client, engine.engineId), null);
    const { incidentId, workflowId } = engine;
    assert.deepEqual(await engine.crash(), { disposition: 'opened', incidentId, workflowId });
    await engine.ended();
    const { epoch, past, crashTimesMs } = await idle(engine, 1);
    assert.deepEqual(past, [{ incidentId, workflowId, outcome: 'recovered' }]);
    assert.deepEqual([epoch, crashTimesMs.length], [1, 1]);
  });

  test('may be started ahead of any crash, more than once', async () => {
    const engine = world.engine();
    await ensureGuardian(world.client, engine.engineId);
    await ensureGuardian(world.client, engine.engineId);
    assert.equal((await engine.status()).epoch, 0);
    assert.equal((await engine.crash()).disposition, 'opened');
    await idle(engine, 1);
  });

  test('makes one incident of ten reports of one death at once', async () => {
    const engine = world.engine();
    const report = () => engine.crash();
    const receipts = await Promise.all(Array.from({ length: 10 }, report));
    // One update id: every probe is told the same.
    assert.deepEqual(new Set(receipts.map(({ disposition }) => disposition)), new Set(['opened']));
    await engine.ended();
    const { crashTimesMs } = await idle(engine, 1);
    assert.equal(crashTimesMs.length, 1);
    assert.equal(engine.callsOf('confirmDeath').length, 1);
  });

  test('makes one incident of reports that do not know of each other', async () => {
    const engine = world.engine();
    await engine.warmUp();
    const receipts = await Promise.all(Array.from({ length: 5 }, () => engine.reportAnew()));
    const opened = receipts.filter(({ disposition }) => disposition === 'opened');
    const duplicates = receipts.filter(({ disposition }) => disposition === 'duplicate');
    assert.deepEqual([opened.length, duplicates.length], [1, 4]);
    await engine.ended();
    assert.equal(engine.callsOf('confirmDeath').length, 1);
  });

  test('hands what is seen of a death later to the recovery that it opened', async () => {
    const engine = world.engine();
    let sight = () => {};
    const seen = new Promise<void>((resolve) => (sight = resolve));
    engine.replaceOnce('confirmDeath', async () => {
      await seen;
      return { detail: 'gone', stacks: null };
    });
    await engine.crash();
    const notice = engine.noticeOf(0);
    const more = { suspicion: 'dumping_core', probe: 'procfs', detail: 'writes its core' } as const;
    const report = { ...notice.report, sightings: [more] };
    const receipt = await reportCrash(world.client, { ...notice, report });
    assert.equal(receipt.disposition, 'duplicate');
    await eventually('it is in the record', async () => {
      const { crashes } = await engine.record();
      return crashes.length === 1 && crashes[0]?.sightings?.length === 1;
    });
    sight();
    await engine.ended();
    const collected = engine.callsOf('collectEvidence')[0]?.input['report'] as typeof report;
    assert.deepEqual(collected.sightings, [more]);
    assert.equal((await idle(engine, 1)).crashTimesMs.length, 1);
  });

  test('knows a death that has been recovered from', async () => {
    const engine = world.engine();
    await engine.crash();
    await engine.ended();
    await idle(engine, 1);
    const { incidentId, workflowId } = engine;
    const known = { disposition: 'duplicate', incidentId, workflowId };
    assert.deepEqual(await engine.reportAnew(), known);
    assert.equal((await idle(engine, 1)).crashTimesMs.length, 1);
  });

  test('tells a duplicate of the incident that its death belongs to, whichever is open', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await engine.crash();
    await engine.gate('volatility');
    await engine.crash(1);
    await engine.approve('volatility', { attempt: 2 });
    await engine.ended();
    await idle(engine, 1);
    await engine.crash(2);
    const incidentOf = async (epoch: number) => {
      const receipt = await engine.reportAnew(epoch);
      return receipt.disposition === 'duplicate' ? receipt.incidentId : receipt.disposition;
    };
    assert.equal(await incidentOf(0), engine.incidentId);
    assert.equal(await incidentOf(1), engine.incidentId, 'it joined the first');
    assert.equal(await incidentOf(2), `${engine.engineId}/${engine.engineId}-e2`);
  });

  test('opens a new incident for the next crash, with a higher epoch and the count kept', async () => {
    const engine = world.engine();
    await engine.crash();
    await engine.ended();
    await idle(engine, 1);
    assert.equal((await engine.crash(1)).disposition, 'opened');
    const { past, epoch, crashTimesMs } = await idle(engine, 2);
    assert.equal(past[1]?.incidentId, `${engine.engineId}/${engine.engineId}-e1`);
    assert.deepEqual([epoch, crashTimesMs.length], [2, 2]);
    const epochs = engine.callsOf('startEngine').map(({ input }) => input['epoch']);
    assert.deepEqual(epochs, [1, 2]);
  });

  test('goes above the epoch of an instance that it did not start', async () => {
    const engine = world.engine();
    await engine.crash(7);
    await idle(engine, 1);
    assert.equal(engine.callsOf('startEngine')[0]?.input['epoch'], 8);
  });

  test('believes no wild epoch, of a report or of a progress, and recovers the next crash', async () => {
    const engine = world.engine();
    await engine.warmUp();
    const control = signedClient(world.keys.of('control'), { connection: world.connection });
    const guardian = control.workflow.getHandle(engine.guardian.workflowId);
    await guardian.signal(recoveryProgress, { epoch: 4, stopped: [] });
    for (const epoch of [2 ** 53 - 1, Number.MAX_VALUE, -1, 0.5, 5_000]) {
      await guardian.signal(recoveryProgress, { epoch, stopped: [] });
    }
    assert.equal((await engine.status()).epoch, 4);
    await engine.crash(2 ** 53 - 1);
    assert.equal((await idle(engine, 1)).epoch, 5);
    await engine.crash(5);
    await idle(engine, 2);
    const epochs = engine.callsOf('startEngine').map(({ input }) => input['epoch']);
    assert.deepEqual(epochs, [5, 6]);
  });

  test('takes no death for a crash while the engine is on hold', async () => {
    const engine = world.engine();
    await engine.warmUp();
    const hold = { reason: 'deployment', by: 'olga' };
    await engine.hold(hold);
    assert.deepEqual(await engine.crash(), { disposition: 'held', reason: 'deployment' });
    assert.deepEqual((await engine.status()).hold, hold);
    assert.equal((await engine.reportAnew()).disposition, 'held', 'there is no incident of it');
    assert.equal(engine.callsOf('confirmDeath').length, 0);
    await engine.release(hold);
    const { past, crashTimesMs, hold: left } = await idle(engine, 1);
    assert.deepEqual([past[0]?.incidentId, crashTimesMs.length], [engine.incidentId, 1]);
    assert.equal(left, null);
    assert.equal((await engine.reportAnew()).disposition, 'duplicate');
  });

  test('notes a terminated recovery as failed; the next crash joins the one that goes on', async () => {
    const engine = world.engine({ fakes: troubles.crashCause('unknown') });
    await engine.crash();
    await engine.gate('automatic_recovery');
    await engine.recovery.terminate('for the test');
    const failed = await eventually('its end is noted', async () => {
      const { past } = await engine.status();
      return past[0];
    });
    assert.equal(failed.outcome, 'failed');
    // Of another epoch than what the next one stops, whose death is no crash.
    const next = await engine.crash(9);
    assert.equal(next.disposition, 'joined');
    assert.match('incidentId' in next ? next.incidentId : '', /~2$/);
  });

  test('that has lost its memory does not open a known incident again, and goes on', async () => {
    const engine = world.engine();
    await engine.crash();
    await engine.ended();
    await idle(engine, 1);
    await engine.guardian.terminate('for the test');
    await engine.warmUp();
    assert.equal((await engine.reportAnew()).disposition, 'duplicate');
    assert.equal((await engine.crash(1)).disposition, 'opened');
    await idle(engine, 1);
    const epochs = engine.callsOf('startEngine').map(({ input }) => input['epoch']);
    assert.deepEqual(epochs, [1, 2]);
  });

  test('opens an incident whose id a stranger has taken under the next, and tells people', async () => {
    const engine = world.engine();
    const ids = [1, 2, 3].map((time) => (time === 1 ? '' : `~${time}`));
    for (const end of ids) await takeId(`${engine.workflowId}${end}`);
    const receipt = await engine.crash();
    assert.equal(receipt.disposition, 'opened');
    const incidentId = 'incidentId' in receipt ? receipt.incidentId : '';
    assert.ok(!ids.some((end) => incidentId === `${engine.incidentId}${end}`));
    await idle(engine, 1);
    const { outcome, incidentId: recorded } = await engine.record(incidentId);
    assert.deepEqual([outcome, recorded], ['recovered', incidentId]);
    const told = engine.callsOf('notify').filter(({ input }) => input['severity'] === 'critical');
    assert.match(String(told[0]?.input['title']), /stranger had taken the id of its recovery/);
    assert.equal((await engine.reportAnew()).disposition, 'duplicate');
  });

  test('that has lost its memory knows what was opened beside a taken id', async () => {
    const engine = world.engine();
    await takeId(engine.workflowId);
    const first = await engine.crash();
    await idle(engine, 1);
    await engine.guardian.terminate('for the test');
    await engine.warmUp();
    const again = await engine.reportAnew();
    assert.deepEqual(again, { ...first, disposition: 'duplicate' });
    assert.equal(engine.callsOf('confirmDeath').length, 1);
  });

  test('keeps everything when it continues as new', async () => {
    const engine = world.engine();
    await engine.crash();
    await engine.ended();
    const known = await idle(engine, 1);
    const first = (await engine.guardian.describe()).runId;
    // Four megabytes of history make the server suggest it.
    const ballast = 'x'.repeat(MEGABYTE);
    for (let sent = 0; sent < 5; sent += 1) {
      const progress = { epoch: 0, stopped: [], ballast };
      await engine.guardian.signal(recoveryProgress, progress);
    }
    await eventually('a new run', async () => (await engine.guardian.describe()).runId !== first);
    // The ballast itself was refused: a host is not who may send it.
    const { refused, ...status } = await engine.status();
    assert.deepEqual(status, known);
    assert.equal(refused?.count, 5);
    assert.equal((await engine.reportAnew()).disposition, 'duplicate');
    assert.equal((await engine.crash(1)).disposition, 'opened');
    const { epoch, past } = await idle(engine, 2);
    assert.deepEqual([epoch, past.length], [2, 2]);
  });

  test('does not continue as new while a recovery is open', async () => {
    const engine = world.engine({ fakes: troubles.crashCause('unknown') });
    await engine.crash();
    await engine.gate('automatic_recovery');
    const first = (await engine.guardian.describe()).runId;
    const progress = { epoch: 0, stopped: [], ballast: 'x'.repeat(MEGABYTE) };
    for (let sent = 0; sent < 5; sent += 1) {
      await engine.guardian.signal(recoveryProgress, progress);
    }
    assert.equal((await engine.status()).openIncident?.workflowId, engine.workflowId);
    assert.equal((await engine.guardian.describe()).runId, first);
    await engine.approve('automatic_recovery');
    await engine.ended();
    await eventually('a new run', async () => (await engine.guardian.describe()).runId !== first);
    assert.equal((await idle(engine, 1)).past[0]?.outcome, 'recovered');
  });

  test('tells in words what it knows', async () => {
    const engine = world.engine({ fakes: troubles.crashCause('unknown') });
    await engine.crash();
    await engine.gate('automatic_recovery');
    const { currentDetails } = await engine.guardian.query<{ currentDetails: string }>(
      '__temporal_workflow_metadata',
    );
    const path = `/namespaces/default/workflows/${encodeURIComponent(engine.workflowId)}`;
    assert.ok(currentDetails.includes(`**Open:** [\`${engine.workflowId}\`](${path})`));
    assert.match(currentDetails, /^## .*: RECOVERING$/m);
  });
});
