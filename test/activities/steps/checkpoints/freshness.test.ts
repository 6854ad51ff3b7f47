/**
 * What a venue tells late, and clocks that differ: the state ends equal to the ledger, and times that go
 * from one clock to another lose no fill.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { test, type TestContext } from 'node:test';
import { takenAtMs, validateCheckpoint } from '../../../../workflows/domain/engine/checkpoint.js';
import type { ReadableVenue } from '../../../../workflows/domain/books/snapshot.js';
import type { EngineState } from '../../../../workflows/domain/books/state.js';
import { INSTRUMENTS } from '../../../clients/exchange/bench.js';
import { clock, inActivity, openControlPlane, withState, type ControlPlane } from '../../ports.js';
import { openCheckpoints, RULES } from './folder.js';

const VENUE = 'binanceusdm';
const { btc } = INSTRUMENTS[VENUE];
const RULES_OF = { tolerance: '0.0001', dustNotional: '0' };

async function snapshotOf(plane: ControlPlane, reading = { sinceMs: 0, thorough: true }) {
  const { activities, ports } = plane;
  const input = { engineId: 'desk', ...reading };
  const { snapshot } = await inActivity(activities, 'takeSnapshot', input);
  const { venues } = await ports.artifacts.get('venue-snapshot', snapshot);
  const [truth] = venues;
  assert.ok(truth?.readable === true);
  return { snapshot, truth };
}

async function reconciled(
  { activities, ports }: ControlPlane,
  held: EngineState,
  {
    snapshot,
    asOfMs,
  }: { snapshot: Awaited<ReturnType<typeof snapshotOf>>['snapshot']; asOfMs: number },
) {
  const state = await ports.artifacts.put('engine-state', held);
  const input = { engineId: 'desk', state, snapshot, asOfMs, ...RULES_OF };
  const found = await inActivity(activities, 'reconcilePositions', input);
  return { found, state: await ports.artifacts.get('engine-state', found.state) };
}

const heldOf = ({ positions, balances, fills }: ReadableVenue) =>
  withState({
    positions,
    balances: balances.map(({ venue, account, asset, total }) => ({
      venue,
      account,
      asset,
      total,
    })),
    appliedFills: {
      [VENUE]: fills.map(
        ({ account, instrument, tradeId }) => `${account}|${instrument}|${tradeId}`,
      ),
    },
  });

for (const endpoint of ['positions', 'balance'] as const) {
  test(`${endpoint} that are told as of before a fill: the fill stands, as in the ledger`, async (t) => {
    const plane = await openControlPlane(t, [VENUE]);
    const { bench } = plane;
    await bench.place(VENUE, { type: 'market', side: 'buy', quantity: '0.5' });
    const boughtAtMs = Date.now();
    const before = await snapshotOf(plane);
    const asOfMs = Date.now();
    // What is told late is as of a moment between the two, however long a busy machine takes to ask.
    await sleep(1_000);
    await bench.place(VENUE, { type: 'market', side: 'sell', quantity: '0.2' });
    const ageMs = Date.now() - boughtAtMs - 1;
    await bench.admin.setFault({ venue: VENUE, endpoint, kind: 'stale', ageMs });
    const { snapshot, truth } = await snapshotOf(plane);
    const { found, state } = await reconciled(plane, heldOf(before.truth), { snapshot, asOfMs });
    const ledger = (await bench.admin.ledger()).venues[VENUE];
    const told = truth.positions.map(({ quantity }) => quantity);
    assert.deepEqual(told, [endpoint === 'positions' ? '0.5' : '0.3'], 'it was told late');
    assert.deepEqual([found.counts.unexplained, found.counts.unknown], [0, 0]);
    assert.deepEqual(
      state.positions.map(({ instrument, quantity }) => [instrument, quantity]),
      ledger.positions.map(({ instrument, quantity }) => [instrument, quantity]),
    );
    const totals = state.balances.map(({ asset, total }) => [asset, { total }] as const);
    assert.deepEqual(
      Object.fromEntries(totals),
      Object.fromEntries(
        Object.entries(ledger.balances).flatMap(([asset, { total }]) =>
          total === '0' ? [] : [[asset, { total }]],
        ),
      ),
    );
    assert.equal(state.positions[0]?.instrument, btc);
    assert.match(found.unknowns?.join() ?? '', /the exchange dates it .*, before 1 fill of/);
  });
}

test('a venue’s clock is measured, against that by which states are dated', async (t) => {
  const plane = await openControlPlane(t, [VENUE]);
  const { bench, ports } = plane;
  const skewMs = -300_000;
  await bench.admin.setFault({ venue: VENUE, endpoint: '*', kind: 'clock-skew', skewMs });
  const { truth } = await snapshotOf(plane);
  assert.ok(Math.abs((truth.clockAheadMs ?? 0) + skewMs) < 5_000, String(truth.clockAheadMs));
  ports.clock = { ...clock, aheadMs: () => 100_000 };
  const second = (await snapshotOf(plane)).truth;
  assert.ok(Math.abs((second.clockAheadMs ?? 0) - 200_000) < 5_000, String(second.clockAheadMs));
});

/** A worker and a host whose clocks are `aheadMs` off that of Temporal's server, which the venue shares. */
async function withClocks(t: TestContext, aheadMs: { worker: number; host: number }) {
  const plane = await openControlPlane(t, [VENUE]);
  plane.ports.clock = { nowMs: () => Date.now() + aheadMs.worker, aheadMs: () => aheadMs.worker };
  const host = openCheckpoints(t, {
    nowMs: () => Date.now() + aheadMs.host,
    aheadMs: () => aheadMs.host,
  });
  return { plane, host };
}

