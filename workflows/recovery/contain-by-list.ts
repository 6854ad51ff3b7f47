/**
 * Containment whose cancels are listed first. What may be cancelled stands in the input of the activity
 * that cancels, so an attempt that wakes up late can touch nothing that has come since.
 *
 * Invariants: a venue that is slow to answer keeps no other waiting; what arrives while orders are being
 * cancelled is listed anew, so many times at most.
 */
import { patched } from '@temporalio/workflow';
import { thorough, writing } from '../calls.js';
import type { Contained, ContainInput } from '../contract/index.js';

/** What a venue has to answer in, to be contained with the others. */
const AT_ONCE_MS = 2_000;
const MOST_LISTS = 6;

export type Containment = Omit<ContainInput, 'orders' | 'venues'> & { epoch: number };

/** Fails as its activities do. */
export function containByList(input: Containment): Promise<Contained> {
  const cancels = [input.action, ...Object.values(input.at)].includes('cancel_own_orders');
  // Not awaited here: what is replayed keeps the order of its commands.
  return cancels && patched('cancels-by-list') ? listedFirst(input) : writing.containRisk(input);
}

async function listedFirst(input: Containment): Promise<Contained> {
  const { timeoutMs: _ofSwitches, ...where } = input;
  const { orders, ready, late } = await thorough.listOwnOrders({ ...where, withinMs: AT_ONCE_MS });
  const [first, ...others] = await Promise.all([
    containListed({ ...input, venues: ready, orders }),
    ...(late.length === 0 ? [] : [whenTheyAnswer(input, late)]),
  ]);
  return others.reduce((one, other) => joined(one, other), first);
}

/** Venues that were slow, or are away: asked until they count as such. */
async function whenTheyAnswer(input: Containment, venues: string[]): Promise<Contained> {
  const { timeoutMs: _ofSwitches, ...where } = input;
  const listed = await thorough.listOwnOrders({ ...where, venues, withinMs: null });
  const { orders, ready, late, detail } = listed;
  const away = { action: input.action, detail, failed: late };
  return ready.length === 0
    ? away
    : joined(await containListed({ ...input, venues: ready, orders }), away);
}

async function containListed(input: ContainInput): Promise<Contained> {
  let { more, ...done } = await writing.containRisk(input);
  for (let lists = 1; more !== undefined && lists < MOST_LISTS; lists += 1) {
    const { venues, orders } = more;
    const next = await writing.containRisk({ ...input, venues, orders });
    const failed = (done.failed ?? []).filter((venue) => !venues.includes(venue));
    done = joined({ ...done, failed }, next, ', then ');
    more = next.more;
  }
  return done;
}

function joined(one: Contained, other: Contained, between = '; '): Contained {
  return {
    action: one.action,
    detail: [one.detail, other.detail].filter((part) => part !== '').join(between),
    failed: [...(one.failed ?? []), ...(other.failed ?? [])],
  };
}
