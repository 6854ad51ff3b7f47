/**
 * Step 0. Acts on resting orders at once, by policy, venue by venue. Repeating it cancels nothing
 * twice: it looks before it acts, and arming a dead-man switch again only moves its time.
 */
import { Context } from '@temporalio/activity';
import type { Containment } from '../workflows/domain/policy.js';
import { cancelOwnOrders, describeCancelled } from './cancel-orders.js';
import { describeError, isFailure } from './errors.js';
import type { ControlPlanePorts, VenueAccount } from './ports.js';

export interface ContainInput {
  engineId: string;
  action: Containment;
  /** Venue → what to do there instead. */
  at: Record<string, Containment>;
  /** Of dead-man switches. */
  timeoutMs: number;
}

export interface Contained {
  action: string;
  detail: string;
}

/** From this attempt on what was done is told, venue by venue, whatever failed. */
const LAST_TRY = 4;
/** Renewed three times within its time, so that two renewals may fail. */
const RENEWALS = 3;

export function createContainActivities(ports: ControlPlanePorts) {
  return {
    async containRisk(input: ContainInput): Promise<Contained> {
      const prefix = ports.facts(input.engineId).orderIdPrefix;
      const accounts = ports.venues.ofEngine(input.engineId);
      const outcomes = await Promise.allSettled(
        accounts.map((account) => containAt(account, prefix, input)),
      );
      // Only now: failing at once would let the next attempt run into the cancels of this one.
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined && Context.current().info.attempt < LAST_TRY) throw failed.reason;
      const details = outcomes.map((outcome, index) =>
        outcome.status === 'fulfilled'
          ? outcome.value
          : `${accounts[index]?.venue}: FAILED, ${describeError(outcome.reason)}`,
      );
      return { action: input.action, detail: details.join('; ') };
    },

    /** Keeps the dead-man switches that policy renews from firing, until it is cancelled. */
    async renewDeadManSwitches({ engineId, action, at, timeoutMs }: ContainInput): Promise<void> {
      const accounts = ports.venues
        .ofEngine(engineId)
        .filter(({ venue }) => (at[venue] ?? action) === 'renew_dead_man_switch');
      for (;;) {
        const failed = await Promise.all(accounts.map((account) => renew(account, timeoutMs)));
        Context.current().heartbeat(failed.filter((why) => why !== null));
        await Context.current().sleep(timeoutMs / RENEWALS);
      }
    },
  };
}

async function containAt(
  account: VenueAccount,
  prefix: string,
  { action, at, timeoutMs }: ContainInput,
): Promise<string> {
  const { venue } = account;
  switch (at[venue] ?? action) {
    case 'none':
      return `${venue}: orders stay`;
    case 'cancel_own_orders': {
      const beat = () => Context.current().heartbeat(venue);
      return describeCancelled(await cancelOwnOrders(account, prefix, beat));
    }
    case 'dead_man_switch':
      return armed(account, timeoutMs, `dead-man switch fires in ${timeoutMs / 1000} s`);
    case 'renew_dead_man_switch':
      return armed(account, timeoutMs, 'dead-man switch renewed until the engine runs');
    case 'disarm_dead_man_switch':
      return armed(account, 0, 'dead-man switch disarmed');
  }
}

async function armed(account: VenueAccount, timeoutMs: number, done: string): Promise<string> {
  const has = await account.armDeadManSwitch(timeoutMs);
  return `${account.venue}: ${has ? done : 'has no dead-man switch'}`;
}

/** A renewal that fails is tried at the next turn: giving up would cancel the orders. */
async function renew(account: VenueAccount, timeoutMs: number): Promise<string | null> {
  try {
    await account.armDeadManSwitch(timeoutMs);
    return null;
  } catch (error) {
    if (!isFailure(error)) throw error;
    return describeError(error);
  }
}
