/**
 * The orders that were alive at the crash, and what became of each.
 *
 * Invariants: what needs a person comes first, so that the cap only hides what does not; amounts
 * are printed digit by digit as they were recorded.
 */
import type { Resolution, ResolutionKind } from '../../workflows/domain/orders/resolution.js';
import type { RecoveryReport } from '../../workflows/domain/record.js';
import { orDash, words } from './format.js';
import type { Sheet } from './sheet.js';
import { MAX_ROWS, ranked, table, type Row } from './table.js';
import type { Tone } from './theme.js';

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
  'ended_unseen',
  'still_open',
];

export function orderTable(sheet: Sheet, { record, resolutions }: RecoveryReport): void {
  sheet.section('Orders');
  if (record.orders === null) return sheet.paragraph('The orders were not recovered.');
  if (resolutions.length === 0) return sheet.paragraph('No order was alive at the crash.');
  const worst = ranked(resolutions, ({ kind }) => RESOLUTION_ORDER.indexOf(kind));
  table(sheet, ORDER_COLUMNS, worst.slice(0, MAX_ROWS).map(orderRow), resolutions.length);
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
