/** People who act unasked: a planned stop, an emergency stop, a recovery that is cancelled or terminated. */
import { engageKillSwitch } from '../../../clients/temporal/recoveries.js';
import type { Engine } from '../../workflows/fakes/engine.js';
import type { SimulatedWorld } from '../world/faked.js';

export const ORDERS = ['hold', 'kill_switch', 'cancel', 'terminate'] as const;
type Order = (typeof ORDERS)[number];

const WHY = { reason: 'for the test', by: 'ada' };

/** What it came to, in words; who cannot do it is told so, and does it no more. */
export async function give(
  { operator, host }: SimulatedWorld,
  engine: Engine,
  { order, ms }: { order: Order; ms: number },
): Promise<string> {
  const recovery = operator.workflow.getHandle(engine.workflowId);
  const acts: Record<Order, () => Promise<unknown>> = {
    hold: async () => {
      const hold = { ...WHY, atMs: Date.now() };
      await engine.hold(hold);
      await new Promise((resolve) => void setTimeout(resolve, ms));
      await engine.release(hold);
    },
    kill_switch: async () =>
      engageKillSwitch(operator, engine.engineId, { ...WHY, keepOrders: false, host }),
    cancel: async () => recovery.cancel(),
    terminate: async () => recovery.terminate('for the test'),
  };
  return acts[order]().then(
    () => `${order} is done`,
    (error: unknown) =>
      `${order} is refused: ${error instanceof Error ? error.message : 'unknown'}`,
  );
}
