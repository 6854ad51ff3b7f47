/**
 * The kill switch for an engine whose own configuration is not valid: what needs none of it is done all the same.
 *
 * Invariants: it is latched by its name, and its processes are killed; that it was not asked, its orders are as they
 * were and nobody else was told is said, and is a failure; it is released only when its configuration is valid again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { stopForGood } from '../../../activities/procedures/stopping/stop-for-good.js';
import type {
  ReleaseAnswer,
  ShutdownAnswer,
  ShutdownStep,
} from '../../../clients/cli/answers/shutdown.js';
import { composeHost } from '../../compose/host.js';
import { ConfigError } from '../../config/error.js';
import type { Config } from '../../config/schema.js';
import { whyOf } from '../why.js';

interface LeftOutStop {
  engineId: string;
  /** Why it was left out. */
  why: string;
  keepOrders: boolean;
  latch: ShutdownStep;
  onStep?: (what: string, step: ShutdownStep) => void;
}

export async function stopLeftOut(
  config: Config,
  { engineId, why, keepOrders, latch, onStep }: LeftOutStop,
): Promise<ShutdownAnswer> {
  const unasked = async (): Promise<never> => {
    throw new ConfigError(why);
  };
  const all = composeHost(config, { mustEnd: true });
  const control = () => ({ shutdown: unasked, quickHealth: unasked });
  const host = { ...all, control };
  const engine = { engineId, hostName: 'its host' };
  const pace = { sleep: (ms: number) => sleep(ms), why: whyOf };
  const { result } = await stopForGood(host, engine, pace);
  const orders = keepOrders ? '' : '; ITS ORDERS ARE AS THEY WERE - CANCEL BY HAND';
  const done = { result: `${result}${orders}`, failed: true };
  onStep?.('engine', done);
  const guardian = {
    result: 'NOT TOLD: it may begin a recovery, which this latch refuses here',
    failed: true,
  };
  return { engineId, latch, engine: done, guardian, venues: [] };
}

export function releaseLeftOut(engineId: string, why: string): ReleaseAnswer {
  const latch = { result: `NOT RELEASED: ${why}. Put it right and repeat.`, failed: true };
  const guardian = { result: 'not told', failed: true };
  return { engineId, released: false, latch, guardian };
}
