/** Tables as plain text; what stands in a cell is foreign, and keeps to its line. */
import Table from 'cli-table3';
import { printable } from '../../../workflows/domain/content/printable.js';

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

export interface Column<Row> {
  title: string;
  /** Right-aligned, so that digits stand below digits. */
  number?: boolean;
  cell: (row: Row) => string;
  /** Where no row has anything to say, the column is left out. */
  onlyIf?: (row: Row) => boolean;
}

export function columnTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const shown = columns.filter(({ onlyIf }) => onlyIf === undefined || rows.some(onlyIf));
  const cells = rows.map((row) => shown.map(({ cell }) => cell(row)));
  const aligned = shown.map(({ number }) => (number === true ? 'right' : 'left'));
  return table(
    shown.map(({ title }) => title),
    cells,
    aligned,
  );
}

/** A plain table: no borders, no colours, so that it pipes and greps. */
export function table(
  head: string[],
  rows: string[][],
  colAligns: ('left' | 'right')[] = [],
): string {
  const out = new Table({
    head,
    colAligns,
    chars: NO_BORDERS,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  out.push(...rows.map((row) => row.map(printable)));
  return out.toString();
}
