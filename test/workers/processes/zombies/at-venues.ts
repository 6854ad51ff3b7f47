/** What the venues of a zombies' world hold, and what they were asked: their own ledger tells. */
import { ORDER_PREFIX } from '../../../../sandbox/demo/settings.js';
import type { ZombieWorld } from './world.js';

export async function openOrders({ admin }: ZombieWorld) {
  const { venues } = await admin.ledger();
  return Object.entries(venues).flatMap(([venue, { openOrders }]) =>
    openOrders
      .filter(({ clientOrderId }) => clientOrderId?.startsWith(ORDER_PREFIX) === true)
      .map(({ venueOrderId }) => ({ id: `${venue} ${venueOrderId}` })),
  );
}

/** As the venues have done it: how often, by order. */
export async function cancelled({ admin }: ZombieWorld): Promise<Map<string, number>> {
  const { writes } = await admin.requests();
  const counts = new Map<string, number>();
  for (const { endpoint, venue, venueOrderId, outcome } of writes) {
    if (endpoint !== 'cancelOrder' || outcome !== 'accepted') continue;
    const id = `${venue} ${venueOrderId}`;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/** How often the venues were asked to cancel, and did or refused: with a price that is held no engine asks. */
export async function cancelsAsked({ admin }: ZombieWorld): Promise<number> {
  const { writes } = await admin.requests();
  return writes.filter(({ endpoint }) => endpoint === 'cancelOrder').length;
}
