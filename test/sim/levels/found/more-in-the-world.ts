/**
 * More that befalls an incident of the world, each because a planted bug shows there alone: two things at once, or one
 * at a moment that seeds hardly hit.
 *
 * Invariant: what is asked of Relight can be done: whoever finds it so ends safe, and people are told.
 */
import { failure } from '../../../../workflows/failure.js';
import type { Desk } from '../../../../sandbox/venues/desk.js';
import type { Order } from '../../../../sandbox/venues/ledger/state.js';
import { createFence } from '../../../../clients/host/fence.js';
import type { IncidentWorld } from '../../world/incident-world.js';
import { isCancel, refuseLookUps, trouble } from './troubles.js';
import type { Trouble } from '../../world/venues/market.js';
import { ENGINE_ID } from '../../world/engine/processes.js';
import {
  cancelOwn,
  deskOf,
  fillOwn,
  toOwnOrder,
  transfer,
  type WorldSituation,
} from './world-means.js';

/** Sooner than nothing arrives any more. */
const LATE_MS = 9_000;
const LOOKED_UP_MS = 1_000;
const SLOW_MS = 3_000;
const BRIEFLY_MS = 400;
const UNTIL_DEATH_MS = 4_000;
const BACK_MS = 1_500;
/** Longer than an attempt may be silent. */
const STOPPED_MS = 65_000;
/** Seen in a window, and not taken for a death. */
const SILENT_MS = 9_500;
const FOR_A_WHILE_MS = 60_000;

function engineOrders(world: IncidentWorld, what: Trouble): () => void {
  return trouble(world, ({ from, what: asked }) =>
    from === 'engine' && asked === 'place' ? what : null,
  );
}

function fillOften(world: IncidentWorld): void {
  for (let at = 1; at < 4; at += 1) setTimeout(() => fillOwn(deskOf(world)), at * 1_000);
}

/** Soon after orders are looked up at first, and in time for whoever looks again. */
async function lookedUp(world: IncidentWorld): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, UNTIL_DEATH_MS + LATE_MS);
    const looked = { point: 'activity:recoverOpenOrders', nth: 1, phase: 'before' } as const;
    world.on(looked, () => void setTimeout(resolve, LOOKED_UP_MS));
  });
}

/** The agent reaches no venue, and the worker is struck as its first cancel is on its way. */
function struckAtACancel(strike: (world: IncidentWorld) => void): WorldSituation {
  return {
    policy: { containment: 'cancel_own_orders' },
    before: (world) => {
      let isFirst = true;
      trouble(world, ({ from, what }) => {
        if (from === 'agent') return 'refused';
        if (from !== 'relight' || !isCancel(what) || !isFirst) return null;
        isFirst = false;
        setTimeout(() => strike(world), 0);
        return null;
      });
    },
  };
}

/** So many times in a row, from that one on. */
function failing(world: IncidentWorld, port: string, { from, times }: Record<string, number>) {
  for (let nth = from ?? 1; nth < (from ?? 1) + (times ?? 1); nth += 1) {
    world.on({ point: `port:${port}`, nth, phase: 'before' }, () => {
      throw failure('NotificationFailed', 'away, for the test');
    });
  }
}

export const MORE_IN_THE_WORLD: Readonly<Record<string, WorldSituation>> = {
  'orders are slow on their way': {
    before: (world) => {
      const end = engineOrders(world, { until: lookedUp(world) });
      setTimeout(end, UNTIL_DEATH_MS);
      fillOften(world);
    },
  },
  'an order without an answer, of which nobody tells': {
    before: (world) => {
      const end = engineOrders(world, 'unanswered');
      setTimeout(end, UNTIL_DEATH_MS);
      fillOften(world);
    },
    atDeath: (world) => {
      cancelOwn(deskOf(world));
      refuseLookUps(world);
    },
  },
  'a venue forgets an order': {
    atDeath: (world) => toOwnOrder(deskOf(world), (order) => forget(deskOf(world), order)),
  },
  'somebody starts an engine as Relight does': {
    before: (world) =>
      world.on({ point: 'activity:startEngine', nth: 1, phase: 'before' }, () => {
        const { processes } = world.hosts.first;
        const spawn = { instanceId: 'by-hand', epoch: 0, statePath: null, trading: false };
        const life = processes.spawn(spawn);
        setTimeout(() => processes.end(life, { code: 0, signal: null }), BRIEFLY_MS);
      }),
  },
  'an engine dies as it is started, and with it the agent': {
    before: (world) =>
      world.on({ point: 'port:control.start', nth: 1, phase: 'after' }, () => {
        world.crashEngine('SIGKILL');
        world.kill('agent');
        setTimeout(() => world.restart('agent'), BACK_MS);
      }),
  },
  'the worker dies at a cancel': struckAtACancel((world) => {
    setTimeout(() => world.kill('worker'), BRIEFLY_MS / 2);
    setTimeout(() => world.restart('worker'), BACK_MS);
  }),
  'the worker is stopped at a cancel': struckAtACancel((world) => {
    world.stop('worker');
    setTimeout(() => world.wake('worker'), STOPPED_MS);
  }),
  'the switch is engaged at the host as a stage is granted': {
    before: (world) =>
      world.on({ point: 'activity:applyStage', nth: 2, phase: 'before' }, async () => {
        world.note('the switch is engaged at the host');
        const fence = createFence('/data/fence', world.hosts.first.files);
        await fence.engage(ENGINE_ID, 'for the simulation', 'olga');
        const why = { reason: 'for the simulation', by: 'olga' };
        setTimeout(() => void fence.release(ENGINE_ID, why), FOR_A_WHILE_MS);
      }),
  },
  'an engine is silent in a window': {
    before: (world) =>
      world.on({ point: 'activity:watchEngine', nth: 1, phase: 'before' }, () => {
        setTimeout(() => world.engine?.life.stop(), SLOW_MS);
        setTimeout(() => world.engine?.life.wake(), SLOW_MS + SILENT_MS);
      }),
  },
  'a channel that fails at first': {
    policy: { automaticCauses: [] },
    before: (world) => failing(world, 'channel.send', { from: 1, times: 3 }),
  },
  'money is missing': { atDeath: (world) => transfer(world, '-4000') },
};

function forget(desk: Desk, order: Order): void {
  desk.ledger.cancel(order, 'venue');
  const find = desk.find.bind(desk);
  desk.find = (name) => find(isOf(order, name) ? { venueOrderId: 'no such order' } : name);
}

function isOf(
  { venueOrderId, clientOrderId }: { venueOrderId: string; clientOrderId: string | null },
  name: { venueOrderId?: string | undefined; clientOrderId?: string | undefined },
): boolean {
  return name.venueOrderId === venueOrderId || name.clientOrderId === clientOrderId;
}
