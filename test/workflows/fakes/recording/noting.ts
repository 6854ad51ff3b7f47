/** An engine that notes each order before it sends it, and of whose journal this is not known. */
import { artifact, happyControlPlane, happyHost } from '../activities.js';
import type { Fakes } from '../engine.js';

export function noting(doubts: string[]): Fakes {
  const { confirmDeath } = happyHost();
  const { recoverOpenOrders } = happyControlPlane();
  return {
    confirmDeath: async (input) => ({ ...(await confirmDeath(input)), isNoting: true }),
    readIntents: async () => ({
      orders: artifact('noted-orders'),
      count: 5,
      unfinished: 1,
      doubts,
    }),
    recoverOpenOrders: async (input) => ({
      ...(await recoverOpenOrders(input)),
      noted: { known: 3, fates: { filled: 1, never_arrived: 1 } },
    }),
  };
}
