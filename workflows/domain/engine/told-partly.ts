/**
 * The state of an engine that cannot tell all of it, ready to be compared.
 *
 * Invariants: only what the engine does not tell is taken from the recovered state, and what that is stands in
 * its `untold`, so that nobody takes it for compared; what it does tell is never replaced by another figure.
 */
import { balanceKey, positionKey } from '../books/keys.js';
import type { EngineState } from '../books/state.js';
import { exactly, namedByVenueIds } from '../orders/told-by-venue-id.js';

export function completedState(told: EngineState, recovered: EngineState): EngineState {
  const positions = new Map(recovered.positions.map((one) => [positionKey(one), one]));
  const balances = new Map(recovered.balances.map((one) => [balanceKey(one), one]));
  return {
    ...told,
    positions: told.positions.map((one) => {
      const known = positions.get(positionKey(one));
      if (known === undefined) return one;
      const averagePrice = one.averagePrice ?? known.averagePrice;
      return { ...one, averagePrice, quantity: exactly(one.quantity, known.quantity) };
    }),
    balances: told.balances.map((one) => {
      const known = balances.get(balanceKey(one));
      return known === undefined ? one : { ...one, total: exactly(one.total, known.total) };
    }),
    orders: namedByVenueIds(told.orders, recovered.orders),
    risk: recovered.risk,
  };
}
