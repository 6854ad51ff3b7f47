/**
 * Step 0. Acts on resting orders at once, by policy, venue by venue. Repeating it cancels nothing
 * twice: it looks before it acts, and arming a dead-man switch again only moves its time.
 *
 * Invariant: what fails at one venue is said, and keeps nothing from being done at the others.
 */
import { Context } from '@temporalio/activity';
import type { Contained, ContainInput } from '../../workflows/contract/index.js';
import {
  cancelOwnOrders,
  describeCancelled,
  isClear,
  ownedBy,
  type Ownership,
} from '../procedures/cancel-orders.js';
import { containmentOf } from '../../workflows/domain/policy/policy.js';
import { PATIENCE, patiently } from '../procedures/patiently.js';
import { describeError, isFailure } from '../errors.js';
import { activityPace } from './pace.js';
import type { ControlPlanePorts, VenueAccount } from '../ports.js';

const NO_SWITCH = 'has no dead-man switch';
/** Renewed three times within its time, so that two renewals may fail. */
const RENEWALS = 3;

export function createContainActivities(ports: ControlPlanePorts) {
  return {
    /** Never fails for a venue's sake: where it could not be done is told. */
    async containRisk(input: ContainInput): Promise<Contained> {
      const owned = await ownedOf(ports, input);
      const accounts = ports.venues.ofEngine(input.engineId);
      const outcomes = await Promise.all(
        accounts.map((account) => containAt(account, owned, input)),
      );
      return {
        action: input.action,
        detail: outcomes.map(({ venue, detail }) => `${venue}: ${detail}`).join('; '),
        failed: outcomes.filter(({ done }) => !done).map(({ venue }) => venue),
      };
    },

    /** Keeps the dead-man switches that policy renews from firing, until it is cancelled. */
    async renewDeadManSwitches(input: Omit<ContainInput, 'books'>): Promise<void> {
      const { engineId, action, at, timeoutMs } = input;
      const accounts = ports.venues
        .ofEngine(engineId)
        .filter(
          ({ venue }) =>
            containmentOf({ containment: action, containmentAt: at }, venue) ===
            'renew_dead_man_switch',
        );
      for (;;) {
        const failed = await Promise.all(accounts.map((account) => renew(account, timeoutMs)));
        Context.current().heartbeat(failed.filter((why) => why !== null));
        await Context.current().sleep(timeoutMs / RENEWALS);
      }
    },
  };
}

interface Owned {
  ownership: Ownership;
  /** Why what others placed and the engine took over cannot be told; empty where it can. */
  doubt: string;
}

/** Without its books, what bears the prefix is cancelled all the same. */
async function ownedOf(
  ports: ControlPlanePorts,
  { engineId, books }: ContainInput,
): Promise<Owned> {
  const prefix = ports.facts(engineId).orderIdPrefix;
  try {
    const states = await Promise.all(
      books.map((book) => ports.artifacts.get('engine-state', book)),
    );
    const known = ownedBy(states.flatMap(({ orders }) => orders));
    return { ownership: { prefix, known }, doubt: '' };
  } catch {
    const doubt = ', but the recovered books cannot be read: adopted orders may be left';
    return { ownership: { prefix }, doubt };
  }
}

interface ContainedAt {
  venue: string;
  done: boolean;
  detail: string;
}

async function containAt(
  account: VenueAccount,
  { ownership, doubt }: Owned,
  { action, at, timeoutMs }: ContainInput,
): Promise<ContainedAt> {
  const { venue } = account;
  switch (containmentOf({ containment: action, containmentAt: at }, venue)) {
    case 'none':
      return { venue, done: true, detail: 'orders stay' };
    case 'cancel_own_orders': {
      const cancelled = await cancelOwnOrders(account, ownership, activityPace(venue));
      const detail = describeCancelled(cancelled) + doubt;
      return { venue, done: isClear(cancelled) && doubt === '', detail };
    }
    case 'dead_man_switch':
      return armed(account, timeoutMs, `dead-man switch fires in ${timeoutMs / 1000} s`);
    case 'renew_dead_man_switch':
      return armed(account, timeoutMs, 'dead-man switch renewed until the engine runs');
    case 'disarm_dead_man_switch':
      return armed(account, 0, 'dead-man switch disarmed');
  }
}

async function armed(account: VenueAccount, timeoutMs: number, said: string): Promise<ContainedAt> {
  const { venue } = account;
  const arm = () => account.armDeadManSwitch(timeoutMs);
  try {
    const has = await patiently(arm, PATIENCE.asking, activityPace(venue));
    // What is not there cannot fire.
    return { venue, done: has || timeoutMs === 0, detail: has ? said : NO_SWITCH };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { venue, done: false, detail: `FAILED, ${describeError(error)}` };
  }
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
