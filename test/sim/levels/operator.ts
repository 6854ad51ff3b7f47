/**
 * People who act unasked: a planned stop, an emergency stop, a recovery that is told to end, to stay where it is or to
 * step down, is cancelled or terminated.
 */
import type { Client } from '@temporalio/client';
import {
  engageKillSwitch,
  sendInstruction,
  sendToRecovery,
} from '../../../clients/temporal/recoveries.js';
import type { Command } from '../../../workflows/domain/steering/table.js';
import type { Engine } from '../../workflows/fakes/engine.js';
import { OLGA, tell, type Person } from '../../workflows/fakes/people.js';
import type { Steered } from '../oracle/facts.js';
import type { SimulatedWorld } from '../world/faked.js';

/** At every level; a simulation gives each of them as it can. */
export const ORDERS = [
  'hold',
  'kill_switch',
  'cancel',
  'terminate',
  'abort',
  'pause',
  'step_down',
] as const;
export type Order = (typeof ORDERS)[number];

const WHY = { reason: 'for the test', by: 'ada' };
/** Who wants a ramp to stay says it until there is one. */
const SAYS_AGAIN = { everyMs: 50, times: 100 };
const ANEW_EVERY_MS = 500;

/** What it came to, in words; who cannot do it is told so, and does it no more. */
export async function give(
  world: SimulatedWorld,
  engine: Engine,
  { order, ms, steered }: { order: Order; ms: number; steered: Steered[] },
): Promise<string> {
  const { operator, host } = world;
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
    abort: async () => sendInstruction(world.client, instruction(engine, 'abort')),
    pause: async () => steered.push(await steer(world, engine, 'pause')),
    step_down: async () => steered.push(await steer(world, engine, 'step_down')),
  };
  return acts[order]().then(
    () => `${order} is done`,
    (error: unknown) =>
      `${order} is refused: ${error instanceof Error ? error.message : 'unknown'}`,
  );
}

function instruction({ engineId, incidentId }: Engine, command: Command) {
  return tell(engineId, command, OLGA, { incidentId });
}

/** Once it has ended; null where that is never taken. */
export async function beginAnew(
  client: Client,
  { engineId, incidentId }: Engine,
  person: Person,
): Promise<string | null> {
  for (let times = 0; times < SAYS_AGAIN.times; times += 1) {
    const said = tell(engineId, 'retry', person, { incidentId });
    const outcome = await sendInstruction(client, said).catch(() => null);
    if (outcome?.accepted === true) return outcome.receipt.incidentId;
    await new Promise((resolve) => void setTimeout(resolve, ANEW_EVERY_MS));
  }
  return null;
}

/** It is taken where this settles. */
export async function steer(
  { client }: SimulatedWorld,
  engine: Engine,
  command: Steered['command'],
): Promise<Steered> {
  const { incidentId } = engine;
  for (let times = 0; times < SAYS_AGAIN.times; times += 1) {
    const sentAtMs = Date.now();
    const said = instruction(engine, command);
    const { accepted } = await sendToRecovery(client, engine.workflowId, said);
    if (accepted) return { sentAtMs, incidentId, command };
    await new Promise((resolve) => void setTimeout(resolve, SAYS_AGAIN.everyMs));
  }
  throw new Error('it was never taken');
}
