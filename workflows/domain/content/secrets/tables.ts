/**
 * Tables of text: rows beneath a line that names a secret among its columns.
 *
 * Invariants: linear; a row has as many columns as the line of names; words and short figures stay.
 */
import type { Place } from './place.js';

const BETWEEN = /[|;,\t]/g;
const MOST_COLUMNS = 40;
const NAME = /^["'\s]{0,20}[A-Za-z][\w. -]{0,40}["'\s]{0,20}$/;
const RULE = /^[\s|+:=-]{3,}$/;
const WORD = /^(?:[A-Za-z]*|[-+]?\d{1,3})$/;

interface Cell {
  text: string;
  from: number;
}

export function* secretsInTables(
  text: string,
  namesOne: (name: string) => boolean,
): Generator<Place> {
  let columns: readonly boolean[] = [];
  for (const { 0: line, index } of text.matchAll(/[^\r\n]+/g)) {
    if (RULE.test(line)) continue;
    const cells = cellsOf(line, index);
    if (cells.length !== columns.length) columns = secretColumns(cells, namesOne);
    else for (const [at, cell] of cells.entries()) if (columns[at] === true) yield* placeOf(cell);
  }
}

/** None where the line is not one of names. */
function secretColumns(
  cells: readonly Cell[],
  namesOne: (name: string) => boolean,
): readonly boolean[] {
  if (cells.length < 2 || !cells.every(({ text }) => text.trim() === '' || NAME.test(text)))
    return [];
  const columns = cells.map(({ text }) => namesOne(text.trim()));
  return columns.includes(true) ? columns : [];
}

function cellsOf(line: string, at: number): Cell[] {
  const parts = line.split(BETWEEN, MOST_COLUMNS);
  let from = at;
  return parts.map((text) => {
    const cell = { text, from };
    from += text.length + 1;
    return cell;
  });
}

function* placeOf({ text, from }: Cell): Generator<Place> {
  const value = text.trim();
  if (WORD.test(value)) return;
  const start = from + text.indexOf(value);
  yield { from: start, to: start + value.length };
}
