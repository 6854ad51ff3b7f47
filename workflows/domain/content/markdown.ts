/**
 * Text from outside inside a Markdown document, such as the details of a workflow or a notice: it makes no
 * heading, link, image, list, table, emphasis, code or HTML there, and begins no line.
 *
 * Invariants: what a reader sees is the text itself, with what nobody sees written out; nothing that it
 * holds ends what it stands in. For drawing only: what is signed, stored or compared is never escaped.
 */
import { printable, printableLines } from './printable.js';

/** What means something within a line, whatever stands around it. */
const MEANINGFUL = /[\\`*[\]<>|~#$]|&(?=[#\w])/g;
/** Between letters and digits an underscore is one. */
const LOOSE_UNDERSCORES = /(?<![a-z0-9_])_+|_+(?![a-z0-9_])/gi;
/** What means something where a line begins, besides what is escaped everywhere. */
const BEGINS_A_LINE = /^(?=[-+=:])|^\d{1,9}(?=[.)])/;
/** Most words: a recovery shows hundreds of them again at each change, and this is the quicker look. */
const MEANS_NOTHING = /^[^\\`*[\]<>|~#$&_]*$/;
/** Readers make links and mentions of these without being told, and a dash of two hyphens; escaped or not. */
const CHANGES_ITSELF = /:\/\/|www\.|mailto:|@|--(?=\w)/i;

/** As words, on one line. */
export function markdownWords(text: string): string {
  return printable(text)
    .trim()
    .split(/( +)/)
    .map((word, at) => (CHANGES_ITSELF.test(word) ? codeOf(word) : escaped(word, at === 0)))
    .join('');
}

/** The same of a text of several lines, which stay. */
export function markdownLines(text: string): string {
  return text.split('\n').map(markdownWords).join('\n');
}

/** As code within a line. */
export function markdownCode(text: string): string {
  return codeOf(printable(text));
}

/** As a block of code, whose lines stay. */
export function markdownBlock(language: 'json', text: string): string {
  const fence = fenceFor(text, 3);
  return `${fence}${language}\n${printableLines(text)}\n${fence}`;
}

function escaped(word: string, first: boolean): string {
  const safe = MEANS_NOTHING.test(word)
    ? word
    : word
        .replaceAll(MEANINGFUL, String.raw`\$&`)
        .replaceAll(LOOSE_UNDERSCORES, (run) => run.replaceAll('_', String.raw`\_`));
  return first ? safe.replace(BEGINS_A_LINE, (digits) => `${digits}\\`) : safe;
}

function codeOf(line: string): string {
  const fence = fenceFor(line, 1);
  // A blank at both ends is taken off again, so it parts the text from the fence.
  const pad = /^[` ]|[` ]$/.test(line) || line === '' ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** Longer than what the text could end it with. */
function fenceFor(text: string, least: number): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  return '`'.repeat(Math.max(least, longest + 1));
}
