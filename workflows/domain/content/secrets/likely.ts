/**
 * Whether a run of letters and digits is like a key: drawn, not written.
 *
 * Invariant: figures of any length, UUIDs, paths, symbols of programs and words in one are not like one.
 */

const LONG = 32;
/** Of changes between kinds of characters to length: of what is drawn 0.45, of names below 0.2. */
const MIXED = 0.22;
const SURELY_MIXED = 0.3;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** As C++ and Rust name functions. */
const MANGLED = /^_+[ZR]/;

export function isLikeAKey(run: string): boolean {
  if (UUID.test(run) || MANGLED.test(run)) return false;
  if (isOfWords(run)) return hasDrawnLetters(run);
  const mixed = changesIn(run) / run.length;
  if (run.length >= LONG) return mixed >= MIXED || hasDrawnLetters(run);
  return mixed >= SURELY_MIXED && /[a-z]/.test(run) && /[A-Z]/.test(run) && /\d/.test(run);
}

/** From a small letter to a capital, and between letters and digits; a word that begins large has none. */
export function changesIn(run: string): number {
  return run.match(/[a-z](?=[A-Z])|[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
}

/** Half of it stands in words; of what is drawn a sixth does, by chance. */
function isOfWords(run: string): boolean {
  return (run.match(/[a-z]{3,}/g) ?? []).join('').length >= run.length / 2;
}

/** Words in one have a capital for each; what is drawn has as many as small ones, or none of a kind. */
function hasDrawnLetters(run: string): boolean {
  return (run.match(/[A-Za-z]{32,}/g) ?? []).some((letters) => {
    const capitals = (letters.match(/[A-Z]/g)?.length ?? 0) / letters.length;
    return capitals === 0 || capitals > 0.3;
  });
}
