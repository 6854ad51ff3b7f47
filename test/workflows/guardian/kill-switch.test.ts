/** The kill switch from anywhere: the recovery ends, nothing is granted, the record says who and why. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Context } from '@temporalio/activity';
import { engageKillSwitch, releaseKillSwitch } from '../../../clients/temporal/recoveries.js';
import { failure } from '../../../workflows/failure.js';
import { pagerTaking } from '../fakes/channels.js';
import type { Engine } from '../fakes/engine.js';
import { eventually } from '../fakes/waiting.js';
import { openWorld, type World } from '../fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const engage = (engine: Engine, keepOrders = false) =>
  engageKillSwitch(world.operator, engine.engineId, {
    reason: 'fat finger',
    by: 'ada',
    keepOrders,
    host: world.host,
  });

async function closed(engine: Engine) {
  return eventually('the incident is closed', async () => {
    const status = await engine.status();
    return status.openIncident === null && status.past.length === 1 && status;
  });
}

const titleOf = (input: object) => (input as { notice: { title: string } }).notice.title;

const REFUSED = async (): Promise<never> => {
  throw failure('EngineRefused', 'for the test');
};

describe('the kill switch', { concurrency: 8 }, () => {
  test('withdraws the question that is open and ends the recovery, which grants nothing', async () => {
    const engine = world.engine({ fakes: { confirmDeath: REFUSED } });
    await engine.crash();
    await engine.gate('manual_recovery');
    const receipt = await engage(engine);
    assert.deepEqual(
      [receipt.recovery, receipt.unlatched, receipt.engine?.result],
      [engine.workflowId, null, 'killed'],
    );
    const { past, killSwitch } = await closed(engine);
    assert.equal(past[0]?.outcome, 'halted');
    assert.equal(killSwitch?.by, 'ada');
    const record = await engine.record();
    assert.deepEqual(record.gates.at(-1)?.outcome, 'withdrawn');
    assert.match(record.outcomeDetail, /kill switch engaged by ada: fat finger/);
    assert.equal(record.killSwitch?.reason, 'fat finger');
    assert.equal(engine.callsOf('applyStage').length, 0);
    const [latched] = engine.callsOf('turnKillSwitch');
    assert.equal((latched?.input as { turn?: string } | undefined)?.turn, 'engage');
    assert.equal(engine.callsOf('containRisk').length >= 1, true);
  });

  test('interrupts the ramp: no stage is granted after it, and the engine is stopped', async () => {
    let watched = 0;
    const watchEngine = async () => {
      watched += 1;
      return Context.current().cancelled;
    };
    const engine = world.engine({ fakes: { watchEngine } });
    await engine.crash();
    await eventually('the first window', async () => watched > 0);
    const granted = engine.callsOf('applyStage').length;
    await engage(engine);
    const { past } = await closed(engine);
    assert.equal(past[0]?.outcome, 'halted');
    assert.equal(engine.callsOf('applyStage').length, granted);
    assert.equal(engine.callsOf('stopEngine').length, 1);
  });

  test('holds a crash that is reported after it, until it is released; a release starts nothing', async () => {
    const engine = world.engine();
    const receipt = await engage(engine);
    assert.equal(receipt.recovery, null);
    const held = await engine.crash();
    assert.deepEqual(held, { disposition: 'held', reason: 'kill switch: fat finger' });
    const why = { reason: 'looked at it', by: 'olga', host: world.host };
    const released = await releaseKillSwitch(world.operator, engine.engineId, why);
    assert.deepEqual(released, { unlatched: null, wasEngaged: true });
    const { killSwitch, killSwitchTurns, past } = await engine.status();
    assert.deepEqual([killSwitch, past], [undefined, []]);
    assert.deepEqual(
      killSwitchTurns?.map(({ turned, by }) => [turned, by]),
      [
        ['engaged', 'ada'],
        ['released', 'olga'],
      ],
    );
  });

  test('a release ends what its host was still asked: a stop that comes later would be of the next engine', async () => {
    const turnKillSwitch = async (input: { turn: string }) => {
      if (input.turn === 'engage') return Context.current().cancelled;
      return { wasEngaged: false };
    };
    const engine = world.engine({ fakes: { turnKillSwitch } });
    const engaging = engage(engine);
    await eventually('its host is asked', async () => engine.callsOf('turnKillSwitch').length > 0);
    const why = { reason: 'a mistake', by: 'olga', host: world.host };
    await releaseKillSwitch(world.operator, engine.engineId, why);
    const receipt = await engaging;
    assert.deepEqual([receipt.engine, receipt.unlatched === null], [null, false]);
    assert.equal(engine.callsOf('stopByKillSwitch').length, 0);
    assert.equal((await engine.status()).killSwitch, undefined);
  });

  test('says where a host does not latch, and is remembered all the same', async () => {
    const turnKillSwitch = async (): Promise<never> => {
      throw failure('NotOurs', 'no engine of this host');
    };
    const engine = world.engine({ fakes: { turnKillSwitch } });
    const receipt = await engage(engine);
    assert.match(receipt.unlatched ?? '', /NotOurs/);
    assert.equal((await engine.status()).killSwitch?.reason, 'fat finger');
  });

  test('is told to a channel that did not take the notice at first', async () => {
    const engine = world.engine({ fakes: pagerTaking('second') });
    await engage(engine);
    const why = { reason: 'looked at it', by: 'olga', host: world.host };
    await releaseKillSwitch(world.operator, engine.engineId, why);
    const told = () => engine.callsOf('notifyChannel').map(({ input }) => titleOf(input));
    const times = (what: RegExp) => told().filter((title) => what.test(title)).length;
    await eventually('the pager has both', async () => {
      return times(/kill switch engaged/) === 2 && times(/kill switch released/) === 2;
    });
  });
});