for (const aheadMs of [
  { worker: 30_000, host: -20_000 },
  { worker: -40_000, host: 90_000 },
]) {
  const said = `a worker ${aheadMs.worker} ms and a host ${aheadMs.host} ms ahead`;

  test(`${said}: a state is dated alike on both, and no fill after it is left out`, async (t) => {
    const { plane, host } = await withClocks(t, aheadMs);
    const { activities, ports } = host;
    const state = await ports.artifacts.put('engine-state', withState({}));
    const beganAtMs = Date.now();
    const { snapshot, truth } = await snapshotOf(plane);
    const { takenAtMs: dated } = await plane.ports.artifacts.get('venue-snapshot', snapshot);
    assert.ok(dated >= beganAtMs && dated <= Date.now(), 'by the clock of the server');
    assert.ok(Math.abs((truth.readFromMs ?? 0) - beganAtMs) < 60_000);
    const input = { engineId: 'desk', instanceId: 'desk-e5', epoch: 5, sequence: 7, state };
    const written = await inActivity(activities, 'writeRecoveredCheckpoint', {
      ...input,
      takenAtMs: dated,
    });
    const nowMs = Date.now() + aheadMs.host;
    const { warnings, checkpoint } = validateCheckpoint(readFileSync(written.path), {
      ...RULES,
      nowMs,
    });
    assert.ok(checkpoint !== null);
    assert.deepEqual(warnings, []);
    const onHost = takenAtMs(checkpoint.header) - aheadMs.host;
    assert.ok(onHost <= dated && onHost > dated - 1_000, `${onHost - dated} ms from the snapshot`);
  });

  test(`${said}: a checkpoint of the host is loaded at the server’s time, and that is said`, async (t) => {
    const { host } = await withClocks(t, aheadMs);
    host.write('1.ckpt', 0);
    const writtenAtMs = Date.now();
    const loaded = await inActivity(host.activities, 'loadCheckpoint', {
      ...RULES,
      name: '1.ckpt',
    });
    assert.ok(Math.abs(loaded.takenAtMs - writtenAtMs) < 1_000);
    assert.match(loaded.unknowns.join(), /the clock of .* is \d+ ms (ahead of|behind)/);
  });
}
