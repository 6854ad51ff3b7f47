/**
 * What a state has not applied yet, of what the venues report: fills and cash flows.
 *
 * Invariants: each id counts once however often it is reported; ids that the state holds count no
 * more; what is left comes oldest first, and is the same whatever the order it was given in.
 */
import type { EngineState } from './state.js';

interface Reported {
  venue: string;
  timeMs: number;
}

export interface Naming<T> {
  /** As the state's list of what it has applied names it, unique within a venue. */
  idOf: (item: T) => string;
  /** Tells two reports under one id apart. */
  contentOf: (item: T) => string;
}

export interface Missing<T> {
  venue: string;
  id: string;
  item: T;
}

export function missingOf<T extends Reported>(
  { appliedFills }: Pick<EngineState, 'appliedFills'>,
  items: readonly T[],
  { idOf, contentOf }: Naming<T>,
): Missing<T>[] {
  const venues = new Map<string, Map<string, T | null>>();
  for (const item of items) {
    let known = venues.get(item.venue);
    if (known === undefined) {
      known = new Map((appliedFills[item.venue] ?? []).map((id) => [id, null]));
      venues.set(item.venue, known);
    }
    const id = idOf(item);
    const other = known.get(id);
    if (other === null) continue;
    // Two contents under one id cannot both be true; which one stays must not depend on the order.
    if (other === undefined || contentOf(item) < contentOf(other)) known.set(id, item);
  }
  return oldestFirst(venues);
}

function oldestFirst<T extends Reported>(
  venues: ReadonlyMap<string, ReadonlyMap<string, T | null>>,
): Missing<T>[] {
  const rows: Missing<T>[] = [];
  for (const [venue, known] of venues) {
    for (const [id, item] of known) if (item !== null) rows.push({ venue, id, item });
  }
  return rows.sort(
    (a, b) => a.item.timeMs - b.item.timeMs || byText(a.venue, b.venue) || byText(a.id, b.id),
  );
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
