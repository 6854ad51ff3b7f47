/**
 * Orders of dead engines that rest in the ledger where somebody told that none does.
 *
 * Invariants: what came within the pause between two looks counts, because the second one shows it; what the next
 * engine places is no part of it, and neither is what protects.
 */
import type { Order } from '../../../../sandbox/venues/ledger/state.js';
import { isLive } from '../../../../sandbox/venues/ledger/state.js';
import type { EngineVenueId } from '../../../../sandbox/venues/index.js';
import type { Call, Facts } from '../../oracle/facts.js';
import type { IncidentWorld } from '../../world/incident-world.js';
import { isOwn } from './cancels.js';
import { epochOf } from './money.js';

/** A little shorter than between two looks at a venue. */
const LOOKED_MS = 1_400;

interface Told {
  by: Facts['left'][number]['by'];
  venue: EngineVenueId;
  beganAtMs: number;
  atMs: number;
}

export function leftOf(world: IncidentWorld, calls: readonly Call[]): Facts['left'] {
  const all = [...byRelight(world, calls), ...byAgents(world)];
  return all.flatMap((told) => {
    const orders = leftAt(world, told);
    return orders.length === 0 ? [] : [{ atMs: told.atMs, by: told.by, venue: told.venue, orders }];
  });
}

function byRelight({ market }: IncidentWorld, calls: readonly Call[]): Told[] {
  return calls.flatMap(({ cancels, beganAtMs, atMs }) => {
    if (cancels === null) return [];
    const { action, at, venues, except, notClear } = cancels;
    return market.venues
      .filter((venue) => (at[venue] ?? action) === 'cancel_own_orders')
      .filter((venue) => venues?.includes(venue) ?? true)
      .filter((venue) => ![...except, ...notClear].includes(venue))
      .map((venue) => ({ by: 'relight' as const, venue, beganAtMs, atMs }));
  });
}

function byAgents({ market, facts }: IncidentWorld): Told[] {
  return facts.reports.flatMap(({ report: { contained, instance } }) => {
    const life = facts.lives.find(({ instanceId }) => instanceId === instance.instanceId);
    const beganAtMs = life?.death?.atMs;
    if (contained === undefined || beganAtMs === undefined) return [];
    const clear = contained.venues.flatMap(({ venue, left }) => (left === 0 ? [venue] : []));
    return market.venues
      .filter((venue) => clear.includes(venue))
      .map((venue) => ({ by: 'agent' as const, venue, beganAtMs, atMs: contained.atMs }));
  });
}

function leftAt({ market, facts }: IncidentWorld, { venue, beganAtMs, atMs }: Told): string[] {
  const isOver = (epoch: number) =>
    facts.lives.every(
      (life) => life.epoch !== epoch || (life.death?.atMs ?? Infinity) <= beganAtMs,
    );
  const orders = [...market.sandbox.core.desks[venue].state.orders.values()];
  return orders.flatMap((order) => {
    const { clientOrderId, acceptedAtMs, trigger } = order;
    if (clientOrderId === null || !isOwn(clientOrderId) || trigger !== null) return [];
    const isIn = acceptedAtMs <= beganAtMs + LOOKED_MS && isOver(epochOf(clientOrderId));
    return isIn && restsAfter(order, Math.max(atMs, acceptedAtMs)) ? [clientOrderId] : [];
  });
}

function restsAfter(order: Order, atMs: number): boolean {
  return isLive(order) || order.updatedAtMs > atMs;
}
