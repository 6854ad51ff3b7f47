/** What an attempt may do, and by what it is judged: by what it did itself. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Context } from '@temporalio/activity';
import type { ListInput } from '../../workflows/contract/index.js';
import { currentLease } from '../../workers/compose/lease.js';
import { artifact, rulesOf } from './fakes/activities.js';
import type { Fakes } from './fakes/engine.js';
import { quickPolicy } from './fakes/policy.js';
import * as troubles from './fakes/troubles.js';
import { openWorld, type World } from './fakes/world.js';

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

const cancelling: Fakes = {
  loadRules: async () => rulesOf({ policy: quickPolicy({ containment: 'cancel_own_orders' }) }),
};

const listed = artifact('own-orders', 7);
const ready = (input: ListInput, late: string[] = []) => ({
  orders: listed,
  ready: input.venues === undefined ? ['alpha'] : [...input.venues],
  late,
  detail: '',
});

describe('attempts', { concurrency: 8 }, () => {
  test('what may be cancelled is listed before, and stands in the input of every attempt', async () => {
    const engine = world.engine({ fakes: cancelling });
    let tries = 0;
    engine.replace('containRisk', async ({ action }) => {
      tries += 1;
      if (tries === 1) throw new Error('its worker was lost');
      return { action, detail: 'alpha: 2 cancelled, 0 left', failed: [] };
    });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal(engine.callsOf('listOwnOrders').length, 1);
    const given = engine
      .callsOf('containRisk')
      .map(({ input }) => [input['orders'], input['epoch']]);
    assert.deepEqual(
      given,
      Array.from({ length: 2 }, () => [artifact('own-orders'), 1]),
    );
  });

  test('what arrives meanwhile is listed anew, and a venue that is slow keeps no other waiting', async () => {
    const engine = world.engine({ fakes: cancelling });
    engine.replace('listOwnOrders', async (input) =>
      ready(input, input.venues === undefined ? ['slow'] : []),
    );
    const more = { orders: artifact('own-orders', 9), venues: ['alpha'] };
    engine.replace('containRisk', async ({ action, venues = [], orders }) => {
      const isFirst = venues[0] === 'alpha' && orders?.bytes === listed.bytes;
      const detail = `${venues.join()}: ${orders?.bytes}`;
      return isFirst ? { action, detail, failed: ['alpha'], more } : { action, detail, failed: [] };
    });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const waits = engine.callsOf('listOwnOrders').map(({ input }) => input['withinMs'] === null);
    assert.deepEqual(waits, [false, true]);
    const { containment } = await engine.record();
    assert.equal(containment?.detail, 'alpha: 7, then alpha: 9; slow: 7');
  });

  test('an activity that writes has a lease that Temporal itself renews', async () => {
    const engine = world.engine();
    let left: number | null = null;
    engine.replace('applyStage', async () => {
      await currentLease().beforeWrite();
      left = currentLease().leftMs() / (Context.current().info.heartbeatTimeoutMs ?? 0);
    });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.ok(left !== null && left > 0.5 && left < 1, String(left));
  });

  test('the first grant of an attempt lowers nothing, however far the one before had come', async () => {
    const engine = world.engine();
    let windows = 0;
    engine.replace('watchEngine', async () => {
      windows += 1;
      if (windows !== 2) return troubles.pass;
      await engine.crash(1);
      return Context.current().cancelled;
    });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const names = engine.calls
      .map(({ name }) => name)
      .filter((name) => ['startEngine', 'compareBooks', 'applyStage'].includes(name));
    const second = names.slice(names.lastIndexOf('startEngine'));
    assert.deepEqual(second.slice(0, 3), ['startEngine', 'compareBooks', 'applyStage']);
  });

  test('an attempt that has granted nothing is no emergency, though the one before had traded', async () => {
    const engine = world.engine();
    let compared = 0;
    engine.replaceOnce('watchEngine', async () => {
      await engine.crash(1);
      return Context.current().cancelled;
    });
    engine.replace('compareBooks', async () => {
      compared += 1;
      const differing = compared === 1 ? [] : ['BTC'];
      return { differing, orders: [], unread: [] };
    });
    await engine.crash();
    const gate = await engine.gate('manual_recovery');
    assert.equal(gate.evidence['orders'], 'left as they are');
    await engine.reject('manual_recovery');
    assert.equal((await engine.ended()).outcome, 'halted');
  });
});
