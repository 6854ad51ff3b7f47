/**
 * The kill switch at one venue: our working orders cancelled, what stays listed, and what may be left said.
 *
 * Invariants: a venue that cannot be read is asked to cancel what the engine's book has there; where it is not
 * known what recoveries adopted, each order that may be one of those is named; nothing that may be left is
 * passed over by the exit code.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { shortened } from '../../../workflows/domain/content/shortened.js';
import type { Order } from '../../../workflows/domain/books/state.js';
import { hasDeadManSwitch, type RecoveryPolicy } from '../../../workflows/domain/policy/policy.js';
import { cancelOwnOrders } from '../../../activities/procedures/cancel-orders.js';
import {
  describeCancelled,
  isClear,
  type Cancelled,
} from '../../../activities/procedures/cancelled.js';
import { ownedBy, restsWords, type Ownership } from '../../../activities/procedures/own-orders.js';
import {
  cancelByBook,
  sawNothing,
} from '../../../activities/procedures/stopping/cancel-by-book.js';
import type { VenueAccount } from '../../../activities/ports.js';
import { ALWAYS } from '../../../activities/procedures/lease.js';
import type { VenueCleared } from '../../../clients/cli/answers/shutdown.js';
import { ordersKept } from '../checkpoints.js';
import { engineOf } from '../../config/engines.js';
import type { Config, EngineConfig } from '../../config/schema.js';
import { whyOf } from '../why.js';

export interface Owned {
  ownership: Ownership;
  /** By the engine's own word, whatever the venue calls them; read anew, because it may have learned an id since. */
  book: () => Promise<readonly Order[]>;
  /** Why orders of it may be left that do not bear its prefix; null where that is known. */
  doubt: string | null;
  policy: RecoveryPolicy;
}

interface Whose {
  engineId: string;
  cancelProtective: boolean;
  /** Where what its recoveries adopted is known only; null where that is here, or there was none. */
  adoptedElsewhere: string | null;
  /** By the engine's own word just before it was stopped; none where it did not answer. */
  live: readonly Order[];
}

/** Also what its checkpoints have for its own, whatever the venue calls it. */
export async function ownershipOf(config: Config, whose: Whose): Promise<Owned> {
  const { engineId, cancelProtective, adoptedElsewhere, live } = whose;
  const engine = engineOf(config, engineId);
  const { orderIdPrefix: prefix, policy } = engine;
  const { orders, doubt } = await ordersKept(config, engineId);
  const keepProtective = policy.keepProtective && !cancelProtective;
  const elsewhere =
    adoptedElsewhere === null
      ? null
      : `what recoveries adopted is known on ${adoptedElsewhere} only`;
  const ownership = { prefix, known: ownedBy([...orders, ...live]), keepProtective };
  const book = async () => [...live, ...(await ordersKept(config, engineId)).orders, ...orders];
  return { ownership, book, doubt: doubt ?? elsewhere ?? unmarked(config, engine, live), policy };
}

/** Why orders of it may rest that bear no mark of it. */
function unmarked(
  { venues }: Config,
  { ownership, venues: own }: EngineConfig,
  live: readonly Order[],
): string | null {
  if (ownership?.kind === 'engine' && live.length === 0) {
    return 'it names its orders itself and told none now: those since its newest checkpoint are not known';
  }
  const open = own.filter((venue) => venues[venue]?.exclusive !== true);
  if (ownership?.kind !== 'account' || open.length === 0) return null;
  return `its account at ${open.join(', ')} is not exclusive: only what is known to be its own is cancelled`;
}

const BY_HAND = ' - CANCEL BY HAND';
const PACE = { sleep: (ms: number) => sleep(ms), beat: () => undefined, lease: ALWAYS };

export async function clearVenue(account: VenueAccount, owned: Owned): Promise<VenueCleared> {
  try {
    const done = await cancelled(account, owned);
    const { venue, unlisted: _none, others: _named, ...orders } = done;
    const adopted = maybeAdopted(done, owned);
    const mayBeLeft = !done.verified || done.left.length > 0;
    const words = [
      `${done.verified ? '' : 'FAILED: '}${describeCancelled(done)}${mayBeLeft ? BY_HAND : ''}`,
      ...(adopted === null ? [] : [adopted.words]),
      ...(falls(owned.policy, done) ? [FALLS] : []),
    ];
    const failed = !isClear(done) || words.length > 1;
    const result = words.join('; ');
    return { venue, result, failed, orders: { ...orders, maybeAdopted: adopted?.named ?? [] } };
  } catch (error) {
    return unclearable(account.venue, whyOf(error));
  }
}

/** The account could not be used at all. */
export function unclearable(venue: string, why: string): VenueCleared {
  return { venue, result: `FAILED: ${why}${BY_HAND}`, failed: true, orders: null };
}

async function cancelled(account: VenueAccount, { ownership, book }: Owned): Promise<Cancelled> {
  const done = await cancelOwnOrders(account, ownership, PACE);
  return sawNothing(done) ? cancelByBook(account, await book(), done) : done;
}

const SHOWN = 20;

/** Null where none can be left: it is known what was adopted, or nothing else rests there. */
function maybeAdopted(
  { others, notUnderstood, verified }: Cancelled,
  { doubt }: Owned,
): { words: string; named: string[] } | null {
  if (doubt === null) return null;
  const named = others.map(restsWords);
  if (verified && named.length + notUnderstood.length === 0) return null;
  const among = named.length === 0 ? '' : ` AMONG ${shortened(named, SHOWN).join(', ')}`;
  return { words: `${doubt}: ADOPTED ORDERS MAY BE LEFT${among}`, named };
}

const FALLS =
  'ITS DEAD-MAN SWITCH CANCELS PROTECTIVE ORDERS TOO when nobody renews it: disarm it by hand';

/** A switch that the policy arms or has renewed fires when the engine is gone. */
function falls(policy: RecoveryPolicy, { venue, protective }: Cancelled): boolean {
  return protective.length > 0 && hasDeadManSwitch(policy, venue);
}
