/** The way back to trading: a market that is shut, and every verdict of a monitoring window. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { MarketVerdict } from '../../workflows/domain/policy/market.js';
import type { Engine } from './fakes/engine.js';
import * as troubles from './fakes/troubles.js';
import { openWorld, type World } from './fakes/world.js';

const { pass, softFailure, hardFailure, inconclusive, windows } = troubles;

let world: World;
before(async () => (world = await openWorld()));
after(async () => world.close());

function percents({ callsOf }: Engine): unknown[] {
  return callsOf('applyStage').map(({ input }) => (input['stage'] as { percent: number }).percent);
}

describe('market and ramp', { concurrency: 8 }, () => {
  test('a closed market is waited for, told of, and trading resumes by itself', async () => {
    const engine = world.engine({ fakes: troubles.marketClosed(1) });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    const names = engine.names();
    assert.ok(names.indexOf('awaitMarketOpen') < names.indexOf('applyStage'));
    const { gates, volatility } = await engine.record();
    // As it is right before the first grant, not when the market had just opened.
    assert.deepEqual([gates, volatility], [[], '0.01']);
    const titles = engine.callsOf('notify').map(({ input }) => String(input['title']));
    assert.match(titles.join('\n'), /market closed, monitoring only/);
  });

  test('a market that closes again is told of again, in one attempt and in the next', async () => {
    const engine = world.engine({
      fakes: {
        ...troubles.marketClosed(3),
        ...windows(inconclusive, pass),
        awaitMarketOpen: troubles.inTurn<MarketVerdict>(
          { kind: 'closed', venues: ['beta'] },
          { kind: 'normal', highest: '0.02' },
        ),
      },
    });
    await engine.crash();
    await engine.gate('ramp');
    await engine.crash(1);
    assert.equal((await engine.ended()).outcome, 'recovered');
    const told = engine.callsOf('notify').map(({ input }) => String(input['dedupKey']));
    const closed = told.filter((key) => key.includes('market-closed'));
    assert.deepEqual([closed.length, new Set(closed).size], [4, 4], closed.join());
  });

  test('a market that opens into high volatility still asks', async () => {
    const awaitMarketOpen = async () =>
      ({ kind: 'volatile', highest: '0.2', limit: '0.05' }) as const;
    const engine = world.engine({ fakes: { ...troubles.marketClosed(1), awaitMarketOpen } });
    await engine.crash();
    await engine.gate('volatility');
    assert.deepEqual(percents(engine), []);
    await engine.approve('volatility');
    assert.equal((await engine.ended()).outcome, 'recovered');
  });

  test('an inconclusive window repeats its stage after approval, it is never skipped', async () => {
    const engine = world.engine({ fakes: windows(inconclusive, pass) });
    await engine.crash();
    const gate = await engine.gate('ramp');
    assert.match(gate.question, /inconclusive \(1 of 4 checks\)/);
    assert.deepEqual(percents(engine), [50]);
    await engine.approve('ramp');
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.deepEqual(percents(engine), [50, 50, 75, 100]);
  });

  test('an inconclusive window that is rejected shuts down', async () => {
    const engine = world.engine({ fakes: windows(inconclusive, pass) });
    await engine.crash();
    await engine.reject('ramp');
    await engine.gate('manual_recovery');
    assert.equal(engine.callsOf('stopEngine')[0]?.input['mode'], 'emergency');
    assert.deepEqual(percents(engine), [50]);
  });

  for (const [what, verdicts, granted] of [
    ['a hard failure in the first stage', [hardFailure], [50]],
    ['a hard failure in the second stage', [pass, hardFailure], [50, 75]],
    ['a failed check in the first stage', [softFailure], [50]],
    ['a second failed check after one step down', [pass, softFailure, softFailure], [50, 75, 50]],
    [
      'a failed check after the one step down is used up',
      [pass, softFailure, pass, softFailure],
      [50, 75, 50, 75],
    ],
  ] as const) {
    test(`${what} shuts down and opens the manual checklist`, async () => {
      const engine = world.engine({ fakes: windows(...verdicts) });
      await engine.crash();
      const gate = await engine.gate('manual_recovery');
      assert.match(gate.question, /emergency shutdown during the ramp/);
      assert.equal(gate.evidence['orders'], 'alpha: 2 cancelled, 0 left');
      const contained = engine.callsOf('containRisk')[0]?.input;
      assert.equal(contained?.['action'], 'cancel_own_orders');
      assert.equal((contained['books'] as unknown[]).length, 1, 'as the engine was given them');
      assert.equal(engine.callsOf('stopEngine').length, 1);
      assert.deepEqual(percents(engine), granted);
    });
  }

  test('a failed check in a later stage steps down once and climbs again', async () => {
    const engine = world.engine({ fakes: windows(pass, softFailure, pass) });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.deepEqual(percents(engine), [50, 75, 50, 75, 100]);
    const { ramp } = await engine.record();
    assert.equal(ramp[1]?.note, 'stepped down: a feed is stale');
  });

  test('every grant has an idempotency key of its own', async () => {
    const engine = world.engine({ fakes: windows(pass, softFailure, pass) });
    await engine.crash();
    await engine.ended();
    const keys = engine.callsOf('applyStage').map(({ input }) => input['idempotencyKey']);
    assert.equal(new Set(keys).size, 5);
  });

  test('books that differ for a moment are compared again', async () => {
    const compareBooks = troubles.inTurn(
      { differing: ['alpha BTC'], orders: [], unread: [] },
      { differing: [], orders: [], unread: [] },
    );
    const engine = world.engine({ fakes: { compareBooks } });
    await engine.crash();
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal(engine.callsOf('compareBooks').length, 4);
  });

  test('books that stay different grant nothing and open the manual checklist', async () => {
    const compareBooks = troubles.inTurn({
      differing: ['alpha BTC', 'beta ETH'],
      orders: [],
      unread: [],
    });
    const engine = world.engine({ fakes: { compareBooks } });
    await engine.crash();
    const gate = await engine.gate('manual_recovery');
    assert.match(gate.question, /books differ from the venues: alpha BTC, beta ETH/);
    assert.deepEqual(percents(engine), []);
    assert.equal(engine.callsOf('stopEngine').length, 1);
  });

  test('a venue unread before a stage is no difference: it asks, and nothing is shut down', async () => {
    const compareBooks = troubles.inTurn(
      { differing: [], orders: [], unread: ['beta'] },
      { differing: [], orders: [], unread: [] },
    );
    const engine = world.engine({ fakes: { compareBooks } });
    await engine.crash();
    const gate = await engine.gate('venues_unreadable');
    assert.match(gate.question, /beta cannot be read/);
    await engine.approve('venues_unreadable');
    assert.equal((await engine.ended()).outcome, 'recovered');
    assert.equal(engine.callsOf('stopEngine').length, 0);
  });

  test('once it has traded, a rejected gate cancels its own orders too', async () => {
    const engine = world.engine({ fakes: windows(inconclusive) });
    await engine.crash();
    await engine.gate('ramp');
    await engine.reject('ramp');
    await engine.gate('manual_recovery');
    const actions = engine.callsOf('containRisk').map(({ input }) => input['action']);
    assert.deepEqual(actions, ['cancel_own_orders']);
  });
});
