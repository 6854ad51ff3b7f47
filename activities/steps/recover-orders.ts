/** Step 5. Every order alive at the crash gets one fate; what people say of some is applied. */
import type {
  DropOrdersInput,
  OrdersInput,
  OrdersRecovered,
} from '../../workflows/contract/index.js';
import type { ArtifactRef } from '../../workflows/domain/content/artifact.js';
import { namedOrderKey, orderKey } from '../../workflows/domain/books/keys.js';
import { countsOf, withNoted } from '../../workflows/domain/orders/noted.js';
import { summaryOf } from '../../workflows/domain/orders/fate/summary.js';
import { resolveOpenOrders } from '../procedures/orders/resolve-open.js';
import type { ArtifactStore, ControlPlanePorts } from '../ports.js';
import { activityPace } from './pace.js';

export function createOrderActivities(ports: ControlPlanePorts) {
  return {
    async recoverOpenOrders(input: OrdersInput): Promise<OrdersRecovered> {
      const { artifacts } = ports;
      const noted = input.noted && (await artifacts.get('noted-orders', input.noted));
      const reconciled = await artifacts.get('engine-state', input.state);
      const { state: internal, joined, known, open } = withNoted(reconciled, noted ?? []);
      const before = await artifacts.get('engine-state', input.before);
      const snapshot = await artifacts.get('venue-snapshot', input.snapshot);
      const { orderIdPrefix } = ports.facts(input.engineId);
      const adopted = await foreignIn(artifacts, input.adopted);
      const recovered = await resolveOpenOrders(
        { internal, before, snapshot, joined },
        { ...input, orderIdPrefix, adopted },
        {
          accounts: ports.venues.ofEngine(input.engineId),
          arrivesInMs: input.arrivesInMs ?? input.arrivesUntilMs - ports.clock.nowMs(),
          pace: activityPace('orders'),
        },
      );
      const { orders, warnings } = recovered;
      const resolutions = [...recovered.resolutions, ...open];
      return {
        ...summaryOf(resolutions),
        resolutions: await artifacts.put('order-resolutions', resolutions),
        state: await artifacts.put('engine-state', { ...internal, orders }),
        warnings,
        ...(noted !== undefined && { noted: countsOf(known, resolutions) }),
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
