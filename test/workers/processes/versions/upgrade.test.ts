/**
 * The code of workflows changes while incidents are open: upgrade, rollback, code that is lost, and a
 * server on which no version was named. Two versions that do not replay each other, a real server.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Engine } from '../../../workflows/fakes/engine.js';
import * as troubles from '../../../workflows/fakes/troubles.js';
import { eventually } from '../../../workflows/fakes/waiting.js';
import { ASKED_BESIDES, openVersionsWorld, type VersionsWorld } from './world.js';

const V1 = '1.0.0-before';
const V2 = '2.0.0-changed';
/** Of the same code, under another name. */
const V3 = '2.0.1-changed';

function askedBesides(engine: Engine): number {
  return engine.callsOf(ASKED_BESIDES).length;
}

async function recovers(engine: Engine, epoch = 0): Promise<void> {
  const done = (await engine.status().catch(() => null))?.past.length ?? 0;
  assert.equal((await engine.crash(epoch)).disposition, 'opened');
  await isRecovered(engine, done + 1);
}

async function recovered(world: VersionsWorld): Promise<Engine> {
  const engine = world.engine();
  await recovers(engine);
  return engine;
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

  /** An engine whose recovery waits for people. */
  const waiting = async (): Promise<Engine> => {
    const engine = world.engine({ fakes: troubles.volatile });
    await engine.crash();
    await engine.gate('volatility');
    return engine;
  };
  const ends = async (engine: Engine): Promise<void> => {
    assert.equal((await engine.approve('volatility')).accepted, true);
    await isRecovered(engine, 1);
  };
  const movesTo = async (engine: Engine, version: string): Promise<void> => {
    const what = `the guardian of ${engine.engineId} is on ${version}`;
    await eventually(what, async () => (await world.versionOf(engine)) === version);
  };

  /** Dies anew, of what needs nobody. */
  const again = async (engine: Engine): Promise<void> => {
    engine.replace('checkMarket', async () => ({ kind: 'normal', highest: '0.01' }));
    await recovers(engine, 1);
  };

  const stopUnversioned = await world.startUnversioned(before);
  const first = await waiting();
  await stopUnversioned();
  let now = await world.start(V1, before);

  await t.test('what began before there were versions goes on', async () => {
    await ends(first);
    await movesTo(first, V1);
  });

  await t.test('upgraded, an incident ends on its code, and the next is of the new', async () => {
    const [engine, idle] = await Promise.all([waiting(), recovered(world)]);
    await now.stop();
    now = await world.start(V2, changed);
    assert.equal(askedBesides(await recovered(world)), 1);
    await movesTo(idle, V2);
    await recovers(idle, 1);
    assert.equal(askedBesides(idle), 1);
    assert.equal(await world.versionOf(engine), V1);
    await ends(engine);
    assert.equal(askedBesides(engine), 0);
    await movesTo(engine, V2);
    await again(engine);
    assert.equal(askedBesides(engine), 1);
    await eventually('the former version has ended', async () => now.said(/beside has ended/));
  });

  await t.test('where nothing takes what begins any more, our version does again', async () => {
    await world.versions.makeCurrent('');
    await eventually('it is said', async () => now.said(/nothing took what begins/));
    assert.equal(askedBesides(await recovered(world)), 1);
  });

  await t.test('rolled back, an incident of the new code ends on it', async () => {
    const engine = await waiting();
    await now.stop();
    now = await world.start(V1, before);
    assert.equal(askedBesides(await recovered(world)), 0);
    await ends(engine);
    assert.equal(askedBesides(engine), 1);
    await movesTo(engine, V1);
    await again(engine);
    assert.equal(askedBesides(engine), 1);
  });

  await t.test('where its code is lost, what does not fit ours waits, and is said', async () => {
    const engine = await waiting();
    await now.stop();
    await world.kept.remove(V1);
    now = await world.start(V2, changed, { goneAfterMs: 1 });
    await eventually('it is said', async () => now.said(/WAITS FOR CODE THAT RUNS NOWHERE/));
    assert.equal(askedBesides(await recovered(world)), 1);
    await world.kept.keep(V1, { code: before });
    await ends(engine);
    assert.equal(askedBesides(engine), 0);
    await movesTo(engine, V2);
  });

  await t.test('where its code is lost, what fits ours goes on with ours', async () => {
    const engine = await waiting();
    await now.stop();
    await world.kept.remove(V2);
    now = await world.start(V3, changed, { goneAfterMs: 1 });
    for (const { workflowId } of [engine, engine.guardian]) {
      const words = new RegExp(`"${workflowId}".*goes on with this version`);
      await eventually(`it is said of ${workflowId}`, async () => now.said(words));
    }
    await ends(engine);
    await movesTo(engine, V3);
  });

  await t.test('a version that its manager has named stays, and is run beside', async () => {
    await now.stop();
    await world.nameManager('the desk');
    now = await world.start(V1, before);
    assert.ok(now.said(/whoever manages the versions names this one/));
    const engine = await recovered(world);
    assert.equal(askedBesides(engine), 1);
    assert.equal(await world.versionOf(engine), V3);
  });
});
