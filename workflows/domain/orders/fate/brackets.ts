/**
 * Orders that hang together (one cancels the other, one places another), and whether they still do.
 *
 * Invariants: it tells, and changes nothing; what is unknown of one of them is asked about there, and
 * no word here makes it known.
 */
import { canonical, exceeds, subtract } from '../../numbers/decimal.js';
import { orderKey } from '../../books/keys.js';
import type { Order } from '../../books/state.js';
import type { Resolution } from '../resolution.js';

export interface Ended {
  before: Order;
  resolution: Resolution;
  /** As it rests now; null where it does no more. */
  order: Order | null;
}

/** One sentence for each pair that no longer hangs together as it was. */
export function brokenLinks(ended: readonly Ended[]): string[] {
  const linked = ended.filter(({ before }) => before.links !== undefined);
  if (linked.length === 0) return [];
  const byName = new Map(ended.map((one) => [orderKey(one.before), one]));
  const texts = linked.flatMap((one) => {
    const { oco = [], oto = [] } = one.before.links ?? {};
    const named = (clientOrderId: string) => byName.get(orderKey({ ...one.before, clientOrderId }));
    return [
      ...oco.flatMap((name) => brokenOco(one, name, named(name))),
      ...oto.flatMap((name) => brokenOto(one, name, named(name))),
    ].map((text) => `${one.before.venue} ${one.before.instrument}: ${text}`);
  });
  return [...new Set(texts)];
}

/** Said of the one that rests, so that a pair is told once. */
function brokenOco({ before, order }: Ended, name: string, other: Ended | undefined): string[] {
  if (order === null) return [];
  const self = before.clientOrderId;
  if (other === undefined) return [`${self} rests, and ${name}, its counterpart, is not known`];
  if (isUnknown(other)) return [];
  const { filledNow } = other.resolution;
  if (other.order === null) {
    const end = canonical(filledNow) === '0' ? 'is gone' : `is gone, filled ${filledNow}`;
    return [`${self} rests for ${restOf(order)}, and ${name}, its counterpart, ${end}`];
  }
  const [rest, others] = [restOf(order), restOf(other.order)];
  return exceeds(rest, others)
    ? [`${self} rests for ${rest}, and ${name}, its counterpart, for ${others}`]
    : [];
}

function brokenOto(
  { before, resolution }: Ended,
  name: string,
  child: Ended | undefined,
): string[] {
  const self = before.clientOrderId;
  const { filledNow, kind } = resolution;
  if (kind === 'unknown' || (child !== undefined && isUnknown(child))) return [];
  const rests = child !== undefined && child.order !== null;
  if (canonical(filledNow) === '0') {
    const ended = kind !== 'still_open';
    return ended && rests ? [`${self} is gone unfilled, and ${name}, of its filling, rests`] : [];
  }
  if (!rests) return [`${self} is filled ${filledNow}, and ${name}, of its filling, does not rest`];
  const rest = restOf(child.order as Order);
  return rest === canonical(filledNow)
    ? []
    : [`${self} is filled ${filledNow}, and ${name}, of its filling, rests for ${rest}`];
}

function isUnknown({ resolution }: Ended): boolean {
  return resolution.kind === 'unknown';
}

function restOf({ quantity, filled }: Order): string {
  return subtract(quantity, filled);
}
