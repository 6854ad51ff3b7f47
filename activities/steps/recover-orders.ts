/**
 * Step 5. Every order alive at the crash is resolved: by the open list first, then one by one; what the
 * list says against the state or the fills is looked up, too.
 */
import type {
  DropOrdersInput,
  OrdersInput,
  OrdersRecovered,
} from '../../workflows/contract/index.js';
import type { ArtifactRef } from '../../workflows/domain/content/artifact.js';
import { missingFills } from '../../workflows/domain/books/fills.js';
import { namedOrderKey, orderKey } from '../../workflows/domain/books/keys.js';
import { readableVenues, type Snapshot } from '../../workflows/domain/books/snapshot.js';
import type { EngineState } from '../../workflows/domain/books/state.js';
import {
  ordersToLookUp,
  recoverOrders,
  type OrderOptions,
} from '../../workflows/domain/orders/fate/recovery.js';
import { summaryOf, warningsOf } from '../../workflows/domain/orders/fate/summary.js';
import { hasDeadManSwitch } from '../../workflows/domain/policy/policy.js';
import { lookUpOrders } from '../procedures/orders/look-up-orders.js';
import type { ArtifactStore, ControlPlanePorts } from '../ports.js';
import { activityPace } from './pace.js';

export function createOrderActivities(ports: ControlPlanePorts) {
  return {
    async recoverOpenOrders(input: OrdersInput): Promise<OrdersRecovered> {
      const { artifacts } = ports;
      const internal = await artifacts.get('engine-state', input.state);
      const before = await artifacts.get('engine-state', input.before);
      const snapshot = await artifacts.get('venue-snapshot', input.snapshot);
      const accounts = ports.venues.ofEngine(input.engineId);
      const options = await orderOptions(ports, input, { before, snapshot });
      const lookUps = await lookUpOrders(ordersToLookUp(internal, snapshot, options), accounts, {
        arrivesInMs: input.arrivesInMs ?? input.arrivesUntilMs - ports.clock.nowMs(),
        pace: activityPace('orders'),
      });
      const recovered = recoverOrders(internal, snapshot, lookUps, options);
      const { resolutions, orders, brokenLinks } = recovered;
      return {
        ...summaryOf(resolutions),
        resolutions: await artifacts.put('order-resolutions', resolutions),
        state: await artifacts.put('engine-state', { ...internal, orders }),
        warnings: warningsOf(before, {
          orders,
          snapshot,
          brokenLinks,
          maxDeviation: input.staleDeviation,
        }),
      };
    },

    /** By the decision of a person, or by policy, orders of unknown fate are taken for absent. */
    async dropUnknownOrders(input: DropOrdersInput): Promise<{ state: ArtifactRef }> {
      const state = await ports.artifacts.get('engine-state', input.state);
      const resolutions = await ports.artifacts.get('order-resolutions', input.resolutions);
      const unknown = new Set(
        resolutions.filter(({ kind }) => kind === 'unknown').map(namedOrderKey),
      );
      const orders = state.orders.filter((order) => !unknown.has(namedOrderKey(order)));
      return { state: await ports.artifacts.put('engine-state', { ...state, orders }) };
    },
  };
}

async function orderOptions(
  ports: ControlPlanePorts,
  input: OrdersInput,
  { before, snapshot }: { before: EngineState; snapshot: Snapshot },
): Promise<OrderOptions> {
  const names = ports.venues.ofEngine(input.engineId).map(({ venue }) => venue);
  const fills = readableVenues(snapshot).flatMap((venue) => venue.fills);
  return {
    orderIdPrefix: ports.facts(input.engineId).orderIdPrefix,
    foreign: input.foreign,
    adopted: await foreignIn(ports.artifacts, input.adopted),
    fills: missingFills(before, fills),
    fillsInAll: fills,
    namesNoFills: new Set(names.filter((venue) => (before.appliedFills[venue] ?? []).length === 0)),
    expectedCancel: new Set(names.filter((venue) => hasDeadManSwitch(input, venue))),
  };
}

/** Of what a person was shown, and nothing that came since. */
async function foreignIn(
  artifacts: ArtifactStore,
  resolutions: readonly ArtifactRef[],
): Promise<Set<string>> {
  const all = await Promise.all(resolutions.map((ref) => artifacts.get('order-resolutions', ref)));
  return new Set(
    all
      .flat()
      .filter(({ kind }) => kind === 'foreign')
      .map(orderKey),
  );
}
