/** What situations of the world do to its ledger. */
import type { Desk } from '../../../../sandbox/venues/desk.js';
import { findBySymbol, type Instrument } from '../../../../sandbox/venues/instruments.js';
import { remainingOf, type Order } from '../../../../sandbox/venues/ledger/state.js';
import type { GateKind } from '../../../../workflows/domain/content/gate-kind.js';
import type { Traits } from '../../world/engine/settings.js';
import type { IncidentWorld } from '../../world/incident-world.js';

export function instrumentAt({ venue }: Desk, symbol: string): Instrument {
  const instrument = findBySymbol(venue, symbol);
  if (instrument === undefined) throw new Error(`no ${symbol}`);
  return instrument;
}

/** The workflow of the newest recovery; empty where there is none. */
export function newestOf({ recoveries }: Pick<IncidentWorld, 'recoveries'>): string {
  return recoveries.at(-1)?.identity.workflowId ?? '';
}

export interface WorldSituation {
  policy?: Record<string, unknown>;
  engine?: Traits;
  /** Whoever sees it does not approve these. */
  refused?: readonly GateKind[];
  /** Before there is any engine. */
  opening?: (world: IncidentWorld) => void;
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

/** Another situation may have taken them all. */
function someOwnOrder({ ledger, venue }: Desk): Order | undefined {
  return ledger.openOrders(venue).find(({ clientOrderId }) => clientOrderId?.startsWith(OWN));
}

/** By its venue. */
export function cancelOwn(desk: Desk): void {
  toOwnOrder(desk, (order) => desk.ledger.cancel(order, 'venue'));
}

export function transfer(world: IncidentWorld, amount: string): void {
  const { ledger, venue } = deskOf(world);
  ledger.transfer({ venue, asset: 'USDT', amount });
}

/** All of it, so that the engine places another in its place. */
export function fillOwn(desk: Desk): void {
  toOwnOrder(desk, (order) => desk.ledger.fillResting(order, remainingOf(order)));
}

/** With one of the engine's orders there, where it has one. */
export function toOwnOrder(desk: Desk, act: (order: Order) => void): void {
  const order = someOwnOrder(desk);
  if (order !== undefined) act(order);
}
