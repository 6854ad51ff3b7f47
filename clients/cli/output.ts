/** Data go to stdout, talk goes to stderr, and every exit code means one thing. */
import Table from 'cli-table3';
import { moneyText } from '../../workflows/domain/numbers/money-text.js';

export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  /** The answer is no: refused, invalid, different, or something is left. */
  negative: 3,
  /** Temporal does not answer. */
  unreachable: 4,
  /** Something could not be read, and nothing that was read differs. */
  unknown: 5,
} as const;

export function printJson(data: unknown): void {
  process.stdout.write(`${JSON.stringify(data, null, 2)}\n`);
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

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
  out.push(...rows);
  return out.toString();
}

/** Money that comes from a price. */
export function worthText(
  { notional, notionalAsset }: { notional: string | null; notionalAsset: string | null },
  otherwise: string,
): string {
  return notional === null ? otherwise : withCurrency(moneyText(notional), notionalAsset);
}

export function withCurrency(amount: string, currency: string | null): string {
  return currency === null ? amount : `${amount} ${currency}`;
}

export function ageText(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  return ms < 120_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}
