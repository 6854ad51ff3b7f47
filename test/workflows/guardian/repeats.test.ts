/** The same bug again: counted over incidents, builds, recoveries that ended badly and a guardian that began anew. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { signedClient } from '../../../clients/temporal/connect.js';
import { recordOf } from '../../../clients/temporal/recoveries.js';
import { incidentIdOf, instanceIdOf, recoveryWorkflowId } from '../../../workflows/ids.js';
import { versionChanged } from '../../../workflows/messages.js';
import type { RecoveryRecord } from '../../../workflows/domain/record.js';
import type { Engine } from '../fakes/engine.js';
import { quickPolicy } from '../fakes/policy.js';
import * as troubles from '../fakes/troubles.js';
import { eventually } from '../fakes/waiting.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const BUG = 'segfault:onTick:0123456789ab';
const OTHER = 'segfault:onFill:ba9876543210';

/** Dies of it, and is recovered from unless somebody is asked. */
async function dies(engine: Engine, epoch: number, signature: string): Promise<void> {
  engine.replace('collectEvidence', troubles.bug(signature));
  await engine.crash(epoch);
}

function idOf(engine: Engine, epoch: number): string {
  return recoveryWorkflowId(incidentIdOf(engine.engineId, instanceIdOf(engine.engineId, epoch)));
}

async function recovered(engine: Engine, incidents: number): Promise<void> {
  await eventually(`${incidents} incidents have ended`, async () => {
    const { openIncident, past } = await engine.status();
    return openIncident === null && past.length === incidents;
  });
}

async function seenIn(engine: Engine, epoch: number) {
  const record = (await recordOf(world.client, idOf(engine, epoch))) as RecoveryRecord;
  return { record, seen: record.classification?.seen };
}

function repeatNotices(engine: Engine) {
  return engine
    .callsOf('notify')
    .map(({ input }) => String(input['title']))
    .filter((title) => title.includes('same bug'));
}

describe('a bug that strikes again', { concurrency: 8 }, () => {
  test('is counted apart from another, in the record, to people and in the status', async () => {
    const engine = world.engine({ policy: quickPolicy({ crashLoop: { maxCrashes: 9 } }) });
    for (const [at, signature] of [BUG, BUG, OTHER, BUG].entries()) {
      await dies(engine, at * 10, signature);
      await recovered(engine, at + 1);
    }
    const { record, seen } = await seenIn(engine, 30);
    assert.equal(seen?.by, 'signature');
    assert.equal(seen.times, 3);
    const [first, second] = await Promise.all([seenIn(engine, 0), seenIn(engine, 10)]);
    assert.deepEqual([first.seen?.times, first.seen?.lastMs], [1, null]);
    assert.equal(second.seen?.lastMs, first.seen?.atMs);
    assert.equal(seen.firstMs, first.seen?.atMs);
    assert.equal((await seenIn(engine, 20)).seen?.times, 1);
    const step = record.steps.find(({ name }) => name === 'analyse');
    assert.match(step?.detail ?? '', /the third time in an hour; last on 2/);
    const told = repeatNotices(engine);
    assert.equal(told.length, 2);
    assert.match(told[1] ?? '', /died of the same bug again: the third time in an hour/);
    const { deaths = [] } = await engine.status();
    assert.deepEqual(
      deaths.map(({ signature }) => signature),
      [BUG, BUG, OTHER, BUG],
    );
  });

  test('asks a person when it is one too many, and the question says how often', async () => {
    const engine = world.engine({
      policy: quickPolicy({ crashLoop: { maxCrashes: 9, maxSameBug: 2 } }),
    });
    for (const at of [0, 1]) {
      await dies(engine, at * 10, BUG);
      await recovered(engine, at + 1);
    }
    await dies(engine, 20, OTHER);
    await recovered(engine, 3);
    await dies(engine, 30, BUG);
    const question = await eventually('it is asked about', async () => {
      const { record } = await seenIn(engine, 30).catch(() => ({ record: null }));
      return record?.gates.find(({ kind }) => kind === 'automatic_recovery')?.question;
    });
    assert.match(question, /the same bug: 3 times in 7 days \(limit 2\)/);
    assert.match(question, /died of this for the third time in an hour; last on 2/);
  });

  test('is counted within one incident too, and once however often it is analysed', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await dies(engine, 0, BUG);
    await engine.gate('volatility');
    await engine.crash(1);
    await engine.reject('volatility', { attempt: 2 });
    await engine.approve('manual_recovery');
    await engine.gate('volatility', 3);
    assert.equal((await engine.record()).classification?.seen?.times, 2);
    assert.equal((await engine.status()).deaths?.length, 2);
  });

  test('is known to a guardian that has continued as new', async () => {
    const engine = world.engine();
    await dies(engine, 0, BUG);
    await recovered(engine, 1);
    const { runId } = await engine.guardian.describe();
    const control = signedClient(world.keys.of('control'), { connection: world.connection });
    const guardian = control.workflow.getHandle(engine.guardian.workflowId);
    await guardian.signal(versionChanged, { buildId: 'next' });
    await eventually('it continues', async () => (await guardian.describe()).runId !== runId);
    await dies(engine, 10, BUG);
    await recovered(engine, 2);
    assert.equal((await seenIn(engine, 10)).seen?.times, 2);
  });

  test('is known though the recovery that saw it was terminated', async () => {
    const engine = world.engine({ fakes: troubles.volatile });
    await dies(engine, 0, BUG);
    await engine.gate('volatility');
    await engine.recovery.terminate('for the test');
    await eventually('it is gone on with', async () => (await engine.status()).past.length === 1);
    assert.deepEqual(
      (await engine.status()).deaths?.map(({ signature }) => signature),
      [BUG],
    );
  });
});

test('deaths without a signature are counted by their cause, and told to nobody as a bug', async () => {
  const engine = world.engine({ policy: quickPolicy({ crashLoop: { maxSameBug: 1 } }) });
  for (const at of [0, 1, 2]) {
    await engine.crash(at * 10);
    await recovered(engine, at + 1);
  }
  const { seen } = await seenIn(engine, 20);
  assert.deepEqual([seen?.by, seen?.times], ['cause', 3]);
  assert.deepEqual(repeatNotices(engine), []);
});
