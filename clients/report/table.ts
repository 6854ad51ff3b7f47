/**
 * Tables over several pages.
 *
 * Invariants: no row splits over a page; the head is repeated on each page, as an artifact after
 * the first time; words are elided after `maxLines`; a number shrinks, then wraps, and is never
 * elided within 40 lines, since half a number is a wrong number.
 */
import { FILL, TEXT, leading, type TextStyle, type Tone } from './theme.js';
import type { Sheet, Tag } from './sheet.js';

export interface Column {
  title: string;
  /** Share of the table's width. */
  share: number;
  number?: boolean;
  maxLines?: number;
}

export interface Cell {
  text: string;
  /** A second, quieter text below the first. */
  sub?: string;
  tone?: Tone;
  bold?: boolean;
}

export type Row = readonly (string | Cell)[];

/** Rows beyond this are counted, not printed: the JSON record holds them. */
export const MAX_ROWS = 200;

const PAD = { x: 3.5, y: 3 };
const NUMBER_SIZES = [TEXT.cell.size, 6.5, 6];

/** Stable: within one rank the order of the record stays. */
export function ranked<T>(items: readonly T[], rank: (item: T) => number): T[] {
  return items.toSorted((a, b) => rank(a) - rank(b));
}

interface Block {
  lines: string[];
  style: TextStyle;
}

interface Laid {
  x: number;
  width: number;
  align: 'left' | 'right';
  blocks: Block[];
}

/** `total`: how many rows there are in all, where only the first of them were passed. */
export function table(
  sheet: Sheet,
  columns: readonly Column[],
  rows: readonly Row[],
  total = rows.length,
): void {
  const laidHead = layHead(sheet, columns);
  const laid = rows.slice(0, MAX_ROWS).map((row) => layRow(sheet, columns, row));
  const first = laid[0];
  sheet.room(heightOf(laidHead) + (first === undefined ? 0 : heightOf(first)));
  const root = sheet.group(sheet.parent, 'Table');
  drawHead(sheet, laidHead, sheet.group(root, 'THead'));
  const body = sheet.group(root, 'TBody');
  for (const row of laid) {
    if (sheet.room(heightOf(row))) drawHead(sheet, laidHead, null);
    drawRow(sheet, row, { parent: body, type: 'TD', fill: null });
  }
  root.end();
  sheet.y += 6;
  const hidden = total - laid.length;
  if (hidden > 0) sheet.paragraph(`and ${hidden} more in the JSON record`, TEXT.strong);
}

function layHead(sheet: Sheet, columns: readonly Column[]): Laid[] {
  const style: TextStyle = { ...TEXT.cell, font: 'Sans-Bold' };
  return places(sheet, columns).map(({ x, width, column }) => {
    const lines = sheet.lines(column.title, style, width, 3);
    return { x, width, align: alignOf(column), blocks: [{ lines, style }] };
  });
}

function layRow(sheet: Sheet, columns: readonly Column[], row: Row): Laid[] {
  return places(sheet, columns).map(({ x, width, column }, index) => {
    const source = row[index] ?? '';
    const cell = typeof source === 'string' ? { text: source } : source;
    return { x, width, align: alignOf(column), blocks: blocksOf(sheet, cell, column, width) };
  });
}

function places(sheet: Sheet, columns: readonly Column[]) {
  const whole = columns.reduce((sum, { share }) => sum + share, 0);
  let x = sheet.left;
  return columns.map((column) => {
    const outer = (column.share / whole) * sheet.width;
    const place = { x: x + PAD.x, width: outer - 2 * PAD.x, column };
    x += outer;
    return place;
  });
}

function alignOf(column: Column): 'left' | 'right' {
  return column.number === true ? 'right' : 'left';
}

function blocksOf(sheet: Sheet, cell: Cell, column: Column, width: number): Block[] {
  const font = cell.bold === true ? 'Sans-Bold' : 'Sans';
  const style: TextStyle = { ...TEXT.cell, font, tone: cell.tone ?? 'plain' };
  const main = column.number === true ? numberBlock : wordBlock;
  const blocks = [main(sheet, cell.text, style, { width, maxLines: column.maxLines ?? 6 })];
  if (cell.sub !== undefined && cell.sub !== '') {
    blocks.push(wordBlock(sheet, cell.sub, TEXT.small, { width, maxLines: 5 }));
  }
  return blocks;
}

interface Limits {
  width: number;
  maxLines: number;
}

function wordBlock(sheet: Sheet, text: string, style: TextStyle, limits: Limits): Block {
  return { lines: sheet.lines(text, style, limits.width, limits.maxLines), style };
}

function numberBlock(sheet: Sheet, text: string, style: TextStyle, { width }: Limits): Block {
  const tried = NUMBER_SIZES.map((size) => ({ ...style, size })).map((smaller) => ({
    lines: sheet.lines(text, smaller, width),
    style: smaller,
  }));
  const fitting = tried.find(({ lines }) => lines.length <= 1);
  return fitting ?? { lines: sheet.lines(text, style, width), style };
}

function heightOf(row: readonly Laid[]): number {
  const heights = row.map(({ blocks }) =>
    blocks.reduce((sum, { lines, style }) => sum + lines.length * leading(style), 0),
  );
  return Math.max(0, ...heights) + 2 * PAD.y;
}

function drawHead(sheet: Sheet, head: Laid[], parent: Tag | null): void {
  drawRow(sheet, head, { parent, type: 'TH', fill: FILL.head });
}

interface RowOptions {
  /** Null draws an artifact: a repeated head is not read out again. */
  parent: Tag | null;
  type: 'TH' | 'TD';
  fill: string | null;
}

function drawRow(sheet: Sheet, row: readonly Laid[], { parent, type, fill }: RowOptions): void {
  const height = heightOf(row);
  sheet.artifact(() => drawGround(sheet, height, fill));
  const tr = parent === null ? null : sheet.group(parent, 'TR');
  for (const cell of row) {
    if (tr === null) sheet.artifact(() => drawCell(sheet, cell));
    else {
      const options = type === 'TH' ? { scope: 'Column' as const } : {};
      sheet.tag(tr, type, () => drawCell(sheet, cell), options);
    }
  }
  sheet.y += height;
}

function drawGround(sheet: Sheet, height: number, fill: string | null): void {
  const { doc, left, width, y } = sheet;
  if (fill !== null) doc.rect(left, y, width, height).fill(fill);
  const bottom = y + height;
  doc
    .moveTo(left, bottom)
    .lineTo(left + width, bottom)
    .lineWidth(0.4)
    .stroke(FILL.rule);
}

function drawCell(sheet: Sheet, { x, width, align, blocks }: Laid): void {
  let y = sheet.y + PAD.y;
  for (const { lines, style } of blocks) {
    sheet.write(lines, style, { x, y, width, align });
    y += lines.length * leading(style);
  }
}
