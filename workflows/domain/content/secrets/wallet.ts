/**
 * The words of a wallet: twelve to twenty-four small ones in a row, as no sentence is.
 *
 * Invariant: linear; sentences, which have articles, and lists of some other number of words stay.
 */
import { placesOf, type Place } from './place.js';

const NAMED =
  /(?<before>(?:mnemonic|(?:seed|recovery|backup)[-_ ]?(?:phrase|words?))["']?\s{0,3}(?:[:=：]|is)\s{0,3}["'[]{0,2})(?<value>[^\n"'\]]{1,500})/gi;
const WORD = /[a-z]{3,8}|[A-Z]{3,8}/g;
/** Between two of them: a space, or what lists have. */
const BESIDE = /^(?:[ \t]{1,3}|[ \t]{0,3}\r?\n[ \t]{0,8})$/;
const LISTED = /^["']?[-,;_.:)\]\s]{0,4}(?:\d{1,2}[.:)]?\s{0,2})?["']?$/;
const LONGEST_BETWEEN = 10;
const FEWEST = 12;
const COUNTS: ReadonlySet<number> = new Set([12, 15, 18, 21, 24]);
/** Of no list of such words. */
const SPOKEN: ReadonlySet<string> = new Set(
  'the and for not has had was are were with from been but its his her our your would should could does did which than being into per via cannot'.split(
    ' ',
  ),
);

export function* wordsOfWallets(text: string): Generator<Place> {
  yield* placesOf(text, NAMED);
  for (const row of rowsOf(text, BESIDE)) if (isDrawn(row)) yield row;
  for (const row of rowsOf(text, LISTED)) if (COUNTS.has(row.count) && isDrawn(row)) yield row;
}

interface Row extends Place {
  count: number;
  words: string[];
}

/** Of two thousand words few come twice; a word over and over is none of a wallet. */
function isDrawn({ count, words }: Row): boolean {
  return new Set(words).size * 3 >= count * 2;
}

function* rowsOf(text: string, between: RegExp): Generator<Row> {
  let row: Row = { from: 0, to: 0, count: 0, words: [] };
  for (const { 0: word, index } of text.matchAll(WORD)) {
    const to = index + word.length;
    const isOne = isWhole(text, index, to) && !SPOKEN.has(word.toLowerCase());
    const isNear = row.count > 0 && index - row.to <= LONGEST_BETWEEN;
    if (!isOne || !isNear || !between.test(text.slice(row.to, index))) {
      if (row.count >= FEWEST) yield row;
      row = { from: index, to, count: 0, words: [] };
    }
    if (!isOne) continue;
    row.words.push(word);
    row.to = to;
    row.count += 1;
  }
  if (row.count >= FEWEST) yield row;
}

const BEFORE = /\w/;
const BEHIND = /[a-z]/i;

function isWhole(text: string, from: number, to: number): boolean {
  return !BEFORE.test(text[from - 1] ?? ' ') && !BEHIND.test(text[to] ?? ' ');
}
