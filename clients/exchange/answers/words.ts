/**
 * What a venue's own words mean, beside what ccxt makes of them. Each venue has its own, in its folder.
 *
 * Invariant: words are looked for in what the venue answered, and only a code of it is ever shown.
 */

export interface Words {
  /** Its code of an error, as the first group: all of its text that may be shown. */
  codes: readonly RegExp[];
  /** It says this of itself, not of the request; to ccxt it is final. */
  passing: readonly RegExp[];
  /** It was asked too often, and how long to stay away where it does not say itself. */
  tooMany: readonly (readonly [RegExp, forMs: number])[];
  /** The end of a ban as the first group, in milliseconds since 1970. */
  banEnds: readonly RegExp[];
  /** It refuses the key, which ccxt takes for a ban of a key that was good before. */
  keyRefused: readonly RegExp[];
  /** It has such an order already: the first try of a write may have had an effect. */
  duplicate: readonly RegExp[];
  /** It has no such order, where ccxt has another class for that. */
  noSuchOrder: readonly RegExp[];
  /** A nonce that is refused and says nothing of the time. */
  nonceAlone: readonly RegExp[];
}

const NONE: Words = {
  codes: [],
  passing: [],
  tooMany: [],
  banEnds: [],
  keyRefused: [],
  duplicate: [],
  noSuchOrder: [],
  nonceAlone: [],
};

export function wordsOf(own: Partial<Words>): Words {
  return { ...NONE, ...own };
}

/** Of a venue whose own words nobody has read: whatever any other would mean by them. */
export function anyonesWords(all: readonly Words[]): Words {
  return {
    codes: all.flatMap(({ codes }) => codes),
    passing: all.flatMap(({ passing }) => passing),
    tooMany: all.flatMap(({ tooMany }) => tooMany),
    banEnds: all.flatMap(({ banEnds }) => banEnds),
    keyRefused: all.flatMap(({ keyRefused }) => keyRefused),
    duplicate: all.flatMap(({ duplicate }) => duplicate),
    noSuchOrder: all.flatMap(({ noSuchOrder }) => noSuchOrder),
    nonceAlone: all.flatMap(({ nonceAlone }) => nonceAlone),
  };
}

/** The address of the request comes first, then what the venue said to it, or a page of any length. */
const SEARCHED = 4_096;

/** What of a text is searched: no pattern is tried on more. */
function searched(text: string): string {
  return text.slice(0, SEARCHED);
}

export function says(words: readonly RegExp[], text: string): boolean {
  return words.some((one) => one.test(searched(text)));
}

/** The first group of the first that matches. */
export function firstGroup(words: readonly RegExp[], text: string): string | undefined {
  return words.flatMap((one) => one.exec(searched(text))?.[1] ?? [])[0];
}
