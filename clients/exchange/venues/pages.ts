/**
 * The pages of a list, to its end.
 *
 * Invariant: a list is read whole or not at all. One that does not end within what can be believed,
 * or that shows the same page again, fails: what is cut off would read as never happened.
 */
import { malformed } from '../answers/rows.js';

export const MAX_PAGES = 1000;

export function tooManyPages(what: string): Error {
  return malformed(`malformed answer from ${what}: it never ends`);
}

/** `next`: where the next page is; null where this is the last. */
type Page<At, More> = More & { next: NoInfer<At> | null };

export interface Walk<At, More> {
  /** Of the list, as a failure names it. */
  what: string;
  first: NoInfer<At>;
  read: (at: At) => Promise<Page<At, More>>;
}

/** Each page in turn, for who stops as soon as something is found. */
export async function* pagesOf<At, More>(walk: Walk<At, More>): AsyncGenerator<Page<At, More>> {
  let at: At = walk.first;
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const page = await walk.read(at);
    yield page;
    if (page.next === null) return;
    at = page.next;
  }
  throw tooManyPages(walk.what);
}

export interface RowWalk<At, Row, More> extends Walk<At, More & { rows: readonly Row[] }> {
  /** Pages may overlap, and hold a row twice: the last of a key counts. Left out: every row counts. */
  keyOf?: (row: NoInfer<Row>) => string;
  /**
   * The failure of a page that adds no row, and is not the last: the same page again. Left out: such
   * a page may be, because what arrives meanwhile moves the pages.
   */
  stuck?: (rows: number) => Error;
}

/** All rows, and the last page with what else it says. */
export async function allRows<At, Row, More>(walk: RowWalk<At, Row, More>) {
  const { keyOf, stuck } = walk;
  const rows = new Map<string | number, Row>();
  for await (const page of pagesOf(walk)) {
    const known = rows.size;
    for (const row of page.rows) rows.set(keyOf?.(row) ?? rows.size, row);
    if (page.next === null) return { rows: [...rows.values()], last: page };
    if (stuck !== undefined && rows.size === known) throw stuck(rows.size);
  }
  throw tooManyPages(walk.what);
}
