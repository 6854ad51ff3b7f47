/**
 * Line breaking for cells and paragraphs.
 *
 * Invariants: no line is wider than asked, except a single character that is wider itself; a word
 * that does not fit is broken, never pushed over the edge; text that was cut ends in an ellipsis; a
 * line that ended at a space keeps it (unmeasured), so that copied or spoken text has its words
 * apart, and an id broken over lines copies in one piece.
 */

type Measure = (text: string) => number;

const ELLIPSIS = '…';
/** Longer text is cut before it is measured: no cell or paragraph can show that much. */
const MAX_CHARACTERS = 4000;
const BREAK_AFTER = /[/\\\-_:.,;=&?|]/;

export function wrap(text: string, width: number, maxLines: number, measure: Measure): string[] {
  const cut = text.length > MAX_CHARACTERS;
  const lines: string[] = [];
  const paragraphs = text.slice(0, MAX_CHARACTERS).split('\n');
  for (const [index, paragraph] of paragraphs.entries()) {
    const wrapped = wrapParagraph(paragraph, width, measure);
    const last = wrapped.pop() ?? '';
    lines.push(...wrapped, index < paragraphs.length - 1 ? `${last} ` : last);
    if (lines.length > maxLines) break;
  }
  if (lines.length <= maxLines && !cut) return lines;
  const kept = lines.slice(0, maxLines);
  const last = kept.pop() ?? '';
  return [...kept, elide(last, width, measure)];
}

/** The text with an ellipsis at its end, shortened until both fit. */
function elide(text: string, width: number, measure: Measure): string {
  let kept = text.trimEnd();
  while (kept !== '' && measure(kept + ELLIPSIS) > width) kept = kept.slice(0, -1);
  return kept + ELLIPSIS;
}

function wrapParagraph(paragraph: string, width: number, measure: Measure): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of paragraph.split(' ').filter((part) => part !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (measure(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(`${line} `);
    const pieces = breakWord(word, width, measure);
    line = pieces.pop() ?? '';
    lines.push(...pieces);
  }
  return [...lines, line];
}

function breakWord(word: string, width: number, measure: Measure): string[] {
  const pieces: string[] = [];
  let rest = word;
  while (rest !== '' && measure(rest) > width) {
    const length = breakingPoint(rest, width, measure);
    pieces.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return [...pieces, rest];
}

/** As much as fits, yet behind a separator of a path or an id if one is near the edge. */
function breakingPoint(word: string, width: number, measure: Measure): number {
  let fitting = 1;
  while (fitting < word.length && measure(word.slice(0, fitting + 1)) <= width) fitting += 1;
  for (let length = fitting; length > fitting / 2; length -= 1) {
    if (BREAK_AFTER.test(word.charAt(length - 1))) return length;
  }
  return fitting;
}
