/**
 * What reconciliation found and took over: discrepancies, entry prices, adjustments.
 *
 * Invariants: what needs a person comes first, so that the cap only hides what does not; amounts
 * and prices are printed digit by digit as they were recorded, and only a worth, which comes from a
 * mark, is rounded to cents; a figure that could not be read says so; a position that a venue closed
 * by force is listed whatever explains it.
 */
import type { Adjustment } from '../../workflows/domain/reconciliation/origin/adjustments.js';
import { moneyText } from '../../workflows/domain/numbers/money-text.js';
import type {
  ReconciliationLine,
  Verdict,
} from '../../workflows/domain/reconciliation/reconciliation.js';
import type { RecoveryReport } from '../../workflows/domain/record.js';
import type { Sheet } from './sheet.js';
import { MAX_ROWS, ranked, table, type Cell, type Row } from './table.js';
import type { Tone } from './theme.js';
import { ENTRY_PRICE_TOLERANCE } from '../../workflows/domain/reconciliation/entry-price.js';
import { counted } from '../../workflows/domain/content/counted.js';

const VERDICTS: Verdict[] = ['unexplained', 'unknown', 'unverified', 'dust', 'explained', 'match'];

const VERDICT_TONES: Record<Verdict, Tone> = {
  unexplained: 'bad',
  unknown: 'warn',
  unverified: 'warn',
  dust: 'plain',
  explained: 'good',
  match: 'quiet',
};

const NOT_RECONCILED = 'The positions were not reconciled.';

type Line = RecoveryReport['lines'][number];

export function discrepancyTable(sheet: Sheet, { record, lines }: RecoveryReport): void {
  sheet.section('Discrepancies');
  if (record.reconciliation === null) return sheet.paragraph(NOT_RECONCILED);
  const listed = lines.filter((line) => line.verdict !== 'match' || isForced(line));
  const matching = lines.length - listed.length;
  const rest =
    listed.length === 0
      ? 'No discrepancy was found.'
      : 'Lots (quantity steps) and worth are those of the unexplained part.';
  sheet.paragraph(
    `${counted(matching, 'figure matches', 'figures match')} and are not listed. ${rest}`,
  );
  const sources = sourceCounts(lines);
  if (sources !== '') sheet.paragraph(`Where the figures come from: ${sources}.`);
  if (listed.length === 0) return;
  const rows = ranked(listed, rankOf).slice(0, MAX_ROWS).map(lineRow);
  table(sheet, LINE_COLUMNS, rows, listed.length);
}

/** Those that are not listed too. */
function sourceCounts(lines: readonly Line[]): string {
  const counts = new Map<string, number>();
  for (const { sources } of lines) {
    if (sources === undefined) continue;
    const named = sources.amount.join(' and ');
    counts.set(named, (counts.get(named) ?? 0) + 1);
  }
  return [...counts].map(([named, count]) => `${count} from ${named}`).join(', ');
}

/** A forced close needs a person even where fills explain it. */
function rankOf(line: ReconciliationLine): number {
  return isForced(line) ? -1 : VERDICTS.indexOf(line.verdict);
}

function isForced({ forced }: ReconciliationLine): boolean {
  return forced !== '0';
}

const LINE_COLUMNS = [
  { title: 'Verdict', share: 57 },
  { title: 'Item', share: 68, maxLines: 3 },
  { title: 'Internal', share: 56, number: true },
  { title: 'Exchange', share: 56, number: true },
  { title: 'Difference', share: 52, number: true },
  { title: 'By fills', share: 52, number: true },
  { title: 'By flows', share: 46, number: true },
  { title: 'Unexplained', share: 58, number: true },
  { title: 'In lots', share: 46, number: true },
  { title: 'Worth', share: 50, number: true },
];

