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
  const shown = text.slice(0, boundaryBefore(text, MAX_CHARACTERS));
  const lines: string[] = [];
  const paragraphs = shown.split('\n');
  for (const [index, paragraph] of paragraphs.entries()) {
    const wrapped = wrapParagraph(paragraph, width, measure);
    const last = wrapped.pop() ?? '';
    lines.push(...wrapped, index < paragraphs.length - 1 ? `${last} ` : last);
    if (lines.length > maxLines) break;
  }
  if (lines.length <= maxLines && shown === text) return lines;
  const kept = lines.slice(0, maxLines);
  const last = kept.pop() ?? '';
  return [...kept, elide(last, width, measure)];
}

/** The text with an ellipsis at its end, shortened until both fit. */
function elide(text: string, width: number, measure: Measure): string {
  let kept = text.trimEnd();
  while (kept !== '' && measure(kept + ELLIPSIS) > width) {
    kept = kept.slice(0, boundaryBefore(kept, kept.length - 1));
  }
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
  for (;;) {
    const fitting = fittingLength(rest, width, measure);
    if (fitting >= rest.length) return [...pieces, rest];
    const length = breakingPoint(rest, fitting);
    pieces.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
}

/** How much of a word fits, one character at the least. Measures little of a long one: that is dear. */
function fittingLength(word: string, width: number, measure: Measure): number {
  const fits = (length: number) => measure(word.slice(0, length)) <= width;
  let fitting = boundaryAfter(word, 1);
  let tooLong = boundaryAfter(word, 2 * fitting);
  while (fitting < word.length && fits(tooLong)) {
    fitting = tooLong;
    tooLong = boundaryAfter(word, Math.min(2 * fitting, word.length));
  }
  for (;;) {
    const middle = boundaryAfter(word, Math.ceil((fitting + tooLong) / 2));
    const next = middle < tooLong ? middle : boundaryAfter(word, fitting + 1);
    if (next >= tooLong) return fitting;
    if (fits(next)) fitting = next;
    else tooLong = next;
  }
}

/** As much as fits, yet behind a separator of a path or an id if one is near the edge. */
function breakingPoint(word: string, fitting: number): number {
  for (let length = fitting; length > fitting / 2; length -= 1) {
    if (BREAK_AFTER.test(word.charAt(length - 1))) return length;
  }
  return fitting;
}

/** The nearest place, at `index` or before it, where a text may be cut. */
function boundaryBefore(text: string, index: number): number {
  let place = Math.min(index, text.length);
  while (place > 0 && isInside(text, place)) place -= 1;
  return place;
}

/** At `index` or behind it. */
function boundaryAfter(text: string, index: number): number {
  let place = index;
  while (place < text.length && isInside(text, place)) place += 1;
  return place;
}

/** Between the halves of a character, or before a mark that stands on the one before. */
function isInside(text: string, index: number): boolean {
  return /[\p{M}\u{dc00}-\u{dfff}]/u.test(text.charAt(index));
}
