/** What situations of the world do to its ledger. */
import type { Desk } from '../../../../sandbox/venues/desk.js';
import type { Order } from '../../../../sandbox/venues/ledger/state.js';
import type { IncidentWorld } from '../../world/incident-world.js';

export interface WorldSituation {
  policy?: Record<string, unknown>;
  /** While the engine trades, some seconds before it dies. */
  before?: (world: IncidentWorld) => void;
  /** As it has died. */
  atDeath?: (world: IncidentWorld) => void | Promise<void>;
}

const OWN = 'rl-';

export function deskOf({ market }: IncidentWorld, at = 0): Desk {
  const venue = market.venues[at % market.venues.length];
  if (venue === undefined) throw new Error('a world without a venue');
  return market.sandbox.core.desks[venue];
}

export function ownOrder({ ledger, venue }: Desk): Order {
  const own = ledger.openOrders(venue).find(({ clientOrderId }) => clientOrderId?.startsWith(OWN));
  if (own === undefined) throw new Error('the engine has no order there');
  return own;
}

/** By its venue. */
export function cancelOwn(desk: Desk): void {
  desk.ledger.cancel(ownOrder(desk), 'venue');
}

export function transfer(world: IncidentWorld, amount: string): void {
  const { ledger, venue } = deskOf(world);
  ledger.transfer({ venue, asset: 'USDT', amount });
}