function lineRow(line: Line): Row {
  const forced = isForced(line);
  return [
    {
      text: line.verdict,
      bold: true,
      tone: forced ? 'bad' : VERDICT_TONES[line.verdict],
      ...subOf(line),
    },
    itemCell(line),
    line.internal,
    known(line.exchange),
    known(line.difference),
    line.explainedByFills,
    line.explainedByFlows,
    line.verdict === 'unexplained'
      ? { text: line.unexplained ?? '', bold: true, tone: 'bad' }
      : known(line.unexplained),
    known(line.lots),
    known(line.notional === null ? null : moneyText(line.notional)),
  ];
}

function subOf(line: Line): { sub?: string } {
  const { forced, sources } = line;
  const from = sources === undefined ? [] : [`from ${sources.amount.join(', ')}`];
  const said = [...(isForced(line) ? [`FORCED: the venue closed ${forced}`] : []), ...from];
  return said.length === 0 ? {} : { sub: said.join('; ') };
}

function itemCell(of: Pick<Adjustment, 'kind' | 'venue' | 'account' | 'item'>): Cell {
  return { text: of.item, sub: `${of.kind} at ${of.venue}, ${of.account}` };
}

function known(amount: string | null): Cell {
  return amount === null ? { text: 'not known', tone: 'quiet' } : { text: amount };
}

export function entryPriceTable(sheet: Sheet, { record, lines }: RecoveryReport): void {
  sheet.section('Entry prices');
  if (record.reconciliation === null) return sheet.paragraph(NOT_RECONCILED);
  const differing = lines.filter(({ entryPriceDiffers }) => entryPriceDiffers);
  if (differing.length === 0) {
    const words = `No entry price differs by more than ${ENTRY_PRICE_TOLERANCE} of the price.`;
    return sheet.paragraph(words);
  }
  const rows = differing.slice(0, MAX_ROWS).map(entryPriceRow);
  table(sheet, ENTRY_PRICE_COLUMNS, rows, differing.length);
}

const ENTRY_PRICE_COLUMNS = [
  { title: 'Item', share: 145, maxLines: 3 },
  { title: 'Ours, after the fills since', share: 100, number: true },
  { title: 'Of the venue', share: 100, number: true },
  { title: 'Difference, relative', share: 90, number: true },
  { title: 'Verdict on the quantity', share: 80 },
];

function entryPriceRow(line: ReconciliationLine): Row {
  const { entryPrice, verdict } = line;
  return [
    itemCell(line),
    known(entryPrice?.internal ?? null),
    known(entryPrice?.exchange ?? null),
    known(entryPrice?.relativeDifference ?? null),
    { text: verdict, tone: VERDICT_TONES[verdict] },
  ];
}

export function adjustmentTable(sheet: Sheet, { record, adjustments }: RecoveryReport): void {
  sheet.section('Adjustments');
  if (record.reconciliation === null) return sheet.paragraph(NOT_RECONCILED);
  if (adjustments.length === 0) {
    return sheet.paragraph('None: fills and cash flows account for all that was taken over.');
  }
  sheet.paragraph('What was taken over from the venues beyond what fills and cash flows did.');
  const rows = adjustments.slice(0, MAX_ROWS).map(adjustmentRow);
  table(sheet, ADJUSTMENT_COLUMNS, rows, adjustments.length);
}

const ADJUSTMENT_COLUMNS = [
  { title: 'Item', share: 84, maxLines: 3 },
  { title: 'After fills and flows', share: 60, number: true },
  { title: 'Taken over', share: 60, number: true },
  { title: 'Difference', share: 58, number: true },
  { title: 'At price', share: 56, number: true },
  { title: 'Entry price before', share: 56, number: true },
  { title: 'Entry price after', share: 56, number: true },
  { title: 'Why', share: 85, maxLines: 4 },
];

function adjustmentRow(adjustment: Adjustment): Row {
  const { kind, from, to, difference, price, entryFrom, entryTo, reason } = adjustment;
  const priced = kind === 'position' ? known : noPrice;
  return [
    itemCell(adjustment),
    from,
    to,
    { text: difference, bold: difference !== '0' },
    priced(price),
    priced(entryFrom),
    priced(entryTo),
    reason,
  ];
}

/** A balance has none. */
function noPrice(): Cell {
  return { text: '–', tone: 'quiet' };
}
