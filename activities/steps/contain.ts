/**
 * Step 0. Acts on resting orders at once, by policy, venue by venue. What may be cancelled is listed by
 * an activity of its own, so that no attempt adds to it; repeating it cancels nothing twice, because it
 * looks before it acts, and arming a dead-man switch again only moves its time.
 *
 * Invariants: what fails at one venue is said, and keeps nothing from being done at the others; an
 * attempt that was given up writes nothing more.
 */
import { Context } from '@temporalio/activity';
import type {
  Contained,
  ContainInput,
  ListInput,
  OrdersListed,
} from '../../workflows/contract/index.js';
import { cancelOwnOrders, ownOrders } from '../procedures/cancel-orders.js';
import { describeCancelled, isClear } from '../procedures/cancelled.js';
import { ownedBy, type Ownership } from '../procedures/own-orders.js';
import type { ArtifactRef } from '../../workflows/domain/content/artifact.js';
import type { OwnOrders } from '../../workflows/domain/orders/own-orders.js';
import { containmentOf } from '../../workflows/domain/policy/policy.js';
import { endsAttempt } from '../procedures/lease.js';
import type { Listed } from '../procedures/listed-orders.js';
import { PATIENCE, patiently } from '../procedures/patiently.js';
import { describeError, isFailure } from '../errors.js';
import { activityPace, leaseAt } from './pace.js';
import type { ControlPlanePorts, Lease, VenueAccount } from '../ports.js';

const NO_SWITCH = 'has no dead-man switch';
const FALLS = ', and takes protective orders with it';
/** Renewed three times within its time, so that two renewals may fail. */
const RENEWALS = 3;

export function createContainActivities(ports: ControlPlanePorts) {
  return {
    listOwnOrders: async (input: ListInput) => listOwn(ports, input),

    /** Never fails for a venue's sake: where it could not be done is told. */
    async containRisk(input: ContainInput): Promise<Contained> {
      const owned = await ownedOf(ports, input);
      const listed = await listedIn(ports, input.orders);
      const lease = leaseAt(ports, input);
      const outcomes = await Promise.all(
        accountsOf(ports, input).map((account) =>
          containAt(account, input, { ...owned, lease, listed: listed(account.venue) }),
        ),
      );
      const more = outcomes.flatMap(({ venue, more }) =>
        more?.length ? [{ venue, orders: more }] : [],
      );
      return {
        action: input.action,
        detail: outcomes.map(({ venue, detail }) => `${venue}: ${detail}`).join('; '),
        failed: outcomes.filter(({ done }) => !done).map(({ venue }) => venue),
        ...(more.length > 0 && { more: await moreOf(ports, more) }),
      };
    },

    /** Keeps the dead-man switches that policy renews from firing, until it is cancelled. */
    async renewDeadManSwitches(
      input: Omit<ContainInput, 'books' | 'keepProtective'>,
    ): Promise<void> {
      const accounts = accountsOf(ports, input).filter(
        ({ venue }) => actionAt(input, venue) === 'renew_dead_man_switch',
      );
      const lease = leaseAt(ports, input);
      const failing = new Map<VenueAccount, string>();
      const loops = accounts.map((account) =>
        keepRenewing(account, { timeoutMs: input.timeoutMs, lease }, (why) => {
          if (why === null) failing.delete(account);
          else failing.set(account, why);
          Context.current().heartbeat([...failing.values()]);
        }),
      );
      await Promise.all(loops);
    },
  };
}

type Where = Pick<ContainInput, 'engineId' | 'action' | 'at' | 'venues' | 'except'>;

function accountsOf({ venues }: ControlPlanePorts, { engineId, venues: only, except }: Where) {
  const all = venues.ofEngine(engineId).filter(({ venue }) => except?.includes(venue) !== true);
  return only === undefined ? all : all.filter(({ venue }) => only.includes(venue));
}

function actionAt({ action, at }: Where, venue: string) {
  return containmentOf({ containment: action, containmentAt: at }, venue);
}

/** Never fails for a venue's sake: one that does not answer is `late`, and not told to be empty. */
async function listOwn(ports: ControlPlanePorts, input: ListInput): Promise<OrdersListed> {
  const { ownership } = await ownedOf(ports, input);
  const accounts = accountsOf(ports, input);
  const cancels = accounts.filter(({ venue }) => actionAt(input, venue) === 'cancel_own_orders');
  const found = await Promise.all(
    cancels.map((account) => listAt(account, ownership, input.withinMs)),
  );
  const read = found.flatMap(({ venue, orders }) => (orders === null ? [] : [{ venue, orders }]));
  const late = found.filter(({ orders }) => orders === null).map(({ venue }) => venue);
  return {
    orders: await ports.artifacts.put('own-orders', read),
    ready: accounts.map(({ venue }) => venue).filter((venue) => !late.includes(venue)),
    late,
    detail: found.flatMap(({ why }) => why ?? []).join('; '),
  };
}

async function listAt(account: VenueAccount, ownership: Ownership, withinMs: number | null) {
  const { venue } = account;
  const late = new AbortController();
  const { signal, ...pace } = activityPace(venue);
  const both = AbortSignal.any([late.signal, ...(signal === undefined ? [] : [signal])]);
  const reading = ownOrders(account, ownership, { ...pace, signal: both });
  if (withinMs === null) return listedAs(venue, await reading);
  const overdue = pace.sleep(withinMs).then(() => null);
  const found = await Promise.race([reading, overdue]);
  if (found !== null) return listedAs(venue, found);
  late.abort();
  reading.catch(() => undefined); // nobody waits for it any more
  return { venue, orders: null, why: `${venue}: has not answered yet` };
}

