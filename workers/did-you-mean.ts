/** The word that was meant by a misspelt one. */

const MOST_TYPOS = 2;

/** Null where none is near: a wrong guess is worse than none. */
export function meantBy(word: string, words: readonly string[]): string | null {
  const typed = word.toLowerCase();
  const near = words
    .map((known) => ({ known, typos: typosBetween(typed, known) }))
    .filter(({ known, typos }) => typos <= Math.min(MOST_TYPOS, known.length - 2))
    .sort((a, b) => a.typos - b.typos);
  return near[0]?.known ?? null;
}

/** Letters to insert, drop or replace (Levenshtein). */
function typosBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of a.split('').entries()) {
    const next = [i + 1];
    for (const [j, other] of b.split('').entries()) {
      const replaced = (row[j] ?? 0) + Number(letter !== other);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
