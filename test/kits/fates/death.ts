/** A death in the midst of trading: some orders at the venue, some arriving after it, and some that never do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../../sandbox/demo/processes.js';
import type { Gateway } from './gateway.js';

const ON_THEIR_WAY = 20;
const ARRIVING = 8;
/** After the death. */
const LATE_MS = 300;

interface Dying {
  child: { kill: (signal: 'SIGKILL') => unknown };
  exited: Promise<unknown>;
}

/** Gives how many lines had left the engine, and when it was gone, ms. */
export async function killAsItTrades(engine: Dying, gateway: Gateway) {
  gateway.hold();
  const held = gateway.sent.length;
  const enough = async () => gateway.sent.length >= held + ON_THEIR_WAY || null;
  await until('orders are on their way', enough, { everyMs: 2 });
  engine.child.kill('SIGKILL');
  await engine.exited;
  const died = { atMs: Date.now(), sent: gateway.sent.length };
  gateway.release(ARRIVING);
  await sleep(LATE_MS);
  await gateway.cut();
  return died;
}
