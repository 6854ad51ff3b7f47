/**
 * Text from outside, made fit to be printed: what a terminal or a reader would obey or not see is
 * written out instead, so that no venue, engine or approver can rewrite what a person reads.
 *
 * Invariant: inside a JSON text the escapes mean the same characters, so JSON stays what it was.
 */
import { oneOf } from './characters.js';

/** A selector behind a picture is a part of it. */
const OF_A_PICTURE = String.raw`(?!(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}])\ufe0f)`;
/** The two joiners are letters of some scripts. */
const STAYS = String.raw`\u200c\u200d\p{Cn}\p{Co}`;
/**
 * Control characters, halves of surrogate pairs, separators of lines, invisible formatting such as a
 * change of direction, and what is drawn as nothing.
 */
const UNSEEN =
  OF_A_PICTURE +
  oneOf(['control', 'format', 'surrogate', 'ignored', 'lineSeparator'], { but: STAYS });
const EACH_UNSEEN = new RegExp(UNSEEN, 'gu');
const ANY_UNSEEN = new RegExp(UNSEEN, 'u');

/** Most texts, and the quicker look. */
const PLAIN = /^[ -~]*$/;

/** One line. */
export function printable(text: string): string {
  return PLAIN.test(text) ? text : text.replace(EACH_UNSEEN, escaped);
}

/** The same for a text of ours with foreign parts: its line breaks stay. */
export function printableLines(text: string): string {
  return text.replace(EACH_UNSEEN, (unseen) => (unseen === '\n' ? unseen : escaped(unseen)));
}

export function holdsUnseen(text: string): boolean {
  return ANY_UNSEEN.test(text);
}

function escaped(unseen: string): string {
  return unseen
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}
