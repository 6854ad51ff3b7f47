/**
 * The two tables that can be long: discrepancies and orders.
 *
 * Invariants: what needs a person comes first, so that the cap only hides what does not; amounts
 * are printed digit by digit as they were recorded; a figure that could not be read says so.
 */
import type { ReconciliationLine, Verdict } from '../../workflows/domain/reconciliation.js';
import type { Resolution, ResolutionKind } from '../../workflows/domain/orders.js';
import type { RecoveryReport } from '../../workflows/domain/record.js';
import { orDash, plural, words } from './format.js';
import type { Sheet } from './sheet.js';
import { MAX_ROWS, table, type Cell, type Row } from './table.js';
import type { Tone } from './theme.js';

const VERDICTS: Verdict[] = ['unexplained', 'unknown', 'dust', 'explained', 'match'];

const VERDICT_TONES: Record<Verdict, Tone> = {
  unexplained: 'bad',
  unknown: 'warn',
  dust: 'plain',
  explained: 'good',
  match: 'quiet',
};

const RESOLUTION_ORDER: ResolutionKind[] = [
  'unknown',
  'never_arrived',
  'rejected',
  'expired',
  'cancelled',
  'filled',
  'partly_filled',
  'adopted',
  'foreign',
  'still_open',
];

export function discrepancyTable(sheet: Sheet, { record, lines }: RecoveryReport): void {
  sheet.section('Discrepancies');
  if (record.reconciliation === null) {
    sheet.paragraph('The positions were not reconciled.');
    return;
  }
  const listed = lines.filter(({ verdict }) => verdict !== 'match');
  const matching = lines.length - listed.length;
  const missing = listed.length === 0 ? ' No discrepancy was found.' : '';
  sheet.paragraph(
    `${plural(matching, 'figure matches', 'figures match')} and are not listed.${missing}`,
  );
  if (listed.length === 0) return;
  const ranked = ranks(listed, (line) => VERDICTS.indexOf(line.verdict));
  table(sheet, LINE_COLUMNS, ranked.slice(0, MAX_ROWS).map(lineRow), listed.length);
}

const LINE_COLUMNS = [
  { title: 'Verdict', share: 52 },
  { title: 'Item', share: 68, maxLines: 3 },
  { title: 'Venue', share: 65, maxLines: 3 },
  { title: 'Internal', share: 66, number: true },
  { title: 'Exchange', share: 66, number: true },
  { title: 'Difference', share: 66, number: true },
  { title: 'Explained by fills', share: 66, number: true },
  { title: 'Unexplained', share: 66, number: true },
];

function lineRow(line: ReconciliationLine): Row {
  return [
    { text: line.verdict, bold: true, tone: VERDICT_TONES[line.verdict] },
    { text: line.item, sub: line.kind },
    { text: line.venue, sub: line.account },
    line.internal,
    known(line.exchange),
    known(line.difference),
    line.explainedByFills,
    line.verdict === 'unexplained'
      ? { text: line.unexplained ?? '', bold: true, tone: 'bad' }
      : known(line.unexplained),
  ];
}

function known(amount: string | null): Cell {
  return amount === null ? { text: 'not known', tone: 'quiet' } : { text: amount };
}

export function orderTable(sheet: Sheet, { record, resolutions }: RecoveryReport): void {
  sheet.section('Orders');
  if (record.orders === null) return sheet.paragraph('The orders were not recovered.');
  if (resolutions.length === 0) return sheet.paragraph('No order was alive at the crash.');
  const ranked = ranks(resolutions, ({ kind }) => RESOLUTION_ORDER.indexOf(kind));
  table(sheet, ORDER_COLUMNS, ranked.slice(0, MAX_ROWS).map(orderRow), resolutions.length);
}

const ORDER_COLUMNS = [
  { title: 'Resolution', share: 54 },
  { title: 'Instrument', share: 62, maxLines: 3 },
  { title: 'Venue', share: 58, maxLines: 3 },
  { title: 'Client order id', share: 96, maxLines: 4 },
  { title: 'Quantity', share: 52, number: true },
  { title: 'Filled before', share: 52, number: true },
  { title: 'Filled now', share: 52, number: true },
  { title: 'Note', share: 89, maxLines: 6 },
];

function orderRow(order: Resolution): Row {
  const changed = order.filledBefore !== order.filledNow;
  return [
    { text: words(order.kind), bold: true, tone: resolutionTone(order.kind) },
    order.instrument,
    { text: order.venue, sub: order.account },
    {
      text: order.clientOrderId,
      ...(order.venueOrderId !== null && { sub: `venue: ${order.venueOrderId}` }),
    },
    order.quantity,
    order.filledBefore,
    { text: order.filledNow, bold: changed },
    orDash(order.note),
  ];
}

function resolutionTone(kind: ResolutionKind): Tone {
  if (kind === 'unknown') return 'bad';
  return kind === 'still_open' ? 'plain' : 'warn';
}

/** Stable: within one rank the order of the record stays. */
function ranks<T>(items: readonly T[], rank: (item: T) => number): T[] {
  return items.toSorted((a, b) => rank(a) - rank(b));
}
