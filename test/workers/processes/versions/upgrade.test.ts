/**
 * The code of workflows changes while incidents are open: upgrade, rollback, code that is lost, and a
 * server on which no version was named. Two versions that do not replay each other, a real server. One engine
 * dies again and again, so that each recovery proves the end of one change and the beginning of the next.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { openGateOf, sendDecision } from '../../../../clients/temporal/recoveries.js';
import type { Engine } from '../../../workflows/fakes/engine.js';
import { OLGA, sign } from '../../../workflows/fakes/people.js';
import * as troubles from '../../../workflows/fakes/troubles.js';
import { eventually } from '../../../workflows/fakes/waiting.js';
import { ASKED_BESIDES, openVersionsWorld } from './world.js';

const V1 = '1.0.0-before';
const V2 = '2.0.0-changed';
/** Of the same code, under another name. */
const V3 = '2.0.1-changed';

function askedBesides(engine: Engine): number {
  return engine.callsOf(ASKED_BESIDES).length;
}

async function pastOf(engine: Engine): Promise<number> {
  return (await engine.status().catch(() => null))?.past.length ?? 0;
}

async function isRecovered(engine: Engine, times: number): Promise<void> {
  await eventually(`recovery ${times} of ${engine.engineId} has ended`, async () => {
    const { openIncident, past } = await engine.status();
    return openIncident === null && past.length === times;
  });
  assert.equal((await engine.status()).past.at(-1)?.outcome, 'recovered');
}

test('versions', { timeout: 800_000 }, async (t: TestContext) => {
  const world = await openVersionsWorld(t);
  const { before, changed } = world.bundles;
  const engine = world.engine({ fakes: troubles.volatile });
  const other = world.engine();

  const dies = async (one: Engine) => {
    const receipt = await one.crash(await pastOf(one));
    assert.ok(receipt.disposition === 'opened', JSON.stringify(receipt));
    const { workflowId } = receipt;
    return { workflowId, gate: () => openGateOf(world.client, workflowId) };
  };
  /** Dies, of what waits for people; they are asked more than once as soon as it has died often. */
  const waits = async () => {
    const { workflowId, gate } = await dies(engine);
    await eventually('it waits', gate);
    const ends = async (): Promise<void> => {
      const times = (await pastOf(engine)) + 1;
      await eventually('all is approved', async () => {
        if ((await pastOf(engine)) === times) return true;
        const asked = await gate().catch(() => null);
        if (asked === null) return false;
        await sendDecision(world.client, workflowId, sign(asked, 'approve', OLGA));
        return false;
      });
      await isRecovered(engine, times);
    };
    return { workflowId, ends };
  };
  const recovers = async (one: Engine): Promise<void> => {
    const times = (await pastOf(one)) + 1;
    await dies(one);
    await isRecovered(one, times);
  };
  const movesTo = async (one: Engine, version: string): Promise<void> => {
    const what = `the guardian of ${one.engineId} is on ${version}`;
    await eventually(what, async () => (await world.versionOf(one)) === version);
  };

  const stopUnversioned = await world.startUnversioned(before);
  let open = await waits();
  await stopUnversioned();
  let now = await world.start(V1, before);

  await t.test('what began before there were versions goes on', async () => {
    await open.ends();
    await movesTo(engine, V1);
  });

  await t.test('upgraded, an incident ends on its code, and the next is of the new', async () => {
    open = await waits();
    await other.warmUp();
    await movesTo(other, V1);
    await now.stop();
    now = await world.start(V2, changed);
    await movesTo(other, V2);
    await recovers(other);
    assert.equal(askedBesides(other), 1);
    assert.equal(await world.versionOf(engine), V1);
    await open.ends();
    assert.equal(askedBesides(engine), 0);
    await movesTo(engine, V2);
    await eventually('the former version has ended', async () => now.said(/beside has ended/));
    open = await waits();
    assert.equal(askedBesides(engine), 1);
  });

  await t.test('rolled back, an incident of the new code ends on it', async () => {
    await now.stop();
    now = await world.start(V1, before);
    await movesTo(other, V1);
    assert.equal(await world.versionOf(engine), V2);
    await open.ends();
    await movesTo(engine, V1);
    open = await waits();
    assert.equal(askedBesides(engine), 1);
  });

  await t.test('where its code is lost, what does not fit ours waits, and is said', async () => {
    await now.stop();
    await world.kept.remove(V1);
    now = await world.start(V2, changed, { goneAfterMs: 1 });
    await eventually('it is said', async () => now.said(/WAITS FOR CODE THAT RUNS NOWHERE/));
  });

  await t.test('where nothing takes what begins any more, our version does again', async () => {
    const unnamed = async () =>
      world.versions.makeCurrent('').then(
        () => true,
        () => false,
      );
    await eventually('none is named', unnamed);
    await eventually('it is said', async () => now.said(/nothing took what begins/));
    const fresh = world.engine();
    await recovers(fresh);
    assert.equal(askedBesides(fresh), 1);
    assert.equal(await world.versionOf(fresh), V2);
  });

  await t.test('what waited goes on where its code is there again', async () => {
    await world.kept.keep(V1, { code: before });
    await open.ends();
    assert.equal(askedBesides(engine), 1);
    await movesTo(engine, V2);
  });

  await t.test('where its code is lost, what fits ours goes on with ours', async () => {
    open = await waits();
    assert.equal(askedBesides(engine), 2);
    await now.stop();
    await world.kept.remove(V2);
    now = await world.start(V3, changed, { goneAfterMs: 1 });
    for (const { workflowId } of [open, engine.guardian]) {
      const words = new RegExp(`"${workflowId}".*goes on with this version`);
      await eventually(`it is said of ${workflowId}`, async () => now.said(words));
    }
    await open.ends();
    await movesTo(engine, V3);
  });

  await t.test('a version that its manager has named stays, and is run beside', async () => {
    await movesTo(other, V3);
    const asked = askedBesides(other);
    await now.stop();
    await world.nameManager('the desk');
    now = await world.start(V1, before);
    assert.ok(now.said(/whoever manages the versions names this one/));
    await recovers(other);
    assert.equal(askedBesides(other), asked + 1);
    assert.equal(await world.versionOf(other), V3);
  });
});
