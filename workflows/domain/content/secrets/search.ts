/**
 * Many words looked for in one text at once.
 *
 * Invariants: linear in the text, by a hash that moves along; which word begins with what is found once.
 */

/** Of the characters by which a word is known before it is compared. */
export const BEGINS = 6;

const TABLE = 1 << 16;
const FACTOR = 0x01_00_01_93;
const LEAVING = Array.from({ length: BEGINS }).reduce<number>(
  (power) => Math.imul(power, FACTOR),
  1,
);

export interface Words {
  byBeginning: ReadonlyMap<string, readonly string[]>;
  table: Uint8Array;
}

/** Each has BEGINS characters or more. */
export function wordsOf(words: Iterable<string>): Words {
  const byBeginning = new Map<string, string[]>();
  const table = new Uint8Array(TABLE);
  for (const word of new Set(words)) {
    const beginning = word.slice(0, BEGINS);
    const others = byBeginning.get(beginning);
    if (others === undefined) byBeginning.set(beginning, [word]);
    else others.push(word);
    table[placeOf(hashOf(beginning))] = 1;
  }
  return { byBeginning, table };
}

export function findWords(
  text: string,
  { byBeginning, table }: Words,
  found: (at: number, length: number) => void,
): void {
  if (byBeginning.size === 0) return;
  let hash = hashOf(text.slice(0, BEGINS));
  for (let at = 0; at + BEGINS <= text.length; at += 1) {
    if (table[placeOf(hash)] === 1) {
      for (const word of byBeginning.get(text.slice(at, at + BEGINS)) ?? []) {
        if (text.startsWith(word, at)) found(at, word.length);
      }
    }
    hash = Math.imul(hash, FACTOR) + text.charCodeAt(at + BEGINS);
    hash = (hash - Math.imul(text.charCodeAt(at), LEAVING)) | 0;
  }
}

function placeOf(hash: number): number {
  return (Math.imul(hash, 0x9e_37_79_b1) >>> 16) & (TABLE - 1);
}

function hashOf(piece: string): number {
  let hash = 0;
  for (let i = 0; i < piece.length; i += 1) {
    hash = (Math.imul(hash, FACTOR) + piece.charCodeAt(i)) | 0;
  }
  return hash;
}
