/**
 * Step 0. Acts on resting orders at once, by policy. Only orders with our client-id prefix are
 * touched; an order already gone is success, so repeating the step cancels nothing twice.
 */
import { Context } from '@temporalio/activity';
import type { ControlPlanePorts, VenueAccount } from './ports.js';
import type { Order } from '../workflows/domain/state.js';
import { describeError, isFailure } from './errors.js';

export interface ContainInput {
  engineId: string;
  action: 'cancel_own_orders' | 'dead_man_switch';
}

export interface Containment {
  action: string;
  detail: string;
}

const DEAD_MAN_TIMEOUT_MS = 60_000;
/** From this attempt on what was done is told, venue by venue, whatever failed. */
const LAST_TRY = 4;

export function createContainActivities(ports: ControlPlanePorts) {
  return {
    async containRisk({ engineId, action }: ContainInput): Promise<Containment> {
      const prefix = ports.facts(engineId).orderIdPrefix;
      const accounts = ports.venues.ofEngine(engineId);
      const outcomes = await Promise.allSettled(
        accounts.map((account) =>
          action === 'dead_man_switch' ? armSwitch(account) : cancelOwnOrders(account, prefix),
        ),
      );
      // Only now: failing at once would let the next attempt run into the cancels of this one.
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined && Context.current().info.attempt < LAST_TRY) throw failed.reason;
      const details = outcomes.map((outcome, index) =>
        outcome.status === 'fulfilled'
          ? outcome.value
          : `${accounts[index]?.venue}: FAILED, ${describeError(outcome.reason)}`,
      );
      return { action, detail: details.join('; ') };
    },
  };
}

async function armSwitch(account: VenueAccount): Promise<string> {
  const armed = await account.armDeadManSwitch(DEAD_MAN_TIMEOUT_MS);
  return `${account.venue}: ${armed ? `fires in ${DEAD_MAN_TIMEOUT_MS / 1000} s` : 'has none'}`;
}

/** Cancels, then reads again: what is left is said, not assumed. */
export async function cancelOwnOrders(account: VenueAccount, prefix: string): Promise<string> {
  const own = (orders: Order[]) => orders.filter((o) => o.clientOrderId.startsWith(prefix));
  const before = own(await account.openOrders());
  const errors: string[] = [];
  for (const order of before) {
    await account.cancel(order).catch((error: unknown) => {
      // Ambiguous or refused: the reading below tells whether the order is still there.
      if (!isFailure(error)) throw error;
      errors.push(describeError(error));
    });
  }
  const left = before.length === 0 ? [] : own(await account.openOrders());
  const trouble = errors.length === 0 ? '' : ` (${[...new Set(errors)].join(', ')})`;
  return `${account.venue}: ${before.length - left.length} cancelled, ${left.length} left${trouble}`;
}
