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
  { title: 'Side', share: 30 },
  { title: 'Instrument', share: 66, maxLines: 3 },
  { title: 'Price', share: 54, number: true },
  { title: 'Quantity', share: 50, number: true },
  { title: 'Filled before', share: 46, number: true },
  { title: 'Filled now', share: 46, number: true },
  { title: 'Client order id', share: 92, maxLines: 4 },
  { title: 'Note', share: 77, maxLines: 6 },
];

function orderRow(order: Resolution): Row {
  const changed = order.filledBefore !== order.filledNow;
  return [
    { text: words(order.kind), bold: true, tone: resolutionTone(order.kind) },
    { text: order.side ?? '–', bold: true },
    { text: order.instrument, sub: `${order.venue}, ${order.account}` },
    priceCell(order),
    order.quantity,
    order.filledBefore,
    { text: order.filledNow, bold: changed },
    {
      text: order.clientOrderId,
      ...(order.venueOrderId !== null && { sub: `venue: ${order.venueOrderId}` }),
    },
    orDash(order.note),
  ];
}

/** An order without a limit says of which type it is; of some nobody knows the price. */
function priceCell({ price, type }: Resolution): string {
  if (price === undefined) return 'not known';
  return price ?? words(type ?? 'none');
}

function resolutionTone(kind: ResolutionKind): Tone {
  if (kind === 'unknown') return 'bad';
  return kind === 'still_open' ? 'plain' : 'warn';
}
