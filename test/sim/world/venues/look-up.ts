/** What a venue tells of one order, by its name: also of one that waits for its price, where these are kept apart. */
import type { Order } from '../../../../workflows/domain/books/state.js';
import type { LookUp } from '../../../../workflows/domain/orders/fate/recovery.js';
import type { Desk } from '../../../../sandbox/venues/desk.js';
import type { Order as LedgerOrder } from '../../../../sandbox/venues/ledger/state.js';
import { keepsConditionalApart } from '../../../../sandbox/venues/ledger/venue-customs.js';
import { Refusal } from '../../../../sandbox/venues/refusal.js';
import type { Market } from './market.js';
import { orderRow, type Rows } from './rows.js';

export function lookUp({ sandbox }: Market, rows: Rows, asked: Order): LookUp {
  const order = ledgerOrder(sandbox.core.desks[rows.account.venue], asked);
  if (order === null) return { outcome: 'absent' };
  const { status } = order;
  if (status === 'open' || status === 'untriggered') {
    return { outcome: 'found', order: orderRow(rows, order) };
  }
  if (status === 'triggered') throw new Error('no price of this world sets one off');
  const filled = order.filled.div(rows.sizeOf(order.instrument.symbol));
  return { outcome: 'closed', status, filled: filled.toFixed() };
}

function ledgerOrder(
  desk: Desk,
  { venueOrderId, clientOrderId, conditional }: Order,
): LedgerOrder | null {
  const name = venueOrderId === null ? { clientOrderId } : { venueOrderId };
  const isApart = conditional === true && keepsConditionalApart(desk.venue);
  try {
    return isApart ? desk.findConditional(name) : desk.find(name);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}
