/**
 * A screen as plain text for a terminal: labels in one column, words wrapped, nothing wider than asked for.
 *
 * Invariant: each line of a text stands behind a mark of ours, so that nothing from outside begins a line.
 */
import { printable } from '../../content/printable.js';
import type { Line, Screen, Section } from './lines.js';

const LABEL = 12;
const MARK = ' : ';
/** Of a text behind a label that leaves no room. */
const NARROWEST = 20;

/** `width`: in characters, of every line; a code that is longer stays whole, to be copied. */
export function plainScreen({ title, question, sections }: Screen, width = 80): string {
  const head = printable(title);
  const asked = lineText({ label: 'question', text: question }, width);
  const rest = sections.map((one) => sectionText(one, width));
  return [head, '='.repeat(Math.min(width, head.length)), ...asked, ...rest].join('\n');
}

function sectionText({ title, lines }: Section, width: number): string {
  return ['', title.toUpperCase(), ...lines.flatMap((line) => lineText(line, width))].join('\n');
}

function lineText({ label, text, code, loud }: Line, width: number): string[] {
  const head = `${loud === true ? '!' : ' '} ${printable(label)}`.padEnd(LABEL + 2);
  if (code === true) {
    const whole = `${head}${MARK}${printable(text)}`;
    return whole.length <= width ? [whole] : [`${head}${MARK.trimEnd()}`, `    ${printable(text)}`];
  }
  const [first = '', ...rest] = wrapped(
    text,
    Math.max(NARROWEST, width - head.length - MARK.length),
  );
  const under = ' '.repeat(head.length);
  return [`${head}${MARK}${first}`, ...rest.map((each) => `${under}${MARK}${each}`)];
}

/** At blanks; a word that is longer is broken. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of printable(text)
    .split(/ +/)
    .flatMap((each) => broken(each, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function broken(word: string, width: number): string[] {
  const parts: string[] = [];
  for (let at = 0; at < word.length; at += width) parts.push(word.slice(at, at + width));
  return parts;
}
