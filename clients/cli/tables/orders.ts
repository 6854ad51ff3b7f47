/** Resting orders as a trader reads them: a market's ladder together, whosever they are. */
import { Decimal, canonical, isZero, multiply } from '../../../workflows/domain/numbers/decimal.js';
import type { OrderRow, OrdersAnswer } from '../answers/schemas.js';
import { print, printLine } from '../output.js';
import { columnTable, type Column } from './text.js';
import { showLeftApart, showUnlisted, showUnreadable } from './reconciliation.js';
import { counted } from '../../../workflows/domain/content/counted.js';

const COLUMNS: Column<OrderRow>[] = [
  { title: 'venue', cell: ({ venue }) => venue },
  { title: 'instrument', cell: ({ instrument }) => instrument },
  { title: 'side', cell: ({ side }) => side },
  { title: 'type', cell: typeText },
  { title: 'position', cell: positionText, onlyIf: (order) => positionText(order) !== '-' },
  { title: 'remaining', number: true, cell: remainingText },
  {
    title: 'of',
    number: true,
    cell: ({ quantity }) => quantity,
    onlyIf: ({ filled }) => !isZero(filled),
  },
  { title: 'price', number: true, cell: ({ price }) => price ?? 'market' },
  {
    title: 'trigger',
    number: true,
    cell: ({ triggerPrice }) => triggerPrice ?? '-',
    onlyIf: ({ triggerPrice }) => triggerPrice !== undefined,
  },
  { title: 'from mark', number: true, cell: fromMarkText },
  { title: 'whose', cell: ({ ours }) => (ours ? 'ours' : 'other') },
  { title: 'client id', cell: ({ clientOrderId }) => clientOrderId },
];

export function showOrders(answer: OrdersAnswer): void {
  const { engineId, orders: open, unreadable, unlisted, leftApart } = answer;
  if (open.length > 0) print(columnTable(COLUMNS, open.toSorted(byMarket)));
  showUnlisted(unlisted);
  showLeftApart(leftApart);
  showUnreadable(unreadable);
  const ours = open.filter((order) => order.ours).length;
  const known = unreadable.length === 0 ? '' : ` where it could be read`;
  printLine(
    `${engineId}: ${counted(ours, 'order')} of ours, ${open.length - ours} of others${known}`,
  );
}

function byMarket(a: OrderRow, b: OrderRow): number {
  return (
    byText(a.venue, b.venue) ||
    byText(a.instrument, b.instrument) ||
    byText(a.side, b.side) ||
    byPrice(a, b)
  );
}

function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Those without any price, which trail or go to market, come last. */
function byPrice(a: OrderRow, b: OrderRow): number {
  const [one, other] = [a.price ?? a.triggerPrice, b.price ?? b.triggerPrice];
  if (one === undefined || other === undefined) {
    return Number(one === undefined) - Number(other === undefined);
  }
  return new Decimal(one).comparedTo(other);
}

function typeText({ type, conditional }: OrderRow): string {
  return conditional === true ? `${type}, waits` : type;
}

/** The side of a hedge, and that an order only closes. */
function positionText({ positionSide, reduceOnly }: OrderRow): string {
  const side = positionSide === undefined || positionSide === 'net' ? [] : [positionSide];
  return [...(reduceOnly === true ? ['closes'] : []), ...side].join(' ') || '-';
}

function remainingText({ quantity, remaining, reduceOnly }: OrderRow): string {
  return quantity === '0' && reduceOnly === true ? 'whole' : remaining;
}

function fromMarkText({ fromMark }: OrderRow): string {
  if (fromMark === null) return '-';
  const percent = new Decimal(multiply(fromMark, '100')).toDecimalPlaces(2);
  return `${canonical(percent)} %`;
}
