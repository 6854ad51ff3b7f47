/** The guardian of an engine: one incident for each death, one recovery at a time, nothing lost. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ensureGuardian, guardianStatusOf } from '../../clients/temporal/recoveries.js';
import { holdEngine, recoveryProgress, releaseHold } from '../../workflows/messages.js';
import type { Engine } from './fakes/engine.js';
import * as troubles from './fakes/troubles.js';
import { eventually } from './fakes/waiting.js';
import { openWorld, type World } from './fakes/world.js';

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
    await engine.seedGuardian({});
    const receipts = await Promise.all(Array.from({ length: 5 }, () => engine.reportAnew()));
    const opened = receipts.filter(({ disposition }) => disposition === 'opened');
    const duplicates = receipts.filter(({ disposition }) => disposition === 'duplicate');
    assert.deepEqual([opened.length, duplicates.length], [1, 4]);
    await engine.ended();
    assert.equal(engine.callsOf('confirmDeath').length, 1);
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

  test('takes no death for a crash while the engine is on hold', async () => {
    const engine = world.engine();
    await engine.seedGuardian({});
    const hold = { reason: 'deployment', by: 'olga' };
    await engine.guardian.executeUpdate(holdEngine, { args: [hold] });
    assert.deepEqual(await engine.crash(), { disposition: 'held', reason: 'deployment' });
    assert.deepEqual((await engine.status()).hold, hold);
    assert.deepEqual(engine.calls, []);
    await engine.guardian.executeUpdate(releaseHold, { args: [hold] });
    assert.equal((await engine.status()).hold, null);
    assert.equal((await engine.crash(1)).disposition, 'opened');
    assert.equal((await idle(engine, 1)).crashTimesMs.length, 1);
  });

  test('notes a terminated recovery as failed, and the next crash is recovered', async () => {
    const engine = world.engine({ fakes: troubles.crashCause('unknown') });
    await engine.crash();
    await engine.gate('automatic_recovery');
    await engine.recovery.terminate('for the test');
    assert.equal((await idle(engine, 1)).past[0]?.outcome, 'failed');
    const next = await engine.crash(1);
    assert.equal(next.disposition, 'opened');
    await engine.called('inspectCheckpoints', 2);
    assert.equal((await engine.status()).epoch, 2);
  });

  test('that has lost its memory does not open a known incident again, and goes on', async () => {
    const engine = world.engine();
    await engine.crash();
    await engine.ended();
    await idle(engine, 1);
    await engine.guardian.terminate('for the test');
    await engine.seedGuardian({});
    assert.equal((await engine.reportAnew()).disposition, 'duplicate');
    assert.equal((await engine.crash(1)).disposition, 'opened');
    await idle(engine, 1);
    const epochs = engine.callsOf('startEngine').map(({ input }) => input['epoch']);
    assert.deepEqual(epochs, [1, 2]);
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
    assert.deepEqual(await engine.status(), known);
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
    assert.ok(currentDetails.includes(`Open incident: \`${engine.workflowId}\``));
  });
});