function listedAs(venue: string, { orders, trouble }: Awaited<ReturnType<typeof ownOrders>>) {
  return { venue, orders, why: trouble.length === 0 ? null : `${venue}: ${trouble.join(', ')}` };
}

/** By venue: null where the attempt lists by itself, as those of earlier versions do. */
async function listedIn(ports: ControlPlanePorts, orders: ArtifactRef | undefined) {
  if (orders === undefined) return () => null;
  const read = await ports.artifacts.get('own-orders', orders);
  const fresh = Context.current().info.attempt === 1;
  return (venue: string): Listed | null => {
    const here = read.find((one) => one.venue === venue);
    return { orders: here?.orders ?? [], fresh: fresh && here !== undefined };
  };
}

async function moreOf({ artifacts }: ControlPlanePorts, more: OwnOrders) {
  const orders = await artifacts.put('own-orders', more);
  return { orders, venues: more.map(({ venue }) => venue) };
}

interface Owned {
  ownership: Ownership;
  /** Why what others placed and the engine took over cannot be told; empty where it can. */
  doubt: string;
  /** Why orders of it may be among those of others; empty where each of its orders bears a mark. */
  unmarked: string;
}

/** It names its orders itself, and those since its books were made are in none. */
const UNMARKED = '; AMONG THOSE OF OTHERS MAY BE ITS OWN, which bear no mark (ownership: engine)';

/** Without its books, what bears the prefix is cancelled all the same. */
async function ownedOf(
  ports: ControlPlanePorts,
  {
    engineId,
    books,
    keepProtective = true,
  }: Pick<ContainInput, 'engineId' | 'books' | 'keepProtective'>,
): Promise<Owned> {
  const { orderIdPrefix: prefix, ownership: how } = ports.facts(engineId);
  const unmarked = how?.kind === 'engine' ? UNMARKED : '';
  try {
    const states = await Promise.all(
      books.map((book) => ports.artifacts.get('engine-state', book)),
    );
    const known = ownedBy(states.flatMap(({ orders }) => orders));
    return { ownership: { prefix, known, keepProtective }, doubt: '', unmarked };
  } catch {
    const doubt = ', but the recovered books cannot be read: adopted orders may be left';
    return { ownership: { prefix, keepProtective }, doubt, unmarked };
  }
}

interface ContainedAt {
  venue: string;
  done: boolean;
  detail: string;
  more?: OwnOrders[number]['orders'];
}

interface Means extends Owned {
  lease: Lease;
  listed: Listed | null;
}

async function containAt(
  account: VenueAccount,
  input: ContainInput,
  { ownership, doubt, unmarked, lease, listed }: Means,
): Promise<ContainedAt> {
  const { venue } = account;
  const arm = (timeoutMs: number, said: string) => armed(account, { timeoutMs, lease }, said);
  const { timeoutMs } = input;
  switch (actionAt(input, venue)) {
    case 'none':
      return { venue, done: true, detail: 'orders stay' };
    case 'cancel_own_orders': {
      const pace = { ...activityPace(venue), lease };
      const cancelled = await cancelOwnOrders(account, ownership, pace, listed);
      const open = cancelled.others.length === 0 ? doubt : doubt + unmarked;
      const detail = describeCancelled(cancelled) + open;
      const done = isClear(cancelled) && open === '';
      return { venue, done, detail, more: cancelled.unlisted };
    }
    case 'dead_man_switch':
      return arm(timeoutMs, `dead-man switch fires in ${timeoutMs / 1000} s${FALLS}`);
    case 'renew_dead_man_switch':
      return arm(timeoutMs, 'dead-man switch renewed until the engine runs');
    case 'disarm_dead_man_switch':
      return arm(0, 'dead-man switch disarmed');
  }
}

interface Arming {
  timeoutMs: number;
  lease: Lease;
}

async function armed(
  account: VenueAccount,
  { timeoutMs, lease }: Arming,
  said: string,
): Promise<ContainedAt> {
  const { venue } = account;
  const arm = async () => {
    await lease.beforeWrite();
    return account.armDeadManSwitch(timeoutMs, lease);
  };
  try {
    const has = await patiently(arm, PATIENCE.asking, activityPace(venue));
    // What is not there cannot fire.
    return { venue, done: has || timeoutMs === 0, detail: has ? said : NO_SWITCH };
  } catch (error) {
    if (!isFailure(error) || endsAttempt(error)) throw error;
    return { venue, done: false, detail: `FAILED, ${describeError(error)}` };
  }
}

/** Each account at its own pace, so that one that is slow lets no switch of another fire. */
async function keepRenewing(
  account: VenueAccount,
  arming: Arming,
  onTried: (why: string | null) => void,
): Promise<never> {
  const context = Context.current();
  const turnMs = arming.timeoutMs / RENEWALS;
  for (;;) {
    const turn = context.sleep(turnMs);
    const late = turn.then(() => 'no answer within its turn');
    onTried(await Promise.race([renew(account, arming), late]));
    await turn;
  }
}

/** A renewal that fails, in whatever way, is tried at the next turn: giving up would cancel the orders. */
async function renew(account: VenueAccount, { timeoutMs, lease }: Arming): Promise<string | null> {
  await lease.beforeWrite(); // but an attempt that was given up renews nothing for the next
  return account.armDeadManSwitch(timeoutMs, lease).then(
    () => null,
    (error: unknown) => {
      if (endsAttempt(error)) throw error;
      return describeError(error);
    },
  );
}
