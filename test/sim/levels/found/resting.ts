/**
 * Which orders of whom rest there as an engine dies, and which come as they are cancelled; and a checkpoint of what
 * cannot be.
 *
 * Invariant: what arrives late does so before whoever looks twice has looked for the second time.
 */
import { join } from 'node:path';
import { decimal } from '../../../../sandbox/venues/decimal.js';
import { isLive } from '../../../../sandbox/venues/ledger/state.js';
import type { PlaceRequest } from '../../../../sandbox/venues/ledger/place-request.js';
import { encodeCheckpoint } from '../../../../workflows/domain/engine/checkpoint.js';
import type { IncidentWorld } from '../../world/incident-world.js';
import { FOLDERS } from '../../world/machine/host-ports.js';
import { isCancel, trouble } from './troubles.js';
import { deskOf, instrumentAt, type WorldSituation } from './world-means.js';

const CANCELS = { containment: 'cancel_own_orders' };
const FUTURES = 1;
const BTC = 'BTC/USDT:USDT';
const FAR = '0.7';
const MODE = 0o640;
/** From before there is an engine to a while after it has died. */
const ARRIVE_MS = 10_050;
/** Longer than anybody goes on asking a venue before they say that it cannot be read. */
const UNREAD_MS = 60_000;
const TRADES_MS = 3_000;
/** A little shorter than between two looks. */
const AGAIN_MS = 1_400;
const AWAY_MS = 200;
const NEVER_MS = 600_000;
/** More than there is of any money. */
const ABSURD = `1${'0'.repeat(19)}`;

type Terms = Pick<PlaceRequest, 'type' | 'price' | 'trigger' | 'reduceOnly' | 'clientOrderId'>;

function rest(world: IncidentWorld, terms: (at: PlaceRequest['quantity']) => Terms): string {
  const desk = deskOf(world, FUTURES);
  const instrument = instrumentAt(desk, BTC);
  const market = desk.price(instrument);
  const side = terms(market).trigger === undefined ? 'buy' : 'sell';
  const of = { instrument, side, quantity: decimal('0.001') } as const;
  const far = market.times(FAR).toDecimalPlaces(2);
  return desk.ledger.place({ ...of, ...terms(far) }, market).venueOrderId;
}

/** All that the first engine sends to that venue is on its way as it dies. */
function lateOrders(world: IncidentWorld): void {
  const { venue } = deskOf(world);
  const arrives = world.sleep(ARRIVE_MS);
  let isThere = false;
  void arrives.then(() => (isThere = true));
  trouble(world, (request) => {
    const isLate = request.from === 'engine' && request.what === 'place' && !isThere;
    return isLate && request.venue === venue ? { until: arrives } : null;
  });
}

const isOpenList = (what: string) => what === 'open orders' || /^GET .*openOrders$/.test(what);

/** It may be read once, to know what is to be cancelled. */
function unreadAfterTheList(world: IncidentWorld): void {
  const { venue } = deskOf(world);
  let isRead = false;
  const end = trouble(world, ({ from, what, venue: at }) => {
    if (from !== 'relight' || at !== venue || !isOpenList(what)) return null;
    const wasRead = isRead;
    isRead = true;
    return wasRead ? 'refused' : null;
  });
  setTimeout(end, UNREAD_MS);
}

/** A name that was on the list is another order's now, for a while. */
function sameNameAgain(world: IncidentWorld): void {
  const desk = deskOf(world);
  const listed = [...desk.state.orders.values()].find(
    ({ clientOrderId, status }) => clientOrderId?.startsWith('rl-00') && status === 'cancelled',
  );
  if (listed === undefined) return;
  const { instrument, clientOrderId, side, type, price, quantity } = listed;
  const terms = { instrument, clientOrderId, side, type, price, quantity };
  const order = desk.ledger.place(terms, desk.price(instrument));
  world.market.byHand.add(order.venueOrderId);
  setTimeout(() => {
    if (isLive(order)) desk.ledger.cancel(order, 'venue');
  }, TRADES_MS * 2);
}

/**
 * Who cancels looks again, and stands still before it hears of it, until the next engine trades; what it has asked
 * arrives then. Another worker goes on in its place.
 */
function cancelStandsStill(world: IncidentWorld): void {
  const { venue } = deskOf(world);
  const goesOn = nextTrades(world);
  let cancelledAtMs = Infinity;
  let isHeld = false;
  trouble(world, ({ from, what, venue: at }) => {
    if (from !== 'relight') return null;
    if (isCancel(what)) cancelledAtMs = Math.min(cancelledAtMs, Date.now());
    const isAgain = at === venue && isOpenList(what) && Date.now() - cancelledAtMs >= AGAIN_MS;
    if (!isAgain || isHeld) return null;
    isHeld = true;
    setTimeout(() => {
      world.stop('worker');
      world.relieveWorker();
    }, 0);
    void goesOn.then(() => void setTimeout(() => world.wake('worker'), AWAY_MS));
    return { until: goesOn };
  });
}

/** Some time after it may trade, or when nobody expects it any more. */
async function nextTrades(world: IncidentWorld): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, NEVER_MS);
    const granted = { point: 'activity:applyStage', nth: 1, phase: 'after' } as const;
    world.on(granted, () => {
      setTimeout(() => {
        sameNameAgain(world);
        resolve();
      }, TRADES_MS);
    });
  });
}

async function absurdCheckpoint({ hosts: { first } }: IncidentWorld): Promise<void> {
  const newest = first.files.namesIn(FOLDERS.written).toSorted().at(-1);
  if (newest === undefined) return;
  const path = join(FOLDERS.written, newest);
  const [, header, body] = (first.files.contentOf(path)?.toString() ?? '').split('\n');
  if (header === undefined || body === undefined) return;
  const state = JSON.parse(body) as { risk: object };
  const risk = { ...state.risk, dailyPnl: ABSURD };
  const content = { header: JSON.parse(header), state: { ...state, risk } } as never;
  await first.files.write(path, encodeCheckpoint(content), { mode: MODE, synced: true });
}

export const RESTING: Readonly<Record<string, WorldSituation>> = {
  'orders arrive as orders are cancelled': { policy: CANCELS, opening: lateOrders },
  'a venue that cannot be read once orders are listed': {
    policy: CANCELS,
    opening: lateOrders,
    // Relight alone acts.
    before: ({ hosts: { first } }) => void (first.isUntold = true),
    atDeath: unreadAfterTheList,
  },
  'who cancels stands still until the next engine trades': {
    policy: CANCELS,
    before: (world) => {
      world.hosts.first.isUntold = true;
      cancelStandsStill(world);
    },
  },
  'a stop protects what is held': {
    policy: CANCELS,
    before: (world) => {
      const trigger = (price: PlaceRequest['quantity']) => ({ kind: 'stop', price }) as const;
      const of = {
        type: 'market',
        price: null,
        reduceOnly: true,
        clientOrderId: 'rl-stop',
      } as const;
      rest(world, (price) => ({ ...of, trigger: trigger(price) }));
    },
  },
  'an order of nobody that nobody understands': {
    policy: CANCELS,
    before: (world) => {
      const id = rest(world, (price) => ({ type: 'limit', price, clientOrderId: null }));
      world.market.strange.add(id);
    },
  },
  'a checkpoint of what cannot be': { atDeath: absurdCheckpoint },
};
