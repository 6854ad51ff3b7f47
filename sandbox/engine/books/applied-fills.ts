/**
 * Which fills are in the figures already.
 *
 * Invariant: an id is forgotten only when the venue's time is more than the retention past it, and
 * no poll asks for fills that old.
 */
import { appliedFillId } from '../../../workflows/domain/books/keys.js';
import type { Fill } from '../../../workflows/domain/books/state.js';

const RETENTION_MS = 10 * 60_000;

export class AppliedFills {
  readonly #timesByVenue: Map<string, Map<string, number>>;
  #ids: Record<string, string[]> | null = null;

  /** Ids without a time of their own count as old as the state they came with. */
  constructor(ids: Readonly<Record<string, string[]>>, asOfMs: number) {
    this.#timesByVenue = new Map(
      Object.entries(ids).map(([venue, list]) => [venue, new Map(list.map((id) => [id, asOfMs]))]),
    );
  }

  add(fill: Fill): void {
    const times = this.#timesByVenue.get(fill.venue) ?? new Map<string, number>();
    this.#timesByVenue.set(fill.venue, times.set(appliedFillId(fill), fill.timeMs));
    this.#ids = null;
  }

  /** `cursorMs`: the venue's time from which fills are asked for next. */
  forgetBefore(venue: string, cursorMs: number): void {
    const times = this.#timesByVenue.get(venue);
    if (times === undefined) return;
    for (const [id, timeMs] of times) {
      if (timeMs >= cursorMs - RETENTION_MS) continue;
      times.delete(id);
      this.#ids = null;
    }
  }

  ids(): Record<string, string[]> {
    this.#ids ??= Object.fromEntries(
      [...this.#timesByVenue].map(([venue, times]) => [venue, [...times.keys()]]),
    );
    return this.#ids;
  }
}
