/** The words that were meant by a misspelt one. */
import leven from 'leven';

const MOST_TYPOS = 2;

/** The nearest, all of them where several are as near; none where none is: a wrong guess is worse. */
export function meantBy(word: string, words: readonly string[]): string[] {
  const typed = plain(word);
  const near = words
    .map((known) => ({ known, typos: typosBetween(typed, plain(known)) }))
    .filter(({ known, typos }) => typos <= Math.min(MOST_TYPOS, Math.floor(known.length / 3)));
  const least = Math.min(...near.map(({ typos }) => typos));
  return near.filter(({ typos }) => typos === least).map(({ known }) => known);
}

/** `did you mean a or b?`; null where nothing is near. */
export function guessOf(word: string, words: readonly string[]): string | null {
  const meant = meantBy(word, words);
  return meant.length === 0 ? null : `did you mean ${meant.join(' or ')}?`;
}

/** As it would read in whatever way words are joined. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** Two letters that have changed places are one. */
function typosBetween(typed: string, known: string): number {
  // Looked at first: comparing costs the product of the lengths, and a word may be a megabyte.
  if (Math.abs(typed.length - known.length) > MOST_TYPOS) return MOST_TYPOS + 1;
  const typos = leven(typed, known);
  return typos === 2 && lettersOf(typed) === lettersOf(known) ? 1 : typos;
}

function lettersOf(word: string): string {
  return Array.from(word).toSorted().join('');
}
