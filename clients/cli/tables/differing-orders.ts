/** Orders that differ as a trader reads them: the order, what each side says of it, and its id. */
import { isZero } from '../../../workflows/domain/numbers/decimal.js';
import type { OrderDifferenceRow } from '../answers/schemas.js';
import { print } from '../output.js';
import { columnTable, type Column } from './text.js';

const COLUMNS: Column<OrderDifferenceRow>[] = [
  { title: 'venue', cell: ({ venue }) => venue },
  { title: 'instrument', cell: ({ instrument }) => instrument },
  { title: 'side', cell: ({ side }) => side },
  { title: 'remaining', number: true, cell: remainingText },
  { title: 'price', number: true, cell: priceText },
  { title: 'engine says', cell: ({ internal }) => seenText(internal, 'not in its book') },
  { title: 'venue says', cell: ({ exchange }) => seenText(exchange, 'not open') },
  { title: 'client id', cell: ({ clientOrderId }) => clientOrderId },
];

export function showDifferingOrders(rows: readonly OrderDifferenceRow[]): void {
  if (rows.length > 0) print(columnTable(COLUMNS, rows));
}

/** Quantity 0 stands for the whole position. */
function remainingText({ quantity, remaining }: OrderDifferenceRow): string {
  return isZero(quantity) ? 'whole' : remaining;
}

function priceText({ price, triggerPrice }: OrderDifferenceRow): string {
  return price ?? (triggerPrice === null ? 'market' : `trigger ${triggerPrice}`);
}

function seenText(seen: OrderDifferenceRow['internal'], absent: string): string {
  if (seen === null) return absent;
  const state = seen.state.replaceAll('_', ' ');
  return isZero(seen.filled) ? state : `${state}, filled ${seen.filled}`;
}
