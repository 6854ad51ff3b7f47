/** Step 5. Every order alive at the crash is resolved: by the open list first, then one by one. */
import type {
  DropOrdersInput,
  OrdersInput,
  OrdersRecovered,
  OrderWarnings,
} from '../workflows/contract/index.js';
import type { ArtifactRef } from '../workflows/domain/content/artifact.js';
import { digestOf } from '../workflows/domain/content/canonical.js';
import { canonical, multiply } from '../workflows/domain/numbers/decimal.js';
import { missingFills } from '../workflows/domain/books/fills.js';
import {
  countResolutions,
  ordersToLookUp,
  recoverOrders,
  type Resolution,
} from '../workflows/domain/orders/recovery.js';
import { checkProtection, type ProtectionLine } from '../workflows/domain/orders/protection.js';
import { readableVenues, type Snapshot } from '../workflows/domain/books/snapshot.js';
import { staleOrders, type StaleOrder } from '../workflows/domain/orders/stale.js';
import {
  orderKey,
  positionKey,
  type EngineState,
  type Order,
} from '../workflows/domain/books/state.js';
import { lookUpOrders } from './procedures/look-up-orders.js';
import type { ArtifactStore, ControlPlanePorts } from './ports.js';

const SHOWN_ORDERS = 20;

export function createOrderActivities(ports: ControlPlanePorts) {
  return {
    async recoverOpenOrders(input: OrdersInput): Promise<OrdersRecovered> {
      const { artifacts } = ports;
      const internal = await artifacts.getJson<EngineState>(input.state);
      const before = await artifacts.getJson<EngineState>(input.before);
      const snapshot = await artifacts.getJson<Snapshot>(input.snapshot);
      const accounts = ports.venues.ofEngine(input.engineId);
      const arrivesInMs = input.arrivesUntilMs - ports.clock.nowMs();
      const lookUps = await lookUpOrders(ordersToLookUp(internal, snapshot), accounts, arrivesInMs);
      const { resolutions, orders } = recoverOrders(internal, snapshot, lookUps, {
        orderIdPrefix: ports.facts(input.engineId).orderIdPrefix,
        foreign: input.foreign,
        adopted: await foreignIn(artifacts, input.adopted),
        fills: missingFills(
          before,
          readableVenues(snapshot).flatMap((venue) => venue.fills),
        ),
        expectedCancel: new Set(accounts.map(({ venue }) => venue).filter(hasSwitch(input))),
      });
      const unknown = resolutions.filter(({ kind }) => kind === 'unknown');
      const strangers = resolutions.filter(({ kind }) => kind === 'foreign');
      return {
        counts: countResolutions(resolutions),
        resolutions: await artifacts.putJson('order-resolutions', resolutions),
        state: await artifacts.putJson('engine-state', { ...internal, orders }),
        unknown: unknown.slice(0, SHOWN_ORDERS),
        unknownDigest: digestOf(['unknown', ...unknown.map(orderKey)]),
        foreign: strangers.slice(0, SHOWN_ORDERS),
        foreignDigest: digestOf(['foreign', ...strangers.map(orderKey)]),
        warnings: warningsOf(before, { orders, snapshot, maxDeviation: input.staleDeviation }),
      };
    },

    /** By the decision of a person, or by policy, orders of unknown fate are taken for absent. */
    async dropUnknownOrders(input: DropOrdersInput): Promise<{ state: ArtifactRef }> {
      const state = await ports.artifacts.getJson<EngineState>(input.state);
      const resolutions = await ports.artifacts.getJson<Resolution[]>(input.resolutions);
      const keyOf = (one: Order | Resolution) => `${orderKey(one)}|${one.venueOrderId}`;
      const unknown = new Set(resolutions.filter(({ kind }) => kind === 'unknown').map(keyOf));
      const orders = state.orders.filter((order) => !unknown.has(keyOf(order)));
      return { state: await ports.artifacts.putJson('engine-state', { ...state, orders }) };
    },
  };
}

/** Of what a person was shown, and nothing that came since. */
async function foreignIn(
  artifacts: ArtifactStore,
  resolutions: readonly ArtifactRef[],
): Promise<Set<string>> {
  const all = await Promise.all(resolutions.map((ref) => artifacts.getJson<Resolution[]>(ref)));
  return new Set(
    all
      .flat()
      .filter(({ kind }) => kind === 'foreign')
      .map(orderKey),
  );
}

/** Where a dead-man switch may have fired, a cancelled order is what was to be expected. */
function hasSwitch({ containment, containmentAt }: OrdersInput) {
  return (venue: string) => (containmentAt[venue] ?? containment).endsWith('dead_man_switch');
}

function warningsOf(
  before: EngineState,
  {
    orders,
    snapshot,
    maxDeviation,
  }: { orders: readonly Order[]; snapshot: Snapshot; maxDeviation: string },
): OrderWarnings {
  const marks = readableVenues(snapshot).flatMap(({ venue, marks: prices }) =>
    Object.entries(prices).map(([instrument, mark]) => [`${venue}|${instrument}`, mark] as const),
  );
  const stale = staleOrders(orders, new Map(marks), maxDeviation);
  const protection = checkProtection(before, snapshot);
  const open = protection.filter((line) => line.protection !== 'protected').map(protectionText);
  const lost = protection.filter((line) => line.lost).map(protectionText);
  const digest = digestOf(
    protection.filter((line) => line.lost).map((l) => [positionKey(l.position), l.protection]),
  );
  return {
    stale: {
      count: stale.length,
      shown: stale.slice(0, SHOWN_ORDERS).map(staleText),
      digest: digestOf(['stale', ...stale.map(({ order }) => orderKey(order))]), // prices move
    },
    unprotected: { count: open.length, shown: open.slice(0, SHOWN_ORDERS) },
    lost: { count: lost.length, shown: lost.slice(0, SHOWN_ORDERS), digest },
  };
}

function staleText({ order, mark, deviation, crosses }: StaleOrder): string {
  const { venue, instrument, side, price, clientOrderId } = order;
  if (mark === null) {
    return `${venue} ${instrument} ${side} ${clientOrderId} at ${price}, of a market without a price`;
  }
  const away = deviation === null ? '' : ` (${canonical(multiply(deviation, '100'))} % away)`;
  const trades = crosses ? ', would trade at once' : '';
  return `${venue} ${instrument} ${side} ${clientOrderId} at ${price}, mark ${mark}${away}${trades}`;
}

function protectionText({ position, covered, protection }: ProtectionLine): string {
  const { venue, instrument, side, quantity } = position;
  const named = side === 'net' ? instrument : `${instrument} ${side}`;
  return `${venue} ${named} ${quantity}: ${protection}, stops cover ${covered ?? 'unknown'}`;
}
