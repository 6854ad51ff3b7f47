/**
 * Cancelling exactly our orders at one account, conditional ones too.
 *
 * Invariants: only orders whose client id begins with our prefix are touched; a cancel of unknown
 * outcome is never sent again before the venue has been read; what is left is read, not assumed.
 */
import type { Order } from '../workflows/domain/state.js';
import { describeError, isFailure } from './errors.js';
import type { VenueAccount } from './ports.js';

export interface Cancelled {
  venue: string;
  cancelled: number;
  /** Still open at the last reading: client ids. */
  left: string[];
  trouble: string[];
}

const ROUNDS = 3;
const CONCURRENCY = 8;

/** Each round reads, then cancels what is open; the last reading tells what is left. */
export async function cancelOwnOrders(
  account: VenueAccount,
  prefix: string,
  beat: () => void = () => undefined,
): Promise<Cancelled> {
  const trouble = new Set<string>();
  const own = async () =>
    (await account.openOrders()).filter((o) => o.clientOrderId.startsWith(prefix));
  let open = await own();
  const before = open.length;
  for (let round = 0; round < ROUNDS && open.length > 0; round += 1) {
    for (const why of await cancelAll(account, open, beat)) trouble.add(why);
    open = await own();
  }
  const left = open.map(({ clientOrderId }) => clientOrderId);
  return {
    venue: account.venue,
    cancelled: Math.max(0, before - left.length),
    left,
    trouble: [...trouble],
  };
}

async function cancelAll(
  account: VenueAccount,
  orders: readonly Order[],
  beat: () => void,
): Promise<string[]> {
  const queue = [...orders];
  const trouble: string[] = [];
  const work = async () => {
    for (let order = queue.shift(); order !== undefined; order = queue.shift()) {
      beat();
      await account.cancel(order).catch((error: unknown) => {
        // Ambiguous or refused: the next reading tells whether the order is still there.
        if (!isFailure(error)) throw error;
        trouble.push(describeError(error));
      });
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return trouble;
}

const SHOWN = 5;

/** One line for people. */
export function describeCancelled({ venue, cancelled, left, trouble }: Cancelled): string {
  const named = left.length === 0 ? '' : `: ${left.slice(0, SHOWN).join(', ')}`;
  const more = left.length > SHOWN ? ` and ${left.length - SHOWN} more` : '';
  const errors = trouble.length === 0 ? '' : ` (${trouble.join(', ')})`;
  return `${venue}: ${cancelled} cancelled, ${left.length} left${named}${more}${errors}`;
}
