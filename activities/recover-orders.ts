/** Step 5. Every order alive at the crash is resolved: by the open list first, then one by one. */
import { Context } from '@temporalio/activity';
import type { ArtifactRef } from '../workflows/domain/artifact.js';
import {
  countResolutions,
  ordersToLookUp,
  recoverOrders,
  type LookUp,
  type Resolution,
  type ResolutionKind,
} from '../workflows/domain/orders.js';
import type { Snapshot } from '../workflows/domain/snapshot.js';
import { orderKey, type EngineState, type Order } from '../workflows/domain/state.js';
import { describeError, isFailure } from './errors.js';
import type { ControlPlanePorts, VenueAccount } from './ports.js';

export interface OrdersRecovered {
  counts: Record<ResolutionKind, number>;
  resolutions: ArtifactRef;
  state: ArtifactRef;
  unknown: Resolution[];
}

const SHOWN_ORDERS = 20;
const LOOK_UP_TRIES = 4;
const RETRY_MS = 500;
const CONCURRENCY = 8;

export function createOrderActivities(ports: ControlPlanePorts) {
  return {
    async recoverOpenOrders(input: {
      engineId: string;
      state: ArtifactRef;
      snapshot: ArtifactRef;
      foreign: 'leave' | 'adopt';
    }): Promise<OrdersRecovered> {
      const internal = await ports.artifacts.getJson<EngineState>(input.state);
      const snapshot = await ports.artifacts.getJson<Snapshot>(input.snapshot);
      const accounts = ports.venues.ofEngine(input.engineId);
      const lookUps = await lookUpAll(ordersToLookUp(internal, snapshot), accounts);
      const { orderIdPrefix } = ports.facts(input.engineId);
      const { foreign } = input;
      const recovered = recoverOrders(internal, snapshot, lookUps, { orderIdPrefix, foreign });
      const unknown = recovered.resolutions.filter(({ kind }) => kind === 'unknown');
      const state: EngineState = { ...internal, orders: recovered.orders };
      return {
        counts: countResolutions(recovered.resolutions),
        resolutions: await ports.artifacts.putJson('order-resolutions', recovered.resolutions),
        state: await ports.artifacts.putJson('engine-state', state),
        unknown: unknown.slice(0, SHOWN_ORDERS),
      };
    },

    /** By the decision of a person, or by policy, orders of unknown fate are taken for absent. */
    async dropUnknownOrders(input: {
      state: ArtifactRef;
      resolutions: ArtifactRef;
    }): Promise<{ state: ArtifactRef }> {
      const state = await ports.artifacts.getJson<EngineState>(input.state);
      const resolutions = await ports.artifacts.getJson<Resolution[]>(input.resolutions);
      const unknown = new Set(resolutions.filter(({ kind }) => kind === 'unknown').map(orderKey));
      const orders = state.orders.filter((order) => !unknown.has(orderKey(order)));
      return { state: await ports.artifacts.putJson('engine-state', { ...state, orders }) };
    },
  };
}

async function lookUpAll(orders: Order[], accounts: VenueAccount[]): Promise<Map<string, LookUp>> {
  const found = new Map<string, LookUp>();
  const queue = [...orders];
  const work = async () => {
    for (let order = queue.shift(); order !== undefined; order = queue.shift()) {
      found.set(orderKey(order), await lookUp(order, accounts));
      Context.current().heartbeat(found.size);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return found;
}

async function lookUp(order: Order, accounts: VenueAccount[]): Promise<LookUp> {
  const account = accounts.find((a) => a.venue === order.venue && a.account === order.account);
  if (account === undefined) return { outcome: 'unreadable', why: 'venue is not configured' };
  let why = '';
  for (let attempt = 1; attempt <= LOOK_UP_TRIES; attempt += 1) {
    try {
      return await account.lookUp(order);
    } catch (error) {
      why = describeError(error);
      if (isFailure(error, 'VenueRefused')) break;
      await Context.current().sleep(RETRY_MS * attempt);
    }
  }
  return { outcome: 'unreadable', why };
}
