/**
 * What a recovery says of an engine's orders, against the sandbox's own ledger: each order that reached it has that
 * fate, each note of the journal has one or is asked about, and nothing was sent twice.
 */
import { readJournal } from '../../../clients/host/journal/read-journal.js';
import type { VenueAdmin } from '../../../sandbox/venues/admin-client.js';
import { add, canonical } from '../../../workflows/domain/numbers/decimal.js';
import type { Resolution } from '../../../workflows/domain/orders/resolution.js';

export interface Compared {
  noted: number;
  reached: number;
  questions: number;
  /** A sentence each. */
  wrong: string[];
}

/** `prefix`: how the ids of the dead instance begin; `sent`: lines that left it. */
export async function compareFates(
  admin: VenueAdmin,
  resolutions: readonly Resolution[],
  { journal, prefix, sent }: { journal: string; prefix: string; sent: readonly string[] },
): Promise<Compared> {
  const read = await readJournal(journal);
  const noted = typeof read === 'string' ? [] : read.intents.map((one) => one.clientOrderId);
  const fates = new Map<string, Resolution[]>();
  for (const one of resolutions) {
    if (!one.clientOrderId.startsWith(prefix)) continue;
    fates.set(one.clientOrderId, [...(fates.get(one.clientOrderId) ?? []), one]);
  }
  const ledger = await atVenue(admin, prefix);
  const wrong: string[] = [];
  for (const id of new Set([...noted, ...ledger.keys(), ...fates.keys()])) {
    const [told, ...more] = fates.get(id) ?? [];
    const truth = ledger.get(id) ?? 'never_arrived';
    if (more.length > 0) wrong.push(`${id} has ${more.length + 1} fates`);
    else if (told === undefined) wrong.push(`${id} has none, and is ${truth}`);
    else if (told.kind !== 'unknown' && told.kind !== truth) {
      wrong.push(`${id} is told as ${told.kind}, and is ${truth}`);
    }
  }
  const unnoted = sent.filter((id) => id.startsWith(prefix) && !noted.includes(id));
  if (unnoted.length > 0) wrong.push(`${unnoted.length} were sent and not noted`);
  return {
    noted: noted.length,
    reached: ledger.size,
    questions: [...fates.values()].flat().filter(({ kind }) => kind === 'unknown').length,
    wrong: [...wrong, ...(await sentTwice(admin, prefix))],
  };
}

/** What each order has come to, by its entries. */
async function atVenue(admin: VenueAdmin, prefix: string): Promise<Map<string, string>> {
  const { entries } = await admin.journal();
  const orders = new Map<string, { quantity: string; filled: string; ended: string | null }>();
  for (const entry of entries) {
    if (!('clientOrderId' in entry) || entry.clientOrderId?.startsWith(prefix) !== true) continue;
    const order = orders.get(entry.clientOrderId);
    if (entry.kind === 'order-accepted') {
      orders.set(entry.clientOrderId, { quantity: entry.quantity, filled: '0', ended: null });
    } else if (order === undefined) continue;
    else if (entry.kind === 'fill') order.filled = add(order.filled, entry.quantity);
    else order.ended = entry.kind.replace('order-', '');
  }
  return new Map(
    [...orders].map(([id, { quantity, filled, ended }]) => {
      if (canonical(filled) === canonical(quantity)) return [id, 'filled'];
      return [id, ended ?? (filled === '0' ? 'still_open' : 'partly_filled')];
    }),
  );
}

/** Relight alone speaks to the venue by its wire: it never sends an order, and each of the engine's arrived once. */
async function sentTwice(admin: VenueAdmin, prefix: string): Promise<string[]> {
  const { writes } = await admin.requests();
  const { entries } = await admin.journal();
  const ids = entries.flatMap((entry) =>
    entry.kind === 'order-accepted' && entry.clientOrderId?.startsWith(prefix) === true
      ? [entry.clientOrderId]
      : [],
  );
  return [
    ...writes
      .filter(({ endpoint }) => endpoint === 'placeOrder')
      .map(() => 'Relight sent an order'),
    ...(new Set(ids).size < ids.length ? ['an order arrived twice'] : []),
  ];
}
