/** Evidence that names no cause is gathered beside the steps, and nothing writes over it before it is. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { failure } from '../../../workflows/failure.js';
import { happyHost } from '../fakes/activities.js';
import { eventually } from '../fakes/waiting.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

describe('evidence beside the steps', { concurrency: 4 }, () => {
  test('steps go on meanwhile, the engine starts only when all is gathered, and the record has it', async () => {
    const engine = world.engine();
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    engine.replace('completeEvidence', async (input) => {
      await held;
      return happyHost().completeEvidence(input);
    });
    await engine.crash();
    await engine.called('recoverOpenOrders');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.deepEqual(engine.callsOf('writeRecoveredCheckpoint'), []);
    const names = async () => (await engine.record()).evidence?.items.map(({ name }) => name);
    assert.deepEqual(await names(), ['backtrace.txt']);
    goOn();
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.deepEqual(await names(), ['backtrace.txt', 'timeline.txt']);
  });

  test('what cannot be gathered is missing, and stops no recovery', async () => {
    const engine = world.engine();
    engine.replace('completeEvidence', async () => {
      throw failure('NotOurs', 'for the test');
    });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { evidence, classification } = await engine.record();
    assert.equal(classification?.cause, 'segfault');
    const lost = evidence?.items.find(({ collected }) => !collected);
    assert.match(lost?.detail ?? '', /for the test/);
  });

  test('a crash that comes meanwhile is recovered from, and each has its own', async () => {
    const engine = world.engine();
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const folderOf = (id: string) => `crash-of-${id}`;
    engine.replace('collectEvidence', async (input) => ({
      ...(await happyHost().collectEvidence(input)),
      folder: folderOf(input.report.instance.instanceId),
    }));
    engine.replaceOnce('completeEvidence', async () => {
      await held;
      throw failure('NotOurs', 'for the test');
    });
    await engine.crash();
    await engine.called('recoverOpenOrders');
    await engine.crash(1);
    await eventually('it begins again', async () => engine.callsOf('collectEvidence').length === 2);
    goOn();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const { evidence, earlierEvidence = [] } = await engine.record();
    assert.deepEqual(
      evidence?.items.map(({ name }) => name),
      ['backtrace.txt', 'timeline.txt'],
    );
    const [before] = earlierEvidence;
    assert.notEqual(before?.folder, evidence?.folder);
    assert.deepEqual(
      before?.items.map(({ name }) => name),
      ['backtrace.txt', 'evidence'],
    );
  });
});
