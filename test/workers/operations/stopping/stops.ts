/**
 * Stops of a live engine under faults, a table for tests and the bench. What must be so after each stands in
 * one place: the ledger, the operating system and the latch are asked, then the words and the exit code.
 */
import assert from 'node:assert/strict';
import type { FaultKind } from '../../../../sandbox/venues/http/faults.js';
import type { EngineVenueId, FaultBody } from '../../../../sandbox/venues/index.js';
import type { ShutdownAnswer } from '../../../../clients/cli/answers/shutdown.js';
import { eventually } from '../../../sandbox/engine/rig.js';
import { HOST, ownOrders, type FleetWorld, type From } from './world.js';
import { placeGuard } from '../../guard.js';

interface Fault {
  break(world: FleetWorld): Promise<unknown>;
  /** Before the kill switch is released. */
  mend(world: FleetWorld): Promise<unknown>;
}

const venueIn = (
  venue: EngineVenueId,
  kind: FaultKind,
  endpoint: FaultBody['endpoint'] = 'openOrders',
): Fault => ({
  break: ({ admin }) => admin.setFault({ venue, endpoint, kind }),
  mend: ({ admin }) => admin.clearFaults(),
});

const FAULTS = {
  temporal: { break: ({ temporal }) => temporal.stop(), mend: ({ temporal }) => temporal.begin() },
  worker: { break: ({ kill }) => kill('worker'), mend: ({ start }) => start('worker') },
  agent: { break: ({ kill }) => kill('agent'), mend: ({ start }) => start('agent') },
  refusing: venueIn('kraken', 'connection-reset-before', '*'),
  unlisting: venueIn('kraken', 'server-error'),
  hanging: venueIn('binance', 'timeout-before'),
  garbage: venueIn('coinbase', 'empty-object'),
  strangers: {
    break: async ({ odd }) => void (odd.isOdd = true),
    mend: async ({ odd }) => void (odd.isOdd = false),
  },
  /** In which every stop begins by a signal to the engine. */
  hung: { break: async () => undefined, mend: async () => undefined },
} satisfies Record<string, Fault>;

export interface Stop {
  faults: readonly (keyof typeof FAULTS)[];
  from: From;
  code: 0 | 3;
  /** Of the process of the engine afterwards; it is on its own host. */
  engine: 'gone' | 'lives';
  /** A venue that takes nothing while the fault lasts. */
  leftAt?: EngineVenueId;
  /** Whether the guardian has it in the end, by default it does; null: whether it will is not known. */
  told?: false | null;
  /** Told on the host; by a machine that cannot reach it, not. */
  latched?: false;
  said: Partial<Record<'engine' | 'guardian' | EngineVenueId, RegExp>>;
}

export const MAY_LIVE = new RegExp(`THE ENGINE MAY LIVE.*run this on ${HOST}`);

export async function checkStop(world: FleetWorld, stop: Stop): Promise<void> {
  const engine = await world.startEngine();
  const broken = new Set(stop.faults);
  const mendAll = async () => {
    for (const name of broken) {
      broken.delete(name);
      await FAULTS[name].mend(world);
    }
  };
  try {
    await placeGuard(world.admin);
    if (stop.faults.includes('hung')) process.kill(engine.pid, 'SIGSTOP');
    for (const name of stop.faults) await FAULTS[name].break(world);
    const { code, answer } = await world.shutdown(stop.from);
    assert.equal(code, stop.code, JSON.stringify(answer, null, 1));
    await checkEffects(world, stop, answer);
    checkWords(stop, answer);
    const before = await seen(world);
    await mendAll();
    await nothingComesBack(world, stop, before);
  } catch (error) {
    // What is said is what went wrong first.
    await mendAll().catch(() => undefined);
    await cleanUp(world).catch(() => undefined);
    throw error;
  }
  await cleanUp(world);
}

/** What the ledger, the operating system and the host's own file say. */
async function checkEffects(world: FleetWorld, stop: Stop, answer: ShutdownAnswer): Promise<void> {
  const said = JSON.stringify(answer, null, 1);
  const own = await ownOrders(world.admin);
  const living = await world.processes();
  assert.equal(living.length, stop.engine === 'gone' ? 0 : 1, said);
  assert.equal(world.isLatched(), stop.latched ?? true, said);
  const working = own.filter(({ works, venue }) => works && venue !== stop.leftAt);
  if (stop.engine === 'gone') assert.deepEqual(working, [], said);
  assert.deepEqual(
    own.filter(({ works }) => !works).map(({ id }) => id),
    ['rl-guard'],
    said,
  );
  for (const { venue, orders } of answer.venues) {
    const told = new Set(orders?.left);
    const left = venue === stop.leftAt ? own.filter((one) => one.venue === venue) : [];
    assert.ok(
      left.every(({ id }) => told.has(id)),
      `${venue}: ${said}`,
    );
  }
}

function checkWords(stop: Stop, answer: ShutdownAnswer): void {
  const words = new Map([
    ['engine', answer.engine.result],
    ['guardian', answer.guardian?.result ?? ''],
    ...answer.venues.map(({ venue, result }) => [venue, result] as const),
  ]);
  for (const [what, pattern] of Object.entries(stop.said)) {
    assert.match(words.get(what) ?? '', pattern, JSON.stringify(answer, null, 1));
  }
}

/** Everything is there again, and the switch is engaged: nothing is started, no order is placed. */
async function nothingComesBack(
  world: FleetWorld,
  stop: Stop,
  before: Awaited<ReturnType<typeof seen>>,
): Promise<void> {
  const { killSwitches, guardian } = await eventually('its guardian answers', async () => {
    const status = await world.status();
    return status.unread.length === 0 && status;
  });
  const places = killSwitches.map(({ where }) => where);
  if (stop.told !== null) {
    assert.equal(places.includes('machine'), stop.latched ?? true);
    assert.equal(places.includes('guardian'), stop.told ?? true);
  }
  if (stop.engine === 'lives') return;
  assert.deepEqual(await seen(world), before);
  assert.equal(guardian?.openIncident ?? null, null);
}

async function seen(world: FleetWorld) {
  const processes = await world.processes();
  const own = await ownOrders(world.admin);
  return {
    instanceIds: processes.map(({ instanceId }) => instanceId),
    working: own.filter(({ works }) => works).map(({ id }) => id),
  };
}

/** What was left, at a venue that took nothing, would be the next engine's. */
async function cleanUp(world: FleetWorld): Promise<void> {
  for (const { pid } of await world.processes()) process.kill(pid, 'SIGKILL');
  const { venues } = await world.admin.ledger();
  for (const [venue, { openOrders }] of Object.entries(venues)) {
    for (const { venueOrderId } of openOrders) {
      await world.admin.cancelOrder({ venue: venue as EngineVenueId, venueOrderId });
    }
  }
  await world.release();
}
