/**
 * Content that cannot be, whatever the hash says: a right hash only tells that it was written so.
 *
 * Invariant: what two rows of one key mean, nobody knows, so they are refused and never merged.
 */
import { absolute, exceeds, isAboveZero, isBelowZero, isZero } from '../numbers/decimal.js';
import { balanceKey, keyText, listingKey, orderKey, positionKey } from '../books/keys.js';
import type { Balance, EngineState, Order, Position } from '../books/state.js';
import type { Faults } from './layout.js';

/** More than there is of any asset that is traded, and of any price. */
const MOST = `1${'0'.repeat(18)}`;
const LONGEST_NAME = 200;
/** Parts keys (`venue|account|…`). */
const SEPARATOR = '|';

export function addImpossible(state: EngineState, absurdQuantity: string, faults: Faults): void {
  const { positions, balances, orders, risk } = state;
  addOf(positions, positionRules(absurdQuantity), faults);
  addOf(balances, BALANCE_RULES, faults);
  addOf(orders, ORDER_RULES, faults);
  if (risk.dailyPnl !== null && exceeds(absolute(risk.dailyPnl), MOST)) {
    faults.add(() => `Absurd daily result ${risk.dailyPnl}`);
  }
  addDoubled('positions', positions.map(positionKey), faults);
  addDoubled('balances', balances.map(balanceKey), faults);
  if (haveTwins(orders)) addDoubled('orders', orders.map(orderKey), faults);
  addNetBesideSides(positions, faults);
  addNameless(state, faults);
}

/** What is wrong, and how that is said. */
interface Rule<Row> {
  is: (row: Row) => boolean;
  says: (row: Row) => string;
}

function addOf<Row>(rows: readonly Row[], rules: readonly Rule<Row>[], faults: Faults): void {
  for (const row of rows) {
    for (const rule of rules) if (rule.is(row)) faults.add(() => rule.says(row));
  }
}

const held = ({ venue, instrument }: Position) => `for ${venue} ${instrument}`;
const ordered = ({ venue, instrument, clientOrderId }: Order) =>
  `of order ${clientOrderId} on ${venue} ${instrument}`;

function positionRules(absurdQuantity: string): readonly Rule<Position>[] {
  return [
    {
      is: ({ quantity }) => exceeds(absolute(quantity), absurdQuantity),
      says: (row) => `Absurd position quantity ${row.quantity} ${held(row)}`,
    },
    {
      is: ({ side, quantity }) => side === 'long' && isBelowZero(quantity),
      says: (row) => `Long position of ${row.quantity} ${held(row)}`,
    },
    {
      is: ({ side, quantity }) => side === 'short' && isAboveZero(quantity),
      says: (row) => `Short position of ${row.quantity} ${held(row)}`,
    },
    {
      is: ({ averagePrice }) => averagePrice !== null && !isPrice(averagePrice),
      says: (row) => `Invalid average price ${row.averagePrice} ${held(row)}`,
    },
    { is: (row) => !areNames(row, row.instrument), says: (row) => `Unusable name ${held(row)}` },
  ];
}

const BALANCE_RULES: readonly Rule<Balance>[] = [
  {
    is: ({ total }) => isBelowZero(total),
    says: ({ total, asset, venue }) => `Negative balance ${total} ${asset} on ${venue}`,
  },
  {
    is: ({ total }) => isTooMuch(total),
    says: ({ total, asset, venue }) => `Absurd balance ${total} ${asset} on ${venue}`,
  },
  {
    is: (row) => !areNames(row, row.asset),
    says: ({ asset, venue }) => `Unusable name for ${venue} ${asset}`,
  },
];

const ORDER_RULES: readonly Rule<Order>[] = [
  {
    is: (row) => !isQuantity(row),
    says: (row) => `Invalid quantity ${row.quantity} ${ordered(row)}`,
  },
  {
    is: (row) => !isFilledOf(row) && isQuantity(row),
    says: (row) => `Filled ${row.filled} of ${row.quantity} ${ordered(row)}`,
  },
  {
    is: ({ price }) => price !== null && !isPrice(price),
    says: (row) => `Invalid price ${row.price} ${ordered(row)}`,
  },
  {
    is: ({ price, type, conditional }) =>
      price === null && type === 'limit' && conditional !== true,
    says: (row) => `No price, but limit, ${ordered(row)}`,
  },
  {
    is: ({ triggerPrice }) => triggerPrice !== undefined && !isPrice(triggerPrice),
    says: (row) => `Invalid trigger price ${row.triggerPrice} ${ordered(row)}`,
  },
  { is: (row) => !areNames(row, row.instrument), says: (row) => `Unusable name ${ordered(row)}` },
  {
    is: ({ clientOrderId, venueOrderId, type }) =>
      isLong(clientOrderId) || isLong(type) || venueOrderId === '' || isLong(venueOrderId ?? ''),
    says: (row) => `Unusable id or type ${ordered(row)}`,
  },
];

function isLong(text: string): boolean {
  return text.length > LONGEST_NAME;
}

function isPrice(price: string): boolean {
  return isAboveZero(price) && !isTooMuch(price);
}

/** As long as `MOST` or longer, before it is worth a calculation. */
function isTooMuch(figure: string): boolean {
  return figure.length >= MOST.length && exceeds(figure, MOST);
}

/** Zero is the whole position, which only an order that reduces can mean. */
function isQuantity({ quantity, reduceOnly }: Order): boolean {
  if (isAboveZero(quantity)) return !isTooMuch(quantity);
  return reduceOnly === true && isZero(quantity);
}

function isFilledOf({ quantity, filled }: Order): boolean {
  if (!isAboveZero(filled)) return isZero(filled);
  return isAboveZero(quantity) ? !exceeds(filled, quantity) : !isTooMuch(filled);
}

function areNames({ venue, account }: { venue: string; account: string }, last: string): boolean {
  return isWholePart(venue) && isWholePart(account) && isWholePart(last);
}

function isWholePart(name: string): boolean {
  return !isLong(name) && !name.includes(SEPARATOR);
}

/** By client id alone; ids that only rise, as counters do, cost next to nothing. */
function haveTwins(orders: readonly Order[]): boolean {
  let last = '';
  for (const { clientOrderId } of orders) {
    if (clientOrderId <= last) {
      return new Set(orders.map((order) => order.clientOrderId)).size < orders.length;
    }
    last = clientOrderId;
  }
  return false;
}

function addDoubled(what: string, keys: readonly string[], faults: Faults): void {
  const seen = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) faults.add(() => `Two ${what} of one key: ${keyText(key)}`);
    seen.add(key);
  }
}

/** An account is in one mode, for one instrument. */
function addNetBesideSides(positions: readonly Position[], faults: Faults): void {
  const rows = positions.filter(({ quantity }) => !isZero(quantity));
  const net = new Set(rows.filter(({ side }) => side === 'net').map(listingKey));
  for (const position of rows) {
    const { venue, instrument, side } = position;
    if (side === 'net' || !net.has(listingKey(position))) continue;
    faults.add(() => `A net position beside a ${side} one for ${venue} ${instrument}`);
  }
}

const APPLIED = /^[^|]+\|[^|]+\|./su;

/** A fill without its whole name is found nowhere, and would be applied once more. */
function addNameless({ appliedFills }: EngineState, faults: Faults): void {
  for (const [venue, ids] of Object.entries(appliedFills)) {
    for (const id of ids) {
      if (APPLIED.test(id)) continue;
      faults.add(() => `Applied fill ${id} of ${venue} is not "account|instrument|trade id"`);
    }
  }
}
