/** Step 5. Every order alive at the crash is resolved: by the open list first, then one by one. */
import type {
  DropOrdersInput,
  OrdersInput,
  OrdersRecovered,
} from '../../workflows/contract/index.js';
import type { ArtifactRef } from '../../workflows/domain/content/artifact.js';
import { missingFills } from '../../workflows/domain/books/fills.js';
import { namedOrderKey, orderKey } from '../../workflows/domain/books/keys.js';
import { readableVenues } from '../../workflows/domain/books/snapshot.js';
import { ordersToLookUp, recoverOrders } from '../../workflows/domain/orders/recovery.js';
import { summaryOf, warningsOf } from '../../workflows/domain/orders/summary.js';
import { hasDeadManSwitch } from '../../workflows/domain/policy/policy.js';
import { lookUpOrders } from '../procedures/look-up-orders.js';
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
      const arrivesInMs = input.arrivesUntilMs - ports.clock.nowMs();
      const lookUps = await lookUpOrders(ordersToLookUp(internal, snapshot), accounts, {
        arrivesInMs,
        pace: activityPace('orders'),
      });
      const { resolutions, orders } = recoverOrders(internal, snapshot, lookUps, {
        orderIdPrefix: ports.facts(input.engineId).orderIdPrefix,
        foreign: input.foreign,
        adopted: await foreignIn(artifacts, input.adopted),
        fills: missingFills(
          before,
          readableVenues(snapshot).flatMap((venue) => venue.fills),
        ),
        expectedCancel: new Set(
          accounts.map(({ venue }) => venue).filter((venue) => hasDeadManSwitch(input, venue)),
        ),
      });
      return {
        ...summaryOf(resolutions),
        resolutions: await artifacts.put('order-resolutions', resolutions),
        state: await artifacts.put('engine-state', { ...internal, orders }),
        warnings: warningsOf(before, { orders, snapshot, maxDeviation: input.staleDeviation }),
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
