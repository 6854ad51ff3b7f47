/**
 * What a state has not applied yet, of what the venues report: fills and cash flows.
 *
 * Invariants: each id counts once however often it is reported, but for the two legs of a trade with
 * ourselves, which share one; ids that the state holds count no more; what is left comes oldest
 * first, and is the same whatever the order it was given in.
 */
import { legKey } from './keys.js';
import type { EngineState } from './state.js';

interface Reported {
  venue: string;
  timeMs: number;
}

export interface Naming<T> {
  /** As the state's list of what it has applied names it, unique within a venue. */
  idOf: (item: T) => string;
  /** Tells the two legs of one id apart; both are true. */
  legOf: (item: T) => string;
  /** Tells two reports of one leg apart. */
  contentOf: (item: T) => string;
}

/** The two legs of a trade with ourselves have one id: a state that names it holds both. */
export interface Missing<T> {
  venue: string;
  id: string;
  item: T;
}

/** By id, or by id and leg; null where the state holds it. */
type Known<T> = Map<string, T | null>;

export function missingOf<T extends Reported>(
  { appliedFills }: Pick<EngineState, 'appliedFills'>,
  items: readonly T[],
  naming: Naming<T>,
): Missing<T>[] {
  const venues = new Map<string, Known<T>>();
  const { idOf } = naming;
  for (const item of items) {
    let known = venues.get(item.venue);
    if (known === undefined) {
      known = new Map((appliedFills[item.venue] ?? []).map((id) => [id, null]));
      venues.set(item.venue, known);
    }
    const id = idOf(item);
    const other = known.get(id);
    if (other === undefined) known.set(id, item);
    else if (other !== null) repeat(known, { id, item, other }, naming);
  }
  return oldestFirst(venues, naming);
}

/** A second report under one id. */
function repeat<T>(
  known: Known<T>,
  { id, item, other }: { id: string; item: T; other: T },
  { legOf, contentOf }: Naming<T>,
): void {
  const isSameLeg = legOf(other) === legOf(item);
  const key = isSameLeg ? id : legKey(id, legOf(item));
  const before = isSameLeg ? other : known.get(key);
  // Two contents of one leg cannot both be true; which one stays must not depend on the order.
  if (!before || contentOf(item) < contentOf(before)) known.set(key, item);
}

function oldestFirst<T extends Reported>(
  venues: ReadonlyMap<string, Known<T>>,
  { idOf, legOf }: Naming<T>,
): Missing<T>[] {
  const rows: Missing<T>[] = [];
  for (const [venue, known] of venues) {
    for (const item of known.values())
      if (item !== null) rows.push({ venue, id: idOf(item), item });
  }
  return rows.sort(
    (a, b) =>
      a.item.timeMs - b.item.timeMs ||
      byText(a.venue, b.venue) ||
      byAge(a.id, b.id) ||
      byText(legOf(a.item), legOf(b.item)),
  );
}

/** Of the ids that a venue counts up, the shorter is the older; those of one length are text. */
function byAge(a: string, b: string): number {
  return a.length - b.length || byText(a, b);
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
