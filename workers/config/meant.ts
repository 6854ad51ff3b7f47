/** The word that was meant by a misspelt one. */
import leven from 'leven';

const MOST_TYPOS = 2;

/** Null where none is near: a wrong guess is worse than none. */
export function meantBy(word: string, words: readonly string[]): string | null {
  const typed = word.toLowerCase();
  const near = words
    .map((known) => ({ known, typos: leven(typed, known) }))
    .filter(({ known, typos }) => typos <= Math.min(MOST_TYPOS, known.length - 2))
    .sort((a, b) => a.typos - b.typos);
  return near[0]?.known ?? null;
}
