/** An engine that boots from no file, and that people must tell what it holds; it reads the venues again besides. */
import { artifact } from './activities.js';
import type { Fakes } from './engine.js';

const LINE = 'position alpha BTC/USDT:USDT: set to 2; the engine says 1';
const DIFFERING = ['alpha BTC/USDT:USDT: quantity 1, expected 2'];

export const enteredByHand: Fakes = {
  writeRecoveredCheckpoint: async ({ epoch, sequence }) => ({
    path: `recovered-e${epoch}.ckpt`,
    sequence: sequence + 1,
    digest: 'cd'.repeat(32),
    boot: { from: 'import', imports: 'before_start', syncs: true },
  }),
  importState: async ({ confirmed }) => ({
    positions: 1,
    orders: 2,
    known: 0,
    byHand: confirmed ? 0 : 1,
    shown: confirmed ? [] : [LINE],
    list: artifact('by-hand'),
  }),
  checkComprehensiveHealth: inTurn(),
};

/** Equal at the second look. */
function inTurn(): NonNullable<Fakes['checkComprehensiveHealth']> {
  let looks = 0;
  return async ({ digest }) => {
    looks += 1;
    const told = { checks: 7, engineDigest: digest };
    return looks > 1
      ? { healthy: true, failed: [], ...told }
      : { healthy: false, failed: ['not held'], notHeld: DIFFERING, ...told };
  };
}
