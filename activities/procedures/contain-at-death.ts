/**
 * Containment by the agent of the engine's host: at the death of one instance, by rules that were handed
 * down before, with no Temporal in between.
 *
 * Invariants: only orders that were read once, at that death, are cancelled, and the list is on disk before
 * the first cancel; who begins again looks at the venue first; before each cancel it is asked whether a newer
 * engine is there; stops that protect stay where the rules say so; what is not done is said, never guessed.
 */
import { cutWhy, type ContainedAt } from '../../workflows/domain/crash/contained.js';
import type { OwnOrders } from '../../workflows/domain/orders/own-orders.js';
import type { ContainmentRules } from '../../workflows/domain/policy/handed-down.js';
import { describeError, isFailure } from '../errors.js';
import type { VenueAccount } from '../ports.js';
import { cancelOwnOrders, ownOrders } from './cancel-orders.js';
import { describeCancelled, type Cancelled } from './cancelled.js';
import type { Ownership } from './own-orders.js';
import type { WritingPace } from './patiently.js';

/** What was read at this death at one venue. */
type ReadAtDeath = OwnOrders[number];

export interface DeathMemory {
  /** Null where this venue was not read yet. */
  listed(venue: string): ReadAtDeath['orders'] | null;
  /** On disk when it resolves. Fails with the codes of `node:fs`. */
  list(read: ReadAtDeath): Promise<void>;
}

interface Means {
  prefix: Ownership['prefix'];
  rules: Pick<ContainmentRules, 'keepProtective'>;
  memory: DeathMemory;
  pace: WritingPace;
}

/** Never fails. */
export async function containAtDeath(account: VenueAccount, means: Means): Promise<ContainedAt> {
  const counted = counting(account);
  try {
    return await contain(counted.account, means);
  } catch (error) {
    const code = isFailure(error) ? null : (error as NodeJS.ErrnoException | null)?.code;
    const why = code ?? (isFailure(error) ? error.message : describeError(error));
    const cancelled = counted.cancels();
    return { venue: account.venue, cancelled, left: null, why: cutWhy(`NOT WHOLLY: ${why}`) };
  }
}

/** How many cancels the venue took, whatever ends the rest. */
function counting(account: VenueAccount) {
  let taken = 0;
  const cancel: VenueAccount['cancel'] = async (order, lease) => {
    await account.cancel(order, lease);
    taken += 1;
  };
  return { account: { ...account, cancel }, cancels: () => taken };
}

async function contain(account: VenueAccount, means: Means): Promise<ContainedAt> {
  const { prefix, rules, memory, pace } = means;
  const { venue } = account;
  const ownership = { prefix, keepProtective: rules.keepProtective };
  const before = memory.listed(venue);
  const orders = before ?? (await ownOrders(account, ownership, pace)).orders;
  if (orders === null) {
    return { venue, cancelled: 0, left: null, why: 'NOT READ, so nothing was cancelled' };
  }
  if (before === null) await memory.list({ venue, orders });
  const listed = { orders, fresh: before === null };
  return resultOf(await cancelOwnOrders(account, ownership, pace, listed));
}

function resultOf(done: Cancelled): ContainedAt {
  const { venue, cancelled, filledOrGone, left, unlisted, unnamed, doubtful, verified } = done;
  return {
    venue,
    cancelled: cancelled.length + filledOrGone.length,
    left: verified ? left.length + unlisted.length + unnamed.length + doubtful : null,
    why: cutWhy(describeCancelled(done)),
  };
}
